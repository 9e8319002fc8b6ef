"""What end users answered when they were asked how likely they are to recommend the product."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workspaces.scope import TenantModel

HIGHEST = 10
LONGEST_COMMENT = 4_000


class Answer(TenantModel):
    """One answer from 0 to 10. Kept by sender, by the one at the person's root then, so that it goes where that sender
    goes; the same person, moment and source are the same answer.
    """

    sender = models.CharField(max_length=300, help_text="The key of the sender, as in the event log.")
    score = models.PositiveSmallIntegerField(validators=[MaxValueValidator(HIGHEST)])
    said_at = models.DateTimeField()
    comment = models.TextField(blank=True, max_length=LONGEST_COMMENT)
    source = models.CharField(max_length=60, help_text="What asked, such as a survey tool.")
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sender", "said_at", "source"], name="answer_once"),
            models.CheckConstraint(name="answer_0_to_10", condition=Q(score__gte=0) & Q(score__lte=HIGHEST)),
        ]
        indexes = [models.Index(fields=["workspace", "-said_at", "-id"], name="answer_newest")]

    def __str__(self) -> str:
        return f"{self.score} by {self.sender}"
