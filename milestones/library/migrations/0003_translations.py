"""What a milestone says in further languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0002_changes_are_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="milestone",
            name="translations",
            field=models.JSONField(blank=True, default=dict, help_text="See milestones.library.translations."),
        ),
    ]
