"""The pages of privacy: finding a person, exporting and erasing them, and letting an id in again."""

import io
import json
import zipfile

import pytest
from django.utils import timezone

from tests.analytics.privacy import world
from workspaces.audit.models import Entry
from workspaces.privacy import erasing
from workspaces.privacy.models import Erasure
from workspaces.scope import scope


@pytest.fixture
def populated(workspace, ana):
    world.make(workspace, ana, timezone.now())
    return workspace


@pytest.fixture
def page(populated, ana, client_for):
    client = client_for(ana)

    def ask(path, **sent):
        address = f"/w/{populated.slug}/settings/privacy/{path}"
        return client.post(address, sent) if sent else client.get(address)

    return ask


def test_a_person_is_found_by_address_and_erased_once_the_id_is_typed(populated, page):
    assert b"key=u%3Adora-4711" in page("?q=DORA.quill@initech.example").content
    assert b"Type dora-4711 to confirm" in page("person/?key=u:dora-4711").content
    refused = page("person/erasure/", key="u:dora-4711", typed="dora-471")
    assert (refused.status_code, b"That is another id" in refused.content) == (422, True)
    assert page("person/erasure/", key="u:dora-4711", typed="dora-4711").status_code == 302
    waiting = page("erasures/")
    assert b"data-poll" in waiting.content
    erasing.work(populated.pk)
    assert waiting["HX-PTag"] != page("erasures/")["HX-PTag"]
    with scope(populated):
        Erasure.objects.update(look_again_at=timezone.now())
    erasing.work(populated.pk)
    done = page("erasures/").content
    assert b"Done" in done
    assert b"data-poll" not in done
    assert b"dora" not in page("").content
    with scope(populated):
        actions = list(
            Entry.objects.filter(action__startswith="person.").order_by("pk").values_list("action", flat=True)
        )
    assert actions == ["person.erasure_asked", "person.erased"]


def test_an_erased_id_is_let_in_again_by_typing_it(populated, page):
    page("person/erasure/", key="u:dora-4711", typed="dora-4711")
    assert page("again/", user_id="dora-4712").status_code == 422
    assert page("again/", user_id="dora-4711").status_code == 302
    assert page("again/", user_id="dora-4711").status_code == 422


def test_the_export_holds_everything_under_readable_names(populated, page):
    answer = page("person/export/", key="u:dora-4711")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        found = {name.removesuffix(".json"): packed.read(name).decode() for name in packed.namelist()}
    assert "Acme keeps of you" in found.pop("READ ME.txt")
    kept = {name: json.loads(text) for name, text in found.items()}
    assert kept["you"][0]["e-mail"] == "dora.quill@initech.example"
    assert [one["id"] for one in kept["names you came under"]] == ["browser-77ab", "dora-4711"]
    assert {one["event"] or one["kind"] for one in kept["events"]} == {
        *("Page Viewed", "Signed Up", "Connected", "Invited", "Reported", "identify", "group"),
    }
    assert [step["step"] for step in kept["ladders"][0]["steps done"]] == ["grown", "connect", "report"]
    assert kept["answers"][0]["comment"] == "Countess was here"
    assert {name for name, things in kept.items() if not things} == set()
    assert "emil-1" not in "".join(found.values())
    with scope(populated):
        entry = Entry.objects.get(action="person.exported")
    assert entry.details["counts"]["events"] == 7
    assert "dora" not in json.dumps(entry.details) + entry.target


def test_nobody_below_an_admin_may(populated, make_member, client_for):
    from workspaces.tenants.access import Level

    editor = client_for(make_member(populated, "eve", Level.EDITOR))
    assert editor.get(f"/w/{populated.slug}/settings/privacy/person/?key=u:dora-4711").status_code == 403
    assert (
        editor.post(f"/w/{populated.slug}/settings/privacy/person/export/", {"key": "u:dora-4711"}).status_code == 403
    )
