"""What stays of people who were erased: numbers, of which nobody can tell whom they count.

Each of them was counted in some cells, together with others. These are the same cells once more, with how many erased
people each of them counts: so totals stay what they were, and what is counted is still what is known of those who are
here, plus this (docs/decisions/0138).
"""

from datetime import date

from django.db import models

from workspaces.scope import TenantModel, TenantRow


class Left(TenantRow):
    """`n` erased people in one cell of the cube of journeys; the fields are those of progress.cells.Cell."""

    pk = models.CompositePrimaryKey(
        *("workspace_id", "version_id", "measure", "rung_key", "cohort_on", "reached_on", "elapsed_s", "segment_hash"),
    )
    version_id = models.BigIntegerField()
    measure = models.CharField(max_length=10)
    rung_key = models.CharField(max_length=80, blank=True)
    segment = models.TextField(help_text="Canonical JSON.")
    segment_hash = models.UUIDField(help_text="md5 of the segment.")
    cohort_on = models.DateField()
    reached_on = models.DateField()
    elapsed_s = models.BigIntegerField()
    n = models.BigIntegerField()

    class Meta(TenantRow.Meta):
        pass


class LeftUse(TenantRow):
    """Likewise in one cell of use; the fields are those of usage.cells.Cell."""

    pk = models.CompositePrimaryKey(
        *("workspace_id", "version_id", "measure", "subject", "cohort_on", "p", "q", "segment_hash"),
    )
    version_id = models.BigIntegerField()
    measure = models.CharField(max_length=12)
    subject = models.CharField(max_length=120, blank=True)
    segment = models.TextField(help_text="Canonical JSON.")
    segment_hash = models.UUIDField(help_text="md5 of the segment.")
    cohort_on = models.DateField()
    p = models.IntegerField()
    q = models.IntegerField()
    n = models.BigIntegerField()

    class Meta(TenantRow.Meta):
        pass


class Leaving(TenantRow):
    """How many people of a version's cohort day were erased on a day: leaving, as an event of its own.

    `before_value` of them had not reached first value; for the others, leaving ended nothing that is waited for.
    """

    pk = models.CompositePrimaryKey("workspace_id", "version_id", "cohort_on", "left_on")
    version_id = models.BigIntegerField()
    cohort_on = models.DateField()
    left_on = models.DateField()
    n = models.PositiveIntegerField()
    before_value = models.PositiveIntegerField(db_default=0)

    class Meta(TenantRow.Meta):
        pass


NEVER = date(9999, 12, 31)


class LeftAnswer(TenantRow):
    """How many erased people who began a version answered this on a day and answered again on `next_on` (NEVER: not).

    A period counts everybody's last answer in it, so it must be known until when one was the last.
    """

    pk = models.CompositePrimaryKey("workspace_id", "version_id", "said_on", "next_on", "score", "segment_hash")
    version_id = models.BigIntegerField()
    said_on = models.DateField()
    next_on = models.DateField()
    score = models.PositiveSmallIntegerField()
    segment = models.TextField(help_text="Canonical JSON.")
    segment_hash = models.UUIDField(help_text="md5 of the segment.")
    n = models.PositiveIntegerField()

    class Meta(TenantRow.Meta):
        pass


class LeftStart(TenantRow):
    """When an account began a version by somebody who was erased, if that was before all who are here."""

    pk = models.CompositePrimaryKey("workspace_id", "account_id", "version_id")
    account_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    began_at = models.DateTimeField()
    cohort_on = models.DateField()

    class Meta(TenantRow.Meta):
        pass


class LeftAccount(TenantModel):
    """An account that went with the last of its people, in one value: what it was at the start, and what it was later.

    Nothing tells which account that was, nor that two rows are of one.
    """

    version_id = models.BigIntegerField()
    trait = models.CharField(max_length=80)
    began_at = models.DateTimeField()
    cohort_on = models.DateField()
    at_start = models.FloatField(null=True)
    later = models.FloatField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "trait", "version_id"], name="left_account")]
