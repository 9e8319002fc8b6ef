"""Texts in further languages, beside their originals; published versions have none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ladders", "0005_closures"),
    ]

    operations = [
        migrations.AddField(
            model_name="ladderversion",
            name="translations",
            field=models.JSONField(blank=True, default=dict, help_text="Of the ladder's own texts."),
        ),
    ]
