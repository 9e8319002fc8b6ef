"""Secret keys from before there were scopes keep what they could do: send events, read them, ask for features."""

from django.db import migrations

AS_BEFORE = ["events:read", "events:write", "features:read"]


def keep_what_they_could(apps, schema_editor):
    keys = apps.get_model("keys", "ApiKey").objects.using(schema_editor.connection.alias)
    keys.filter(kind="secret").update(scopes=AS_BEFORE)


class Migration(migrations.Migration):
    dependencies = [("keys", "0003_scopes_expiry_rotation")]

    operations = [migrations.RunPython(keep_what_they_could, migrations.RunPython.noop)]
