"""Everything in a workspace as one file: made by a worker, downloaded by admins, importable, and gone after a week."""

import gzip
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from milestones.ladders.yaml_text import load
from onboarding.intake.models import LoggedEvent
from tests.analytics.privacy import world
from workspaces.audit.models import Entry
from workspaces.privacy import asking, erasing, whole
from workspaces.privacy.models import Export, ExportPiece
from workspaces.scope import scope


@pytest.fixture
def populated(workspace, ana):
    world.make(workspace, ana, timezone.now())
    return workspace


def made(workspace, by):
    with scope(workspace):
        export = whole.ask(workspace, by=by)
        assert whole.ask(workspace, by=by) == export
    whole.work(workspace.pk)
    with scope(workspace):
        export.refresh_from_db()
    assert (export.problem, export.is_there) == ("", True)
    return export


def test_the_file_holds_log_tables_and_ladders_and_no_secret(populated, ana, client_for, monkeypatch):
    monkeypatch.setattr(whole, "PIECE", 4_096)
    monkeypatch.setattr(whole, "ROWS_AT_ONCE", 3)
    client = client_for(ana)
    page = f"/w/{populated.slug}/settings/privacy/exports/"
    assert client.post(page).status_code == 302
    export = made(populated, ana)
    answer = client.get(f"{page}{export.pk}/")
    body = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(body) == export.size
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert packed.testzip() is None
        texts = {name: packed.read(name) for name in packed.namelist()}
    log = [json.loads(line) for line in gzip.decompress(texts.pop("log.ndjson.gz")).splitlines()]
    with scope(populated):
        assert len(log) == LoggedEvent.objects.count()
        assert Entry.objects.filter(action="workspace.exported").count() == 1
    assert all({"type", "messageId", "timestamp"} <= one.keys() for one in log)
    assert all("userId" in one or "anonymousId" in one for one in log)
    people = [json.loads(line) for line in texts["tables/people_person.ndjson"].splitlines()]
    assert {person["external_id"] for person in people} >= {"dora-4711", "emil-1", "other-5"}
    assert len({json.dumps(person) for person in people}) == len(people) > 6
    assert load(texts["ladders/admin-1.yaml"].decode())["key"] == "admin"
    secrets = (b'"sealed"', b'"secret"', b'"digest"', b'"digests"')
    assert not [name for name, text in texts.items() if any(secret in text for secret in secrets)]
    assert "tables/api_keptanswer.ndjson" not in texts


def test_the_file_goes_after_a_week_and_whenever_somebody_is_erased(populated, ana, client_for):
    export = made(populated, ana)
    page = f"/w/{populated.slug}/settings/privacy/exports/{export.pk}/"
    client = client_for(ana)
    with scope(populated):
        Export.objects.update(finished_at=timezone.now() - Export.KEPT - timedelta(seconds=1))
    assert client.get(page).status_code == 404
    whole.work(populated.pk)
    with scope(populated):
        assert not ExportPiece.objects.exists()
    second = made(populated, ana)
    with scope(populated):
        asking.ask("u:dora-4711", by=ana)
    erasing.work(populated.pk)
    with scope(populated):
        assert not ExportPiece.objects.exists()
    assert client.get(page.replace(f"/{export.pk}/", f"/{second.pk}/")).status_code == 404


def test_a_worker_that_is_taken_for_dead_does_not_write_into_anothers_file(populated, ana, monkeypatch):
    with scope(populated):
        export = whole.ask(populated, by=ana)
    first = whole._claim(populated.pk)
    with scope(populated):
        Export.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    whole.work(populated.pk)
    with pytest.raises(whole.Lost):
        whole._make(first)
    with scope(populated):
        export.refresh_from_db()
        assert export.is_there
