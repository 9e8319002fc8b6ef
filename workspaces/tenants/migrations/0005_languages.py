"""The language of authored texts, and those that end users are spoken to in."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0004_retention"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="language",
            field=models.CharField(
                choices=[
                    ("en", "English"),
                    ("de", "German"),
                    ("fr", "French"),
                    ("es", "Spanish"),
                    ("pt", "Portuguese"),
                    ("ja", "Japanese"),
                    ("ar", "Arabic"),
                ],
                default="en",
                help_text="The language that ladders and milestones are written in.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10),
                blank=True,
                default=list,
                help_text="Further languages that end users are spoken to in.",
                size=None,
            ),
        ),
    ]
