import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0003_exports"),
        ("tenants", "0006_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="Keeping",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "addresses",
                    models.BooleanField(
                        default=False, help_text="Of messages that carry one.", verbose_name="IP addresses"
                    ),
                ),
                (
                    "user_agents",
                    models.BooleanField(
                        default=True,
                        help_text="What browser or device a message came from (its user agent).",
                        verbose_name="Browsers",
                    ),
                ),
                (
                    "inactive_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Are erased after so many months without a message; empty: never.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="People who are not seen any more",
                    ),
                ),
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
                "constraints": [models.UniqueConstraint(fields=("workspace",), name="keeping_once")],
            },
        ),
        SecureTenantTable("Keeping"),
    ]
