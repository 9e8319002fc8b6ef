"""Keys that ask which features somebody has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="kind",
            field=models.CharField(
                choices=[("write", "Write key"), ("secret", "Secret key"), ("flags", "Flags key")], max_length=10
            ),
        ),
    ]
