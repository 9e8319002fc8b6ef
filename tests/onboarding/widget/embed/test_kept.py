"""What a process keeps never shows anybody what is not so now, and the short way says what pages say."""

import gzip
import io
import json
import re
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from milestones.ladders import drafts
from milestones.ladders.document import read
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.features.granting import grant
from onboarding.features.models import Feature
from onboarding.people.models import Person
from onboarding.widget import kept
from onboarding.widget.embed import admission, document, panel, short
from onboarding.widget.models import IdentityCount, IdentitySecret, WidgetSettings
from tests.analytics.events import identify, send, track
from tests.onboarding.widget.conftest import EVENTS, LADDER
from tests.onboarding.widget.embed.conftest import SITE, Caller
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


def answered(environ: dict):
    """What the short way says by itself: status, headers and body; None where it leaves it to the page."""
    said = []

    def page(environ, start_response):
        said.append(None)
        return []

    def start_response(status, headers):
        said.append((int(status[:3]), dict(headers)))

    body = b"".join(short.before(page)(environ, start_response))
    return None if said[0] is None else (*said[0], body)


def steps(caller, query: str = "lang=", **more):
    environ = {"PATH_INFO": "/widget/v1/steps", "REQUEST_METHOD": "GET", "QUERY_STRING": query}
    return answered({**environ, "HTTP_AUTHORIZATION": f"Bearer {caller.session}", **more})


