"""What identify calls say of people in their accounts is kept; the engine fills it in from the log (plan.MEMBERS)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="accountmembership",
            name="traits",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="accountmembership",
            name="traits_at",
            field=models.JSONField(default=dict),
        ),
    ]
