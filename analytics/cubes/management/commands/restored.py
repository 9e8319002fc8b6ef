"""`manage.py restored`: after a dump was restored into another PostgreSQL server, so that engines read on.

Engines read the log in the order of writing transactions (docs/decisions/0009), whose numbers are the server's own. In
another server, which counts from the beginning, all that comes anew would lie before what was read already, and nobody
would read it. So the rows that are there get small numbers, in three portions that keep what is read apart from what
is not, and the marks get theirs. What is right already stays as it is.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections, transaction

from workspaces.tenants.models import Workspace

# Below the first transaction of any server's users; 3 is the first that is a number like others.
READ_BY_ALL, READ_BY_ENGINE, UNREAD = 3, 4, 5
LAST_ROW = 2**62

AHEAD = """
SELECT greatest(
    (SELECT max(written_xid::text::bigint) FROM intake_event WHERE workspace_id = %(workspace)s),
    (SELECT max(transaction) FROM progress_watermark WHERE workspace_id = %(workspace)s),
    (SELECT max(transaction) FROM usage_usagemark WHERE workspace_id = %(workspace)s), 0)
    >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"""
MARKS = """
SELECT coalesce((SELECT transaction FROM {table} WHERE workspace_id = %(workspace)s), 0),
       coalesce((SELECT row FROM {table} WHERE workspace_id = %(workspace)s), 0)"""
RENUMBER = """
UPDATE intake_event SET written_xid = (CASE
    WHEN (written_xid, id) <= (%(used)s::text::xid8, %(used_row)s) THEN %(by_all)s
    WHEN (written_xid, id) <= (%(read)s::text::xid8, %(read_row)s) THEN %(by_engine)s
    ELSE %(unread)s END)::text::xid8
WHERE workspace_id = %(workspace)s"""


class Command(BaseCommand):
    help = "Run once after restoring a dump into another server, before anything else starts. As the owner."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = 0
        for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
            changed += self._renumber(workspace_id)
        self.stdout.write(f"{changed} rows of the log were numbered anew." if changed else "Nothing had to be changed.")

    def _renumber(self, workspace_id: int) -> int:
        """One workspace in one transaction. Returns how many rows of its log there were."""
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT set_config('app.workspace_id', %s, true)", [str(workspace_id)])
            of_workspace = {"workspace": workspace_id}
            cursor.execute(AHEAD, of_workspace)
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute(MARKS.format(table="progress_watermark"), of_workspace)
            read, read_row = cursor.fetchone()
            cursor.execute(MARKS.format(table="usage_usagemark"), of_workspace)
            used, used_row = cursor.fetchone()
            cursor.execute(
                RENUMBER,
                {
                    **of_workspace,
                    **{"used": str(used), "used_row": used_row, "read": str(read), "read_row": read_row},
                    **{"by_all": READ_BY_ALL, "by_engine": READ_BY_ENGINE, "unread": UNREAD},
                },
            )
            rows = cursor.rowcount
            for table, number in (("progress_watermark", READ_BY_ENGINE), ("usage_usagemark", READ_BY_ALL)):
                cursor.execute(
                    f"UPDATE {table} SET transaction = %s, row = %s WHERE workspace_id = %s AND transaction > 0",
                    [number, LAST_ROW, workspace_id],
                )
        return max(rows, 1)