def framed(caller, user: str = "pia", token: str = "", *, encoding: str = "", **more):
    body = urlencode({"key": caller.key, "user": user, "token": token, **more}).encode()
    return answered(
        {
            "PATH_INFO": "/widget/v1/frame",
            "REQUEST_METHOD": "POST",
            "HTTP_ORIGIN": caller.site,
            "HTTP_ACCEPT_ENCODING": encoding,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
    )


def begun(text: str) -> dict:
    (found,) = re.findall(r'<script id="begin" type="application/json">(.*?)</script>', text)
    return json.loads(found)


def shown(caller, query: str = "lang=") -> dict:
    """By the short way, which must say the same as the page."""
    page = caller.steps(query=f"?{query}").json()
    answer = steps(caller, query)
    assert answer is not None
    assert json.loads(answer[2]) == page
    return page


@pytest.fixture(autouse=True)
def nothing_kept():
    for kept_by in (kept._kept, panel._kept, document._shells, admission._met, admission._sealed):
        kept_by.clear()


@pytest.fixture
def pia(caller, climb):
    climb("pia", done=2)
    caller.begin()
    return caller


@pytest.fixture
def theirs(other_workspace, other_write_key):
    """Somebody of Globex, whose ladder is the same but for a title and a step's name. They too are called pia."""
    text = LADDER.read_text().replace("Get set up", "Globex first").replace("Invite a teammate", "Call a colleague")
    with scope(other_workspace):
        import_ladder(load(text), by=None).ladder.publish(by=None, at=timezone.now())
        WidgetSettings.of(other_workspace).allow(SITE, by=None)
    send(other_workspace, [track("pia", "Signed Up", timezone.now())])
    caller = Caller(other_write_key)
    caller.begin()
    return caller


def publish(workspace, change) -> None:
    """A next version, to which everybody moves."""
    with scope(workspace):
        ladder = Ladder.objects.get()
        draft = drafts.begin(ladder, by=None)
        changed = draft.document
        change(changed)
        drafts.write(draft, read({"ladder": changed}), by=None, words="Changed", place="")
        ladder.publish(by=None, at=timezone.now(), moves=True)
    send(workspace, [track("pia", "Signed In", timezone.now())])


@pytest.mark.parametrize("done", [0, 1, 4, 7])
@pytest.mark.parametrize("query", ["lang=", "lang=de", "lang=ar&all=1"])
def test_the_short_way_says_what_the_page_says(done, query, caller, climb, workspace):
    workspace.languages = ["de", "ar"]
    workspace.save()
    climb("pia", done=done)
    caller.begin()
    kept._kept.clear()
    assert steps(caller, query) is None  # the process has not read the version yet
    assert shown(caller, query)["state"]["done"] == done
    caller.act("skipped", "alert-set", "later")
    caller.act("opened")
    assert shown(caller, query)["state"]["total"] == 7
    caller.act("dismissed", "", "know-it")
    assert shown(caller, query)["state"]["dismissed"] is True


def test_what_is_new_since_the_widget_was_in_sight_is_told_until_it_was_celebrated(pia, workspace):
    pia.act("seen")
    send(workspace, [track("pia", EVENTS[2], timezone.now())])
    assert shown(pia)["fresh"] == ["invite-teammate"]
    pia.act("step_completed", "invite-teammate")
    assert shown(pia)["fresh"] == []


def test_two_workspaces_texts_do_not_mix(pia, theirs):
    for _ in range(2):
        assert "Call a colleague" not in shown(pia)["html"]
        assert "Invite a teammate" in shown(pia)["html"]
        their = shown(theirs)
        assert "Call a colleague" in their["html"]
        assert their["state"]["label"].startswith("Globex first: 0 of 7")
        assert "Invite a teammate" not in their["html"]


def test_languages_do_not_mix_and_neither_do_versions(pia, workspace):
    workspace.languages = ["de", "fr"]
    workspace.save()

    def in_german(changed):
        changed["translations"] = {"de": {"title": "Richten Sie sich ein"}}
        changed["rungs"][2]["milestone"]["translations"] = {"de": {"name": "Laden Sie jemanden ein"}}

    before = shown(pia, "lang=de")
    assert ' lang="en" dir="auto">Invite a teammate' in before["html"]
    publish(workspace, in_german)
    for _ in range(2):
        german, french = shown(pia, "lang=de"), shown(pia, "lang=fr")
        assert "Laden Sie jemanden ein" in german["html"]
        assert german["state"]["label"] == "Richten Sie sich ein: 2 von 7 erledigt"
        assert ' lang="en" dir="auto">Invite a teammate' in french["html"]
        assert ">Invite a teammate" in shown(pia, "lang=en")["html"]
        assert 'dir="auto"' not in shown(pia, "lang=en")["html"]


def test_a_draft_is_seen_once_it_is_published_and_no_sooner(pia, workspace):
    before = shown(pia)
    with scope(workspace):
        draft = drafts.begin(Ladder.objects.get(), by=None)
        changed = draft.document
        changed["rungs"][2]["milestone"]["name"] = "Ask somebody in"
        drafts.write(draft, read({"ladder": changed}), by=None, words="Changed", place="")
    assert shown(pia) == before
    with scope(workspace):
        Ladder.objects.get().publish(by=None, at=timezone.now(), moves=True)
    send(workspace, [track("pia", "Signed In", timezone.now())])
    assert "Ask somebody in" in shown(pia)["html"]


def test_what_changes_is_seen_at_once(pia, workspace, ana):
    tags = [shown(pia)["tag"]]
    with scope(workspace):
        settings = WidgetSettings.of(workspace)
        settings.position = "bottom-left"
        settings.save()
    assert shown(pia)["state"]["position"] == "bottom-left"
    tags.append(shown(pia)["tag"])
    with scope(workspace):
        person, feature = Person.objects.get(external_id="pia"), Feature.objects.create(key="reports", name="Reports")
        grant(feature, person, by=ana, reason="Asked for it.")
    assert "reports" in shown(pia)["state"]["features"]
    tags.append(shown(pia)["tag"])
    with scope(workspace):
        feature.archive()
    assert "reports" not in shown(pia)["state"]["features"]
    tags.append(shown(pia)["tag"])
    send(workspace, [track("pia", EVENTS[2], timezone.now())])
    assert shown(pia)["state"]["done"] == 3
    tags.append(shown(pia)["tag"])
    workspace.name = "Acme & Sons"
    workspace.save()
    tags.append(shown(pia)["tag"])
    assert len(set(tags)) == len(tags)


def test_a_story_for_ones_own_industry_is_not_told_to_another(workspace, ladder, climb, caller):
    def with_stories(changed):
        changed["stories"] = [
            {"text": "Our wards are calm.", "industry": "Health"},
            {"text": "Our shelves are full.", "industry": "Retail"},
        ]

    climb("pia", done=1)
    publish(workspace, with_stories)
    caller.begin()
    for industry, text in (("Health", "wards"), ("Retail", "shelves"), ("Health", "wards")):
        send(workspace, [identify("pia", timezone.now(), industry=industry)])
        assert text in shown(caller)["html"]


def test_what_is_told_in_somebodys_own_numbers_is_never_kept(workspace, climb, caller):
    climb("pia", done=6, email="pia@bolt.example")
    climb("rob", done=6, email="rob@bolt.example")
    publish(workspace, lambda changed: changed.update(impact={"before": "", "after": "Well done, {{ email }}."}))
    for user in ("pia", "rob", "pia"):
        caller.begin(user)
        answer = caller.steps(query="?lang=").json()
        assert f"Well done, {user}@bolt.example." in answer["html"]
        assert steps(caller) is None
    assert not any("@bolt.example" in piece for piece in panel._kept.values())


@pytest.mark.parametrize("more", [{}, {"scheme": "dark", "inline": "1"}, {"lang": "de"}])
def test_the_frame_is_the_pages(more, pia, workspace):
    workspace.languages = ["de"]
    workspace.save()
    page = pia.frame(**more)
    status, headers, body = framed(pia, **more)
    assert status == 200
    for name, value in page.headers.items():
        if name in ("Content-Security-Policy", "Cache-Control", "Vary", "Content-Type", "Cross-Origin-Resource-Policy"):
            assert without_nonce(headers[name]) == without_nonce(value), name
    here, there = begun(body.decode()), begun(page.content.decode())
    here.pop("session")
    there.pop("session")
    assert here == there
    pieces = [
        re.sub(r'(?s)<script id="begin".*?</script>', "", without_nonce(text.decode())) for text in (body, page.content)
    ]
    assert pieces[0] == pieces[1]
    *_, compressed = framed(pia, encoding="gzip, br", **more)
    assert without_nonce(gzip.decompress(compressed).decode()).partition("<main")[0] == pieces[0].partition("<main")[0]
    pia.session = begun(gzip.decompress(compressed).decode())["session"]
    assert steps(pia, f"lang={more.get('lang', '')}", HTTP_IF_NONE_MATCH=f'"{here["tag"]}"')[0] == 304


def without_nonce(text: str) -> str:
    return re.sub(r"nonce([-=]\"?)[\w-]{20,}", r"nonce\1…", text)


def test_a_frame_in_another_look_is_another(pia, workspace):
    pia.frame()
    *_, usual = framed(pia)
    with scope(workspace):
        settings = WidgetSettings.of(workspace)
        settings.theme = {"radius": 0, "font": "mono"}
        settings.save()
    *_, square = framed(pia)
    assert b"ui-monospace" in square
    assert b"ui-monospace" not in usual


def test_everybody_who_is_let_in_shortly_is_counted_as_the_page_counts(pia, secret, sign, workspace):
    with scope(workspace):
        before = IdentityCount.objects.get()
    pia.frame(token=sign(secret))
    assert framed(pia)[0] == framed(pia, token=sign(secret))[0] == 200
    with scope(workspace):
        now = IdentityCount.objects.get()
    assert (now.signed - before.signed, now.unsigned - before.unsigned) == (2, 1)


def test_nobody_is_let_in_shortly_whom_the_page_would_refuse(pia, secret, sign, workspace, write_key):
    pia.frame(token=sign(secret))
    assert framed(pia, token=sign(secret))[0] == 200
    for user, token in (
        ("ada", sign(secret)),
        ("pia", sign("fm_identity_other")),
        ("pia", sign(secret, minutes=-5)),
        ("", ""),
    ):
        assert framed(pia, user, token) is None
    pia.site = "https://evil.example"
    assert framed(pia) is None
    pia.site = SITE
    with scope(workspace):
        WidgetSettings.of(workspace).enforce(True, by=None)
    assert framed(pia) is None
    assert framed(pia, token=sign(secret))[0] == 200
    with scope(workspace):
        IdentitySecret.live().get().revoke(by=None)
    assert framed(pia, token=sign(secret)) is None
    with scope(workspace):
        WidgetSettings.of(workspace).enforce(False, by=None)
    assert framed(pia)[0] == 200
    ApiKey.find(write_key).revoke()
    assert framed(pia) is None
    assert steps(pia) is None


def test_a_key_that_the_process_has_not_met_and_forms_of_other_kinds_are_left_to_the_page(pia):
    admission._met.clear()
    assert framed(pia) is None
    pia.frame()
    assert framed(pia)[0] == 200
    assert framed(pia, padding="x" * 20_000) is None
    assert framed(pia, "pia\x00") is None


def test_what_the_short_way_has_read_the_page_can_read_again(pia):
    """A form that is left to the page is still there."""
    body = urlencode({"key": "fm_write_unmet", "user": "pia"}).encode()
    left = []
    environ = {
        **{"PATH_INFO": "/widget/v1/frame", "REQUEST_METHOD": "POST", "HTTP_ORIGIN": SITE},
        **{"CONTENT_TYPE": short.FORM, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)},
    }

    def page(environ, start_response):
        left.append(environ["wsgi.input"].read())
        return []

    short.before(page)(environ, None)
    assert left == [body]


def test_entries_are_bounded(pia, monkeypatch):
    monkeypatch.setattr(panel, "MOST_KEPT", 3)
    panel._kept.clear()
    for _ in range(3):
        shown(pia)
    assert len(panel._kept) <= 3
    monkeypatch.setattr(kept, "MOST_KEPT", 1)
    shown(pia, "lang=en")
    assert len(kept._kept) == 1
