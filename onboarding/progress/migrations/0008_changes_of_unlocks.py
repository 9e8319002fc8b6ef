"""Changes of unlocks are a queue for the room above: a trigger writes it, so that no way of changing them forgets to.

Once for each statement, whatever it changed. An unlock that is only written again (another time) is no change.
"""

import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable

FORWARDS = """
CREATE FUNCTION progress_note_unlocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO progress_unlockchange (workspace_id, person_id, feature, n)
  SELECT workspace_id, person_id, feature, CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END FROM changed;
  RETURN NULL;
END $$;

CREATE TRIGGER note_unlocked AFTER INSERT ON progress_unlock REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION progress_note_unlocks();
CREATE TRIGGER note_locked AFTER DELETE ON progress_unlock REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION progress_note_unlocks();
"""
BACKWARDS = """
DROP TRIGGER note_unlocked ON progress_unlock;
DROP TRIGGER note_locked ON progress_unlock;
DROP FUNCTION progress_note_unlocks();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0007_what_waits"),
        ("tenants", "0004_retention"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnlockChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.BigIntegerField()),
                ("feature", models.CharField(max_length=120)),
                ("n", models.SmallIntegerField()),
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
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.AddIndex(
            model_name="unlockchange",
            index=models.Index(fields=["workspace", "person_id"], name="unlock_change_person"),
        ),
        SecureTenantTable("UnlockChange", grants="SELECT, INSERT, DELETE"),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
