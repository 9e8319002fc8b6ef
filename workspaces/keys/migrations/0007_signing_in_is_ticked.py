"""Keys of before never could change how members sign in, or make environments, whatever their scopes said: now that
these scopes permit something, nobody has them who was not given them knowingly.
"""

from django.db import migrations

NO_MORE = """
UPDATE keys_apikey SET scopes = array_remove(array_remove(scopes, 'sign_in:write'), 'environments:write')
WHERE scopes && ARRAY['sign_in:write', 'environments:write']::varchar[]"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0006_who_made_it_left")]

    operations = [migrations.RunSQL(NO_MORE, migrations.RunSQL.noop)]
