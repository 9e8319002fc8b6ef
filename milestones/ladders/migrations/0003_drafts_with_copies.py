import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("ladders", "0002_published_versions_never_change"),
        ("tenants", "0002_publishers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ladderversion",
            name="changed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ladderversion",
            name="changed_by",
            field=models.CharField(blank=True, help_text="Who changed the draft last.", max_length=200),
        ),
        migrations.AddField(
            model_name="ladderversion",
            name="impact",
            field=models.JSONField(blank=True, default=dict, help_text="Before and after, with variables."),
        ),
        migrations.AddField(
            model_name="ladderversion",
            name="kickoff",
            field=models.TextField(blank=True, help_text="What done looks like for the first phase."),
        ),
        migrations.AddField(
            model_name="ladderversion",
            name="moves",
            field=models.BooleanField(default=False, help_text="Whether people under way moved to it."),
        ),
        migrations.AddField(
            model_name="ladderversion",
            name="new_steps_a_session",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ladderversion",
            name="revision",
            field=models.PositiveIntegerField(default=0, help_text="Counts the changes of a draft."),
        ),
        migrations.AddField(
            model_name="ladderversion",
            name="stories",
            field=models.JSONField(blank=True, default=list, help_text="Customer stories: text, who, role, industry."),
        ),
        migrations.AddField(
            model_name="rung",
            name="spacing",
            field=models.DurationField(blank=True, help_text="After the step that was done before.", null=True),
        ),
        migrations.CreateModel(
            name="DraftEdit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("revision", models.PositiveIntegerField(help_text="The draft's revision that this change made.")),
                (
                    "place",
                    models.CharField(help_text="What was changed, such as rungs.invite-team.cue.", max_length=200),
                ),
                ("words", models.CharField(max_length=300)),
                ("actor", models.CharField(help_text="The editor's name, as it was then.", max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("before", models.JSONField(help_text="The whole draft before the change, as a canonical document.")),
                (
                    "undoes",
                    models.PositiveIntegerField(help_text="The revision whose change this one took back.", null=True),
                ),
                (
                    "redoes",
                    models.PositiveIntegerField(help_text="The revision whose change this one made again.", null=True),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="ladders.ladderversion",
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
                "ordering": ["-revision"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "version", "revision"), name="edit_revision")
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("revision", models.PositiveIntegerField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("note", models.TextField(blank=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("approved", "Approved"), ("changes", "Changes asked for")], max_length=10
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="ladders.ladderversion",
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
                "indexes": [models.Index(fields=["workspace", "version", "-asked_at"], name="review_of_version")],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("publish_at", models.DateTimeField()),
                ("moves", models.BooleanField(default=False)),
                ("revision", models.PositiveIntegerField(help_text="The draft's revision when it was scheduled.")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failed_at", models.DateTimeField(null=True)),
                ("problem", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to="ladders.ladderversion",
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
                "indexes": [models.Index(fields=["workspace", "publish_at"], name="schedule_due")],
                "constraints": [models.UniqueConstraint(fields=("workspace", "version"), name="schedule_once")],
            },
        ),
        SecureTenantTable("DraftEdit"),
        SecureTenantTable("Review"),
        SecureTenantTable("Schedule"),
    ]
