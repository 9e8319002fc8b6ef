"""`manage.py migrate` as the owner role, then data rights on new tables for the application's role."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

# Tables that no migration has granted yet (Django's own, allauth's). Partitions are reached through their parent.
GRANT = """
DO $$
DECLARE t text;
BEGIN
  FOR t IN
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND pg_get_userbyid(c.relowner) = current_user
      AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = {role}::regrole)
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', t, {role});
  END LOOP;
END $$
"""


class Command(Migrate):
    help = "Migrate the database as its owner (DATABASE_OWNER_URL) and grant the application's role its rights."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        role = settings.APP_ROLE
        if options["database"] != "owner" or options.get("plan") or role == settings.DATABASES["owner"]["USER"]:
            return
        quoted = "'" + role.replace("'", "''") + "'"
        with connections["owner"].cursor() as cursor:
            cursor.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
            cursor.execute(GRANT.format(role=quoted))
            cursor.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
