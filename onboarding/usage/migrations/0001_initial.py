"""Use of the product after beginning. What changes about people is queued by triggers on the tables of the room below.

Each fires in the transaction of the change, so that no way of changing journeys, unlocks or senders can forget to. One for
a statement, whatever it changed; but for senders one for each that moved, as their rows are written with every message
and only a statement that names the person is looked at.
"""

import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable

FORWARDS = """
CREATE FUNCTION usage_note_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_stale (workspace_id, person_id) SELECT DISTINCT workspace_id, person_id FROM changed;
  RETURN NULL;
END $$;

CREATE FUNCTION usage_note_journeys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_stale (workspace_id, person_id)
  SELECT DISTINCT now.workspace_id, x.person_id
  FROM changed now JOIN before ON before.workspace_id = now.workspace_id AND before.id = now.id
  CROSS JOIN LATERAL (VALUES (now.person_id), (before.person_id)) AS x(person_id)
  WHERE (now.person_id, now.ladder_id, now.began_version_id, now.started_at, now.cohort_on, now.segment)
    IS DISTINCT FROM (before.person_id, before.ladder_id, before.began_version_id, before.started_at, before.cohort_on, before.segment);
  RETURN NULL;
END $$;

CREATE FUNCTION usage_note_unlocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_stale (workspace_id, person_id)
  SELECT DISTINCT now.workspace_id, now.person_id
  FROM changed now JOIN before ON before.workspace_id = now.workspace_id AND before.journey_id = now.journey_id
    AND before.rung_key = now.rung_key AND before.feature = now.feature
  WHERE (now.person_id, now.unlocked_at) IS DISTINCT FROM (before.person_id, before.unlocked_at);
  RETURN NULL;
END $$;

CREATE FUNCTION usage_note_sender() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_stale (workspace_id, person_id) VALUES (OLD.workspace_id, OLD.person_id);
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO usage_stale (workspace_id, person_id) VALUES (NEW.workspace_id, NEW.person_id);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER note_use_of_begun AFTER INSERT ON progress_journey REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION usage_note_people();
CREATE TRIGGER note_use_of_changed AFTER UPDATE ON progress_journey REFERENCING OLD TABLE AS before NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION usage_note_journeys();
CREATE TRIGGER note_use_of_gone AFTER DELETE ON progress_journey REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION usage_note_people();
CREATE TRIGGER note_use_of_unlocked AFTER INSERT ON progress_unlock REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION usage_note_people();
CREATE TRIGGER note_use_of_other_unlock AFTER UPDATE ON progress_unlock REFERENCING OLD TABLE AS before NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION usage_note_unlocks();
CREATE TRIGGER note_use_of_locked AFTER DELETE ON progress_unlock REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION usage_note_people();
CREATE TRIGGER note_use_of_moved AFTER UPDATE OF person_id ON people_sender
  FOR EACH ROW WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION usage_note_sender();
CREATE TRIGGER note_use_of_nobody AFTER DELETE ON people_sender
  FOR EACH ROW EXECUTE FUNCTION usage_note_sender();
"""
BACKWARDS = """
DROP TRIGGER note_use_of_begun ON progress_journey;
DROP TRIGGER note_use_of_changed ON progress_journey;
DROP TRIGGER note_use_of_gone ON progress_journey;
DROP TRIGGER note_use_of_unlocked ON progress_unlock;
DROP TRIGGER note_use_of_other_unlock ON progress_unlock;
DROP TRIGGER note_use_of_locked ON progress_unlock;
DROP TRIGGER note_use_of_moved ON people_sender;
DROP TRIGGER note_use_of_nobody ON people_sender;
DROP FUNCTION usage_note_people();
DROP FUNCTION usage_note_journeys();
DROP FUNCTION usage_note_unlocks();
DROP FUNCTION usage_note_sender();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("progress", "0008_changes_of_unlocks"),
        ("tenants", "0005_languages"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.SlugField(db_index=False, max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("criterion", models.JSONField()),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FeatureUse",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("feature", models.CharField(max_length=120)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
                (
                    "key_event",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="features",
                        to="usage.keyevent",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Stale",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="UsageCell",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "version_id",
                        "measure",
                        "subject",
                        "cohort_on",
                        "p",
                        "q",
                        "segment_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version_id", models.BigIntegerField()),
                ("measure", models.CharField(max_length=12)),
                ("subject", models.CharField(blank=True, max_length=120)),
                ("cohort_on", models.DateField()),
                ("p", models.IntegerField()),
                ("q", models.IntegerField()),
                ("segment", models.JSONField()),
                (
                    "segment_hash",
                    models.UUIDField(help_text="md5 of the segment: a trait may be longer than an index entry can be."),
                ),
                ("n", models.BigIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="UsageDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "sender_id",
                        "signal",
                        "day_on",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sender_id", models.BigIntegerField()),
                ("signal", models.CharField(max_length=16)),
                ("day_on", models.DateField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="UsageMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("transaction", models.BigIntegerField(default=0)),
                ("row", models.BigIntegerField(default=0)),
                ("needs", models.JSONField(null=True)),
                (
                    "passed",
                    models.BigIntegerField(help_text="The last sender whose past has been looked at.", null=True),
                ),
                ("pass_total", models.BigIntegerField(default=0)),
                ("pass_done", models.BigIntegerField(default=0)),
                ("advanced_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Counted",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "person_id",
                        "ladder_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("ladder_id", models.BigIntegerField()),
                ("version_id", models.BigIntegerField()),
                ("segment", models.TextField(help_text="Canonical JSON.")),
                ("cohort_on", models.DateField()),
                ("days", models.JSONField()),
                ("adopted", models.JSONField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["workspace", "version_id", "cohort_on"], name="counted_version_cohort")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="keyevent",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="key_event_key"),
        ),
        migrations.AddIndex(
            model_name="featureuse",
            index=models.Index(fields=["workspace", "key_event"], name="feature_use_event"),
        ),
        migrations.AddConstraint(
            model_name="featureuse",
            constraint=models.UniqueConstraint(fields=("workspace", "feature"), name="feature_use_once"),
        ),
        migrations.AddConstraint(
            model_name="usagemark",
            constraint=models.UniqueConstraint(fields=("workspace",), name="one_usage_mark"),
        ),
        SecureTenantTable("KeyEvent"),
        SecureTenantTable("FeatureUse"),
        SecureTenantTable("Stale", grants="SELECT, INSERT, DELETE"),
        SecureTenantTable("UsageCell"),
        SecureTenantTable("UsageDay"),
        SecureTenantTable("UsageMark"),
        SecureTenantTable("Counted"),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
