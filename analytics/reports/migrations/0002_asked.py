import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable

GRANT = f'GRANT SELECT, INSERT, UPDATE, DELETE ON reports_question TO "{settings.APP_ROLE}"'


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("tenants", "0008_speech"),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("times", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
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
                "constraints": [models.UniqueConstraint(fields=("workspace", "digest"), name="report_asked")],
            },
        ),
        SecureTenantTable("Asked"),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
    ]
