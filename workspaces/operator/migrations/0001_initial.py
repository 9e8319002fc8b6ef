import django.contrib.postgres.fields
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

GRANTS = f"""
GRANT SELECT, INSERT ON operator_act TO "{settings.APP_ROLE}";
GRANT SELECT, INSERT, UPDATE ON operator_suspension TO "{settings.APP_ROLE}";
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("operator", models.CharField(max_length=100)),
                ("action", models.CharField(max_length=60)),
                ("workspace", models.CharField(blank=True, help_text="Its short name then.", max_length=60)),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["-at"], name="operator_newest")],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.CharField(help_text="Members read it.", max_length=200)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)), fields=("workspace_id",), name="suspended_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(GRANTS, ""),
    ]
