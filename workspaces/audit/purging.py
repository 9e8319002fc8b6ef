"""What becomes of old entries. The application's role can neither change nor delete any, so a function of the owner's
does. It follows the workspace's own setting, which cannot be less than half a year, and nothing that a caller says.
"""

from django.db import connection

from workspaces.scope import scope
from workspaces.tenants.models import Workspace

ADDRESSES_KEPT_DAYS = 90  # as the function says it
AT_ONCE = 5_000


def purge(workspace: Workspace) -> int:
    """Remove entries beyond the workspace's retention, and addresses that are older than 90 days from the others.

    Returns how many entries were touched.
    """
    touched = 0
    while True:
        with scope(workspace), connection.cursor() as cursor:
            cursor.execute("SELECT audit_purge(%s)", [AT_ONCE])
            (n,) = cursor.fetchone()
        touched += n
        if n < AT_ONCE:
            return touched
