from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that whoever adds entries meanwhile does not wait

    dependencies = [("audit", "0002_origin_and_retention")]

    operations = [
        AddIndexConcurrently(
            "entry",
            models.Index(
                condition=models.Q(("address__isnull", False)), fields=["workspace", "at"], name="audit_with_address"
            ),
        )
    ]
