"""Where everybody stands: journeys, completions and unlocks, the evidence they rest on, and how far the log is read.

All of it is derived from the event log by the engine, in one transaction per batch, and can be made again from it; but
for rulings, which are facts of their own.
"""

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.utils.translation import gettext_lazy

from milestones.ladders.models import Ladder, LadderVersion
from onboarding.people.models import Account, Person, Sender
from workspaces.scope import TenantForeignKey, TenantModel, TenantRow
from workspaces.tenants.models import User


class Watermark(TenantModel):
    """How far the engine has read the workspace's log: up to this transaction, and this row in it."""

    transaction = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)
    advanced_at = models.DateTimeField(null=True)
    names_counted = models.BooleanField(
        default=False, help_text="Whether intake's sightings hold everything up to here, or only what came since."
    )

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="one_watermark")]


class Tracked(TenantModel):
    """Something whose history up to the watermark has been taken into account: a signal, a trait, a version, a zone…"""

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=255)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "key"], name="tracked_once")]


class Activity(TenantRow):
    """One event of a sender that counts for a signal (an event name with property conditions that some ladder reads).

    The narrow copy of the log that replaying reads. Kept by sender rather than by person, so that merging persons,
    or parting them when an earlier link arrives late, moves no evidence. `account_key` is the event's own groupId.
    """

    pk = models.CompositePrimaryKey("workspace_id", "sender_id", "signal", "occurred_at", "message_id")
    sender = TenantForeignKey(Sender, on_delete=models.CASCADE, related_name="+")
    signal = models.CharField(max_length=16)
    occurred_at = models.DateTimeField()
    message_id = models.CharField(max_length=100)
    account_key = models.CharField(max_length=255, blank=True)

    class Meta(TenantRow.Meta):
        pass


class AccountActivity(TenantRow):
    """Activity of an account for a signal that some criterion reads of accounts: an event of one of its members.

    It follows from Activity and memberships, and is kept because an account's first events must be found without
    looking at all that its members ever did.
    """

    pk = models.CompositePrimaryKey("workspace_id", "account_id", "signal", "occurred_at", "message_id", "sender_id")
    account = TenantForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    signal = models.CharField(max_length=16)
    occurred_at = models.DateTimeField()
    message_id = models.CharField(max_length=100)
    sender = TenantForeignKey(Sender, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantRow.Meta):
        indexes = [models.Index(fields=["workspace", "sender"], name="account_activity_sender")]


class AccountTraitValue(TenantRow):
    """One saying of a group call about a trait of an account that some criterion or segment reads."""

    pk = models.CompositePrimaryKey("workspace_id", "account_id", "name", "said_at", "message_id", "sender_id")
    account = TenantForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    said_at = models.DateTimeField()
    message_id = models.CharField(max_length=100)
    sender = TenantForeignKey(Sender, on_delete=models.CASCADE, related_name="+")
    value = models.JSONField(null=True)

    class Meta(TenantRow.Meta):
        indexes = [models.Index(fields=["workspace", "sender"], name="account_trait_sender")]


class TraitValue(TenantRow):
    """One saying of a sender about a trait that some ladder, role or segment reads."""

    pk = models.CompositePrimaryKey("workspace_id", "sender_id", "name", "said_at", "message_id")
    sender = TenantForeignKey(Sender, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    said_at = models.DateTimeField()
    message_id = models.CharField(max_length=100)
    value = models.JSONField(null=True)

    class Meta(TenantRow.Meta):
        pass


class Journey(TenantModel):
    """One person's climb of one ladder. `segment` holds the workspace's segment traits as they were at the start.

    `version` is what the person is shown: the version that they were moved to last, or the one that they finished.
    `began_version` is the one that they began on, under which they count for ever.
    """

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="journeys")
    ladder = TenantForeignKey(Ladder, on_delete=models.CASCADE, related_name="+")
    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="+")
    began_version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    cohort_on = models.DateField(help_text="The day of the start in the workspace's time zone.")
    segment = models.JSONField(default=dict)
    first_value_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "person", "ladder"], name="journey_once")]
        indexes = [
            BTreeIndex(fields=["workspace", "ladder", "started_at"], name="journey_ladder_start"),
            BTreeIndex(fields=["workspace", "began_version", "cohort_on"], name="journey_version_cohort"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.ladder}"


class Ruling(TenantModel):
    """A member's word on one rung of one person: it was done, or what was known of it does not count.

    Kept by sender like evidence, by the one at the person's root then, so that it goes where that sender goes. Never
    changed but to withdraw it: then it counts no more.
    """

    class Verdict(models.TextChoices):
        COMPLETED = "completed", gettext_lazy("Completed by hand")
        REVOKED = "revoked", gettext_lazy("Revoked")

    sender = models.CharField(max_length=300, help_text="The key of the sender, as in the event log.")
    ladder = TenantForeignKey(Ladder, on_delete=models.CASCADE, related_name="+")
    rung_key = models.CharField(max_length=80)
    verdict = models.CharField(max_length=10, choices=Verdict)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="Of a revocation: what happened up to then does not count.")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.CharField(max_length=200, help_text="The member's e-mail then.")
    reason = models.CharField(max_length=500)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    withdrawn_actor = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "sender"], name="ruling_sender")]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.rung_key}"

    @property
    def by(self) -> str:
        return str(self.user) if self.user else self.actor

    @property
    def withdrawn_by(self) -> str:
        return str(self.withdrawn_user) if self.withdrawn_user else self.withdrawn_actor


