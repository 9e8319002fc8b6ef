"""The cube of journeys: how many people did what, how long after they began; and the same laid out for reading."""

from django.db import models

from analytics.cubes.measures import Measure
from workspaces.scope.tenant import TenantModel, TenantRow


class Cell(TenantRow):
    """`n` people who began on one ladder version, of one segment and cohort day, reached something on one day.

    They reached it so long after beginning, on whatever version they were shown by then.

    Cells only ever add: a metric for any window, period and segment is a sum over them. `elapsed_s` is rounded up
    to the grades of `onboarding.progress.grades`, on which every whole day falls, so windows in whole days are exact.
    Days are those of the workspace's time zone. Between two folds that run at once a cell may be off, even below
    zero, for the moment until both have committed; the sum is right then.
    """

    # Led by what every question fixes: the versions of a ladder and a range of cohort days.
    pk = models.CompositePrimaryKey(
        *("workspace_id", "version_id", "cohort_on", "measure", "rung_key"),
        *("elapsed_s", "reached_on", "segment_hash"),
    )
    version_id = models.BigIntegerField()
    measure = models.CharField(max_length=10, choices=[(measure.value, measure.value) for measure in Measure])
    rung_key = models.CharField(max_length=80, blank=True)
    segment = models.JSONField()
    segment_hash = models.UUIDField(help_text="md5 of the segment: a trait may be longer than an index entry can be.")
    cohort_on = models.DateField()
    reached_on = models.DateField()
    elapsed_s = models.BigIntegerField()
    n = models.BigIntegerField()

    class Meta(TenantRow.Meta):
        pass


class Sheet(TenantRow):
    """A week of cells of one part, of everybody (trait '') or of the people with one value of a trait; see sheets.py.

    It follows from the cells and can be laid out again from them.
    """

    pk = models.CompositePrimaryKey(
        *("workspace_id", "version_id", "week_on", "measure", "rung_key", "trait", "value_hash")
    )
    version_id = models.BigIntegerField()
    week_on = models.DateField(help_text="The Monday of the cohort days.")
    measure = models.CharField(max_length=10)
    rung_key = models.CharField(max_length=80, blank=True)
    trait = models.CharField(max_length=255, blank=True)
    value_hash = models.UUIDField()
    value = models.TextField(null=True)
    counts = models.BinaryField(help_text="entries.ENTRY, many.")

    class Meta(TenantRow.Meta):
        pass


class Loose(TenantModel):
    """What the fold has added to a cell since the cell's week was last laid out on sheets."""

    version_id = models.BigIntegerField()
    measure = models.CharField(max_length=10)
    rung_key = models.CharField(max_length=80, blank=True)
    segment = models.JSONField()
    cohort_on = models.DateField()
    elapsed_s = models.BigIntegerField()
    n = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "version_id", "cohort_on"], name="loose_version_cohort")]
