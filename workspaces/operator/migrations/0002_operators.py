import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Nothing that the application could be made to do makes anybody an operator.
GRANTS = f'GRANT SELECT ON operator_operator TO "{settings.APP_ROLE}"'


class Migration(migrations.Migration):
    dependencies = [
        ("operator", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Operator",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RunSQL(GRANTS, ""),
    ]