class Completion(TenantRow):
    """A rung was reached, and the message that proves it (empty for a trait that was so from the start), or else the
    ruling by which it was completed by hand.

    Of somebody who was moved it may be a rung that the version they are shown doesn't have.
    """

    pk = models.CompositePrimaryKey("workspace_id", "journey_id", "rung_key")
    journey = TenantForeignKey(Journey, on_delete=models.CASCADE, related_name="completions")
    rung_key = models.CharField(max_length=80)
    completed_at = models.DateTimeField()
    message_id = models.CharField(max_length=100, blank=True)
    in_order_at = models.DateTimeField(null=True)
    ruling = TenantForeignKey(Ruling, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        indexes = [
            models.Index(fields=["workspace", "rung_key", "completed_at"], name="completion_rung"),
            models.Index(
                fields=["workspace", "ruling"], name="completion_by_hand", condition=models.Q(ruling__isnull=False)
            ),
        ]


class Unlock(TenantRow):
    """A feature of the workspace's product that a completion switched on for a person.

    Versions may disagree on what a rung unlocks; who was moved keeps the one and gets the other.
    """

    pk = models.CompositePrimaryKey("workspace_id", "journey_id", "rung_key", "feature")
    journey = TenantForeignKey(Journey, on_delete=models.CASCADE, related_name="unlocks")
    rung_key = models.CharField(max_length=80)
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="unlocks")
    feature = models.CharField(max_length=120)
    unlocked_at = models.DateTimeField()

    class Meta(TenantRow.Meta):
        indexes = [models.Index(fields=["workspace", "person", "feature"], name="unlock_person")]


class UnlockChange(TenantModel):
    """An unlock of a person came (`n` 1) or went (-1), for the room above to tell of.

    The record is the queue: whoever tells deletes it, in one transaction. A trigger on the table of unlocks writes it,
    in the transaction of the change, so that no way of changing them can forget to. The person may be gone meanwhile.
    """

    person_id = models.BigIntegerField()
    feature = models.CharField(max_length=120)
    n = models.SmallIntegerField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "person_id"], name="unlock_change_person")]


class CubeDelta(TenantModel):
    """A change of a count, for analytics to add up: `n` more (or, negative, fewer) people in one cell.

    The record is the queue: analytics deletes what it has added, in one transaction. See cells.py for the fields.
    """

    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(max_length=10)
    rung_key = models.CharField(max_length=80, blank=True)
    segment = models.JSONField(default=dict)
    cohort_on = models.DateField()
    reached_on = models.DateField()
    elapsed_s = models.BigIntegerField()
    n = models.IntegerField()

    class Meta(TenantModel.Meta):
        pass


class DryRun(TenantModel):
    """A rehearsal of publishing a draft as it stood, with one choice about people under way, and how far it has come.

    The row is the queue: whoever sets `claimed_at` carries it out and says so by `beat_at`; see rehearsals.py.
    """

    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="Of the draft as it stood, its role included.")
    moves = models.BooleanField()
    claimed_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0, help_text="How many people there are to look at.")
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True, help_text="tally.Tally.data and who began lately; null when it failed.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "version", "fingerprint", "moves"], name="dry_run_once")
        ]

    def __str__(self) -> str:
        return f"{self.version}, {'moving people' if self.moves else 'newcomers only'}"
