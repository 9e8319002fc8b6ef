"""Journeys say which version they began on, and a rung may unlock what several versions say.

The wall is let down for the owner, whom it binds otherwise, while the rows of all workspaces are filled; the table is
locked meanwhile.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from workspaces.scope.tenant import TenantForeignKey

FILL = [
    "ALTER TABLE progress_journey NO FORCE ROW LEVEL SECURITY",
    "UPDATE progress_journey SET began_version_id = version_id",
    "ALTER TABLE progress_journey FORCE ROW LEVEL SECURITY",
]
REFERENCE = (
    "ALTER TABLE progress_journey ADD CONSTRAINT progress_journey_began_version_id_fk "
    "FOREIGN KEY (workspace_id, began_version_id) REFERENCES ladders_ladderversion (workspace_id, id) "
    "DEFERRABLE INITIALLY DEFERRED"
)
KEY = (
    "ALTER TABLE progress_unlock DROP CONSTRAINT progress_unlock_pkey, "
    "ADD CONSTRAINT progress_unlock_pkey PRIMARY KEY (workspace_id, journey_id, rung_key{})"
)


def began_version(**options: object) -> TenantForeignKey:
    return TenantForeignKey("ladders.ladderversion", django.db.models.deletion.CASCADE, related_name="+", **options)


class Migration(migrations.Migration):
    dependencies = [
        ("ladders", "0003_drafts_with_copies"),
        ("progress", "0002_names_counted"),
    ]

    operations = [
        migrations.AddField("journey", "began_version", began_version(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("journey", "began_version", began_version()),
        migrations.RunSQL(
            REFERENCE, "ALTER TABLE progress_journey DROP CONSTRAINT progress_journey_began_version_id_fk"
        ),
        migrations.RemoveIndex("journey", "journey_version_cohort"),
        migrations.AddIndex(
            "journey",
            django.contrib.postgres.indexes.BTreeIndex(
                fields=["workspace", "began_version", "cohort_on"], name="journey_version_cohort"
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(KEY.format(", feature"), KEY.format(""))],
            state_operations=[
                migrations.AlterField(
                    "unlock",
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "journey_id",
                        "rung_key",
                        "feature",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                )
            ],
        ),
    ]
