import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ladders", "0001_initial"),
        ("tenants", "0002_publishers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Discovery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("role_key", models.CharField(max_length=60)),
                ("role_name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("administrator", "Administrator"),
                            ("power-user", "Power user"),
                            ("operator", "Operator"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "product",
                    models.CharField(blank=True, help_text="Of the starter packs; '' for another.", max_length=60),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "label",
                    models.CharField(help_text="Whom it was made for, as the member calls them.", max_length=200),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "discovery",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="discovery.discovery",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("answers", models.JSONField()),
                ("answered_by", models.CharField(blank=True, max_length=200)),
                ("answered_at", models.DateTimeField()),
                ("content", models.JSONField(help_text="The proposal, as milestones.discovery.proposal keeps it.")),
                ("decisions", models.JSONField(help_text="As milestones.discovery.deciding has them.")),
                (
                    "past",
                    models.JSONField(default=list, help_text="What was decided before, for undo: {words, decisions}."),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("changed_by", models.CharField(blank=True, max_length=200)),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "number",
                    models.PositiveIntegerField(help_text="Of the ladder's draft that was made of it.", null=True),
                ),
                ("made_at", models.DateTimeField(null=True)),
                ("made_by", models.CharField(blank=True, max_length=200)),
                (
                    "discovery",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plans",
                        to="discovery.discovery",
                    ),
                ),
                (
                    "ladder",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plans",
                        to="ladders.ladder",
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
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("typed", models.JSONField(default=dict)),
                ("answers", models.JSONField(null=True)),
                (
                    "by",
                    models.CharField(blank=True, help_text="Who answered, as they call themselves.", max_length=200),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(null=True)),
                ("revision", models.PositiveIntegerField(default=0, help_text="Counts the saves.")),
                ("page", models.CharField(blank=True, help_text="The open page that saved last.", max_length=40)),
                ("minute_began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("saves_in_minute", models.PositiveIntegerField(default=0)),
                (
                    "discovery",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="responses",
                        to="discovery.discovery",
                    ),
                ),
                (
                    "link",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="responses",
                        to="discovery.link",
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
            },
        ),
        migrations.AddIndex(
            model_name="discovery",
            index=models.Index(fields=["workspace", "-made_at"], name="discovery_newest"),
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(fields=["workspace", "discovery", "-made_at"], name="link_of_discovery"),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["workspace", "discovery"], name="plan_of_discovery"),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["workspace", "ladder"], name="plan_of_ladder"),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(fields=["workspace", "discovery"], name="response_of_discovery"),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.UniqueConstraint(fields=("workspace", "link"), name="response_once_a_link"),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.UniqueConstraint(
                condition=models.Q(("link", None)), fields=("workspace", "discovery"), name="response_of_the_members"
            ),
        ),
        SecureTenantTable("Discovery"),
        SecureTenantTable("Link"),
        SecureTenantTable("Response"),
        SecureTenantTable("Plan"),
    ]
