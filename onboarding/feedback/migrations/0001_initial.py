"""Answers from 0 to 10 that people gave."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0004_retention")]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sender", models.CharField(help_text="The key of the sender, as in the event log.", max_length=300)),
                (
                    "score",
                    models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(10)]),
                ),
                ("said_at", models.DateTimeField()),
                ("comment", models.TextField(blank=True, max_length=4000)),
                ("source", models.CharField(help_text="What asked, such as a survey tool.", max_length=60)),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
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
            model_name="answer",
            index=models.Index(fields=["workspace", "-said_at", "-id"], name="answer_newest"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("workspace", "sender", "said_at", "source"), name="answer_once"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 10)), name="answer_0_to_10"
            ),
        ),
        SecureTenantTable("Answer"),
    ]
