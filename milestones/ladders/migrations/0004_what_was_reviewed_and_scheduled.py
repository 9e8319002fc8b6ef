from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ladders", "0003_drafts_with_copies")]

    operations = [
        migrations.AddField(
            model_name="review",
            name="mailed_at",
            field=models.DateTimeField(help_text="When the reviewer was told by e-mail.", null=True),
        ),
        migrations.AddField(model_name="review", name="state", field=models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            model_name="schedule",
            name="state",
            field=models.CharField(blank=True, help_text="What the draft said when it was scheduled.", max_length=64),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("answered_at", None)), fields=["workspace", "asked_of"], name="review_waiting"
            ),
        ),
    ]
