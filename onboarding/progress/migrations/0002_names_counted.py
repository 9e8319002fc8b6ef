"""Workspaces that were read before names were counted are counted once; see engine.py."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="watermark",
            name="names_counted",
            field=models.BooleanField(
                default=False,
                help_text="Whether intake's sightings hold everything up to here, or only what came since.",
            ),
        ),
    ]
