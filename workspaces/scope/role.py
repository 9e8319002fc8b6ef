"""Which database role this process is: production refuses one that row-level security would not bind."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

QUERY = """
SELECT rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner = r.oid)
FROM pg_roles r WHERE rolname = current_user
"""


def unsafe_reason() -> str:
    """Why row-level security would not bind the application's role; empty when it does."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        superuser, bypasses, owns = cursor.fetchone()
    if superuser:
        return "is a superuser"
    if bypasses:
        return "may bypass row-level security (BYPASSRLS)"
    if owns:
        return "owns tables"
    return ""


def refuse_unsafe_role() -> None:
    """In production, stop the start when DATABASE_URL's role could see across workspaces."""
    if not settings.PRODUCTION:
        return
    reason = unsafe_reason()
    connection.close()
    if reason:
        raise ImproperlyConfigured(
            f"DATABASE_URL's role {settings.APP_ROLE!r} {reason}, so workspaces would not be kept apart. "
            "Give the application an ordinary role, and name the owner in DATABASE_OWNER_URL for migrations."
        )
