"""What people do with the product after they began: on which days, which key workflows; and what was counted of it."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from milestones.library.conditions import EventCondition
from milestones.library.content import LONGEST_KEY
from milestones.library.criteria import parse
from workspaces.scope import TenantForeignKey, TenantModel, TenantRow


class KeyEvent(TenantModel):
    """A key workflow of the workspace's product: the events that show that somebody does what they came for.

    `criterion` is an event with property conditions, as in a milestone. Archived, its days are kept but not counted.
    """

    key = models.SlugField(max_length=LONGEST_KEY, db_index=False)
    name = models.CharField(max_length=120)
    criterion = models.JSONField()
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="key_event_key")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("usage:show", args=[self.workspace.slug, self.key])

    @property
    def condition(self) -> EventCondition:
        condition = parse(self.criterion)
        assert isinstance(condition, EventCondition)
        return condition

    @property
    def signal(self) -> str:
        return self.condition.signal

    def archive(self) -> None:
        if self.archived_at is None:
            self.archived_at = timezone.now()
            self.save(update_fields=["archived_at"])

    def restore(self) -> None:
        self.archived_at = None
        self.save(update_fields=["archived_at"])


class FeatureUse(TenantModel):
    """The feature with this key is used when this key workflow is done."""

    feature = models.CharField(max_length=120)
    key_event = TenantForeignKey(KeyEvent, on_delete=models.CASCADE, related_name="features")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "feature"], name="feature_use_once")]
        indexes = [models.Index(fields=["workspace", "key_event"], name="feature_use_event")]


class UsageDay(TenantRow):
    """A sender did it on that day of the workspace's zone, first and last at these moments.

    Kept by sender, like evidence: merging persons moves nothing. `signal` is ANY or a condition's; what a day says is a
    set, so repeats have no effect.
    """

    pk = models.CompositePrimaryKey("workspace_id", "sender_id", "signal", "day_on")
    sender_id = models.BigIntegerField()
    signal = models.CharField(max_length=16)
    day_on = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta(TenantRow.Meta):
        pass


class UsageMark(TenantModel):
    """How far the log has been taken into account, what is looked for (`needs`), and how far the look back has come.

    While `passed` is set, everybody's days are made anew from the log, sender by sender in the order of their ids.
    """

    transaction = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)
    needs = models.JSONField(null=True)
    passed = models.BigIntegerField(null=True, help_text="The last sender whose past has been looked at.")
    pass_total = models.BigIntegerField(default=0)
    pass_done = models.BigIntegerField(default=0)
    advanced_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="one_usage_mark")]

    @property
    def looking_back_percent(self) -> int | None:
        """How much of the past has been looked at; None when all of it has."""
        return None if self.passed is None else min(99, 100 * self.pass_done // max(self.pass_total, 1))


class Stale(TenantModel):
    """Somebody's journeys, unlocks or senders have changed since they were counted; the record is the queue.

    Triggers write it in the transaction of the change, so that no way of changing them can forget to. The person may be
    gone meanwhile.
    """

    person_id = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        pass


class Counted(TenantRow):
    """A journey as it was counted last: the difference to what it is now is what cells change by."""

    pk = models.CompositePrimaryKey("workspace_id", "person_id", "ladder_id")
    person_id = models.BigIntegerField()
    ladder_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    segment = models.TextField(help_text="Canonical JSON.")
    cohort_on = models.DateField()
    days = models.JSONField()
    adopted = models.JSONField()

    class Meta(TenantRow.Meta):
        indexes = [models.Index(fields=["workspace", "version_id", "cohort_on"], name="counted_version_cohort")]


class UsageCell(TenantRow):
    """`n` people in one cell; see cells.py. Cells only ever add up: every metric is a sum over them."""

    # Led by what every question fixes.
    pk = models.CompositePrimaryKey(
        *("workspace_id", "version_id", "measure", "subject", "cohort_on", "p", "q", "segment_hash"),
    )
    version_id = models.BigIntegerField()
    measure = models.CharField(max_length=12)
    subject = models.CharField(max_length=120, blank=True)
    cohort_on = models.DateField()
    p = models.IntegerField()
    q = models.IntegerField()
    segment = models.JSONField()
    segment_hash = models.UUIDField(help_text="md5 of the segment: a trait may be longer than an index entry can be.")
    n = models.BigIntegerField()

    class Meta(TenantRow.Meta):
        pass
