"""Playbooks: the living document of a ladder. What follows from the ladder is made anew at every reading; what people
write stays, with who wrote it, why, and what it was written about.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from milestones.ladders.models import Ladder
from milestones.library.content import LONGEST_KEY, LONGEST_NAME
from workspaces.scope import TenantForeignKey, TenantModel
from workspaces.tenants.models import Member, User

WINDOW_DAYS = 14
LONGEST_WINDOW_DAYS = 365
LONGEST_REASON = 300
LONGEST_COMMENT = 4_000
MOST_CHAPTERS = 30
MILESTONE, CHAPTER = "milestone-", "chapter-"


class Span(NamedTuple):
    """What is expected of a milestone: `low` to `high` percent of the people reach it within so many days."""

    low: int
    high: int
    within_days: int

    def __str__(self) -> str:
        within = ngettext(
            "%(low)d–%(high)d%% within %(n)d day", "%(low)d–%(high)d%% within %(n)d days", self.within_days
        )
        return within % {"low": self.low, "high": self.high, "n": self.within_days}


class Playbook(TenantModel):
    """A ladder's playbook: who looks after it, and when it is to be read through again."""

    ladder = TenantForeignKey(Ladder, on_delete=models.CASCADE, related_name="playbooks")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    cadence_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="In the workspace's time zone.")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    window_days = models.PositiveSmallIntegerField(default=WINDOW_DAYS, help_text="For the numbers of the ladder.")
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When numbers and criteria were last compared.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "ladder"], name="playbook_of_ladder")]
        indexes = [models.Index(fields=["workspace", "due_on"], name="playbook_due")]

    def __str__(self) -> str:
        return f"Playbook of {self.ladder.name}"

    def get_absolute_url(self) -> str:
        return reverse("playbook:playbook", args=[self.workspace.slug, self.ladder.key])

    @classmethod
    def of(cls, ladder: Ladder) -> "Playbook":
        """The ladder's playbook, to be read; one that is not stored yet where nobody has written anything."""
        return cls.objects.select_related("owner").filter(ladder=ladder).first() or cls(ladder=ladder)

    @classmethod
    def locked(cls, ladder: Ladder) -> "Playbook":
        """The ladder's playbook, to be changed: whoever else changes it waits until this transaction has ended."""
        cls.objects.get_or_create(ladder=ladder)
        return cls.objects.select_for_update().get(ladder=ladder)

    def next_due_on(self, today: date) -> date | None:
        return today + timedelta(weeks=self.cadence_weeks) if self.cadence_weeks else None

    def is_due(self, today: date) -> bool:
        return self.due_on is not None and self.due_on <= today

    def note(self, *, by: Member | None, what: str, why: str = "", place: str = "", **kept: Any) -> "Change":
        """Add a line to the change log. `by=None` is Firstmile itself."""
        return Change.objects.create(
            playbook=self,
            user=by.user if by else None,
            actor=str(by) if by else "Firstmile",
            what=what[: Change.LONGEST_WHAT],
            why=why,
            place=place,
            **kept,
        )


class Section(TenantModel):
    """What people wrote at one place of a playbook: a chapter of its own, or the guidance of a milestone.

    `criterion` is the milestone's success criterion when the text was last written or confirmed, `low` to `high` the
    share of people (in percent) expected to reach it within `within_days`. When either no longer holds, the section is
    stale until somebody writes or confirms it. `accepted` is the drift that was confirmed as it is.
    """

    playbook = TenantForeignKey(Playbook, on_delete=models.CASCADE, related_name="sections")
    place = models.SlugField(max_length=LONGEST_KEY + 20, db_index=False)
    title = models.CharField(max_length=LONGEST_NAME, blank=True, help_text="Of a chapter.")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True, help_text="Markdown.")
    revision = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(null=True, blank=True)
    written_by = models.CharField(max_length=200, blank=True)
    criterion = models.JSONField(null=True, blank=True)
    low = models.PositiveSmallIntegerField(null=True, blank=True)
    high = models.PositiveSmallIntegerField(null=True, blank=True)
    within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    accepted = models.CharField(max_length=10, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    stale_cause = models.CharField(max_length=10, blank=True, help_text="criterion, below or above.")
    stale_reason = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "playbook", "place"], name="section_place"),
            models.CheckConstraint(
                condition=models.Q(low=None, high=None, within_days=None)
                | models.Q(low__lte=models.F("high"), high__lte=100, within_days__gte=1),
                name="section_range",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.place

    @property
    def rung(self) -> str:
        """The key of the milestone that it is about; '' for a chapter."""
        return self.place.removeprefix(MILESTONE) if self.place.startswith(MILESTONE) else ""

    @property
    def span(self) -> Span | None:
        """What is expected, if anything."""
        if self.low is None or self.high is None or self.within_days is None:
            return None
        return Span(self.low, self.high, self.within_days)

    def settle(self, criterion: dict[str, Any] | None) -> None:
        """Somebody has looked at it: it is fresh again, about this criterion, and today's drift is taken as it is."""
        if self.stale_cause in ("below", "above"):
            self.accepted = self.stale_cause
        self.criterion = criterion
        self.stale_since, self.stale_cause, self.stale_reason = None, "", ""


class Comment(TenantModel):
    """A member's remark at a place of the playbook ('' is the whole)."""

    playbook = TenantForeignKey(Playbook, on_delete=models.CASCADE, related_name="comments")
    place = models.SlugField(max_length=LONGEST_KEY + 20, blank=True, db_index=False)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    author = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["workspace", "playbook", "at"], name="comment_of_playbook")]

    def __str__(self) -> str:
        return self.text[:80]

    def is_by(self, member: Member) -> bool:
        return self.user_id == member.user_id


class Change(TenantModel):
    """A line of the change log: who did what, and why. `before` and `after` are kept where a text changed."""

    LONGEST_WHAT = 300

    playbook = TenantForeignKey(Playbook, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.CharField(max_length=200)
    what = models.CharField(max_length=LONGEST_WHAT)
    why = models.TextField(blank=True)
    place = models.SlugField(max_length=LONGEST_KEY + 20, blank=True, db_index=False)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["workspace", "playbook", "-at"], name="change_of_playbook")]

    def __str__(self) -> str:
        return self.what


class Reminder(TenantModel):
    """That a review was due and its owner was written to: claimed, sent, stamped. One for each due date, whatever
    crashes; one that was claimed and never stamped is not sent again.
    """

    playbook = TenantForeignKey(Playbook, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField()
    to = models.CharField(max_length=320)
    claimed_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "playbook", "due_on"], name="reminder_once_a_due_date")
        ]

    def __str__(self) -> str:
        return f"{self.playbook_id} due {self.due_on}"
