"""Members are read by the scope of the team now; keys that could read them by that of the settings still can."""

from django.db import migrations

NOW_TOO = """
UPDATE keys_apikey SET scopes = array_append(scopes, 'team:read')
WHERE 'settings:read' = ANY(scopes) AND NOT 'team:read' = ANY(scopes)"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0004_scopes_of_before")]

    operations = [migrations.RunSQL(NOW_TOO, migrations.RunSQL.noop)]
