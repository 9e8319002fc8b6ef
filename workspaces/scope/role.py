"""Which database role this process is: production refuses one that row-level security would not bind."""

import logging
import time

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

log = logging.getLogger(__name__)

# A process that starts while the database restarts waits for it rather than die: what starts processes may give up
# on one that dies at once (granian does), and nothing could be served meanwhile anyway.
WAIT_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.5

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
    """In production, stop the start when DATABASE_URL's role could see across workspaces.

    Waits a minute for a database that doesn't answer; OperationalError when it still does not.
    """
    if not settings.PRODUCTION:
        return
    reason = _reason_once_it_answers()
    connection.close()
    if reason:
        raise ImproperlyConfigured(
            f"DATABASE_URL's role {settings.APP_ROLE!r} {reason}, so workspaces would not be kept apart. "
            "Give the application an ordinary role, and name the owner in DATABASE_OWNER_URL for migrations."
        )


def _reason_once_it_answers() -> str:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return unsafe_reason()
        except OperationalError as error:
            connection.close()
            if time.monotonic() > deadline:
                raise
            log.warning("The start waits for the database: %s", str(error).partition("\n")[0])
        time.sleep(LOOK_AGAIN_SECONDS)
