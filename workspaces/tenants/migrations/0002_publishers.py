from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="publishers",
            field=models.IntegerField(
                choices=[(30, "Editors and admins"), (40, "Admins only")],
                default=30,
                help_text="Who may publish ladders.",
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="review_needed",
            field=models.BooleanField(
                default=False, help_text="Another member must have approved a draft before it is published."
            ),
        ),
    ]
