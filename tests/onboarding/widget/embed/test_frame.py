"""The frame's document: whom it lets in, under which policy it stands, and what it weighs."""

import gzip
import html
import json
import re

import pytest
from django.test import Client

from onboarding.widget.models import WidgetEvent, WidgetSettings
from tests.onboarding.widget.embed.conftest import SITE, Caller
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


def data(response, name: str = "begin") -> dict:
    (found,) = re.findall(rf'<script id="{name}" type="application/json">(.*?)</script>', response.content.decode())
    return json.loads(found)


def policy(response) -> dict[str, str]:
    said = response["Content-Security-Policy"].split("; ")
    return {directive: value for directive, _, value in (part.partition(" ") for part in said)}


def refusal(response) -> dict:
    assert response.status_code == 403
    return data(response, "refusal")


def test_the_first_document_shows_the_checklist_already(caller, climb):
    climb("pia", 2)
    response = caller.frame()
    assert response.status_code == 200
    begin = data(response)
    assert begin["state"] == {
        "show": True,
        "done": 2,
        "total": 7,
        "finished": False,
        "dismissed": False,
        "text": "2 of 7",
        "label": "Get set up: 2 of 7 done",
        "position": "bottom-right",
        "features": ["live-sync"],
    }
    page = response.content.decode()
    assert 'data-step="invite-teammate" data-state="open"' in page
    assert "<title>Get set up: 2 of 7 done</title>" in page
    caller.session = begin["session"]
    assert caller.steps(begin["tag"]).status_code == 304


def test_only_the_workspaces_sites_may_hold_it_and_it_may_do_nothing_but_ask_its_own(caller, workspace):
    with scope(workspace):
        WidgetSettings.of(workspace).allow("https://*.customer.example", by=None)
    response = caller.frame()
    said = policy(response)
    assert said["frame-ancestors"] == f"{SITE} https://*.customer.example"
    nonce = re.fullmatch(r"'(nonce-[\w-]{20,})'", said["script-src"])[1]
    assert said["style-src"] == f"'{nonce}'"
    assert {name: said[name] for name in ("default-src", "connect-src", "form-action", "base-uri")} == {
        "default-src": "'none'",
        "connect-src": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
    }
    assert "*" not in response["Content-Security-Policy"].replace("https://*.customer.example", "")
    assert "X-Frame-Options" not in response
    assert policy(caller.frame())["script-src"] != said["script-src"]


def test_it_sets_no_cookie_and_is_kept_nowhere(caller):
    response = caller.frame()
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


def test_a_site_that_is_not_allowed_is_told_so_and_nobody_else_is(caller, climb):
    climb("pia", 2)
    caller.site = "https://evil.example"
    response = caller.frame()
    said = refusal(response)
    assert said["code"] == "origin_not_allowed"
    assert said["to"] == "https://evil.example"
    assert "https://evil.example is not one of the sites" in said["message"]
    assert policy(response)["frame-ancestors"] == "https://evil.example"
    assert "Get set up" not in response.content.decode()


@pytest.mark.parametrize("key", ["", "fm_write_nobodys", "x" * 5000, "\x00"])
def test_an_unknown_key_is_told_to_the_site_that_asked(key, caller):
    caller.key = key
    assert refusal(caller.frame())["code"] == "unknown_key"
    caller.site = ""
    response = caller.frame()
    assert policy(response)["frame-ancestors"] == "'none'"
    assert response.status_code == 403


def test_a_revoked_key_and_a_secret_key_open_nothing(caller, workspace, write_key):
    caller.key = ApiKey.issue(workspace, kind="secret", name="server")[1]
    assert refusal(caller.frame())["code"] == "unknown_key"
    caller.key = write_key
    ApiKey.objects.get(workspace=workspace, kind="write").revoke()
    assert refusal(caller.frame())["code"] == "unknown_key"


@pytest.mark.parametrize("origin", ["null", "", "https://a.example\r\nX: y", "*", "https://*.customer.example"])
def test_where_the_site_is_not_known_the_frame_comes_without_its_reader(origin, caller, climb):
    climb("pia", 2)
    caller.site = origin.replace("\r\n", "")
    response = caller.frame()
    begin = data(response)
    assert "session" not in begin
    assert begin["hosts"] == [SITE]
    assert policy(response)["frame-ancestors"] == SITE
    assert "Get set up" not in response.content.decode()


def test_asked_for_by_its_address_it_comes_without_its_reader_too(caller):
    response = Client().get("/widget/v1/frame", {"key": caller.key, "user": "pia", "scheme": "dark", "inline": "1"})
    assert "session" not in data(response)
    assert 'data-scheme="dark"' in response.content.decode()
    assert policy(response)["frame-ancestors"] == SITE


def test_a_session_can_be_had_for_a_frame_without_its_reader(caller, climb):
    climb("pia", 2)
    answer = caller.begin().json()
    assert 'data-step="invite-teammate"' in answer["html"]
    assert answer["state"]["done"] == 2
    caller.site = "https://evil.example"
    assert caller.begin().json()["code"] == "origin_not_allowed"
    caller.site = ""
    assert caller.begin().json()["code"] == "origin_not_allowed"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"key": 1}', b"x" * 20_000, b"null"])
def test_whatever_is_sent_the_answer_says_what_is_wrong(body, caller, climb):
    climb("pia")
    caller.begin()
    client, headers = Client(), {"Authorization": f"Bearer {caller.session}"}
    for path in ("session", "acts"):
        response = client.post(f"/widget/v1/{path}", body, content_type="application/json", headers=headers)
        assert response.status_code in (401, 422)
        assert len(response.json()["message"]) > 10


def test_somebody_whom_nobody_knows_yet_has_an_empty_frame_until_events_come(caller):
    begin = data(caller.frame("newcomer"))
    assert begin["known"] is False
    assert begin["state"]["show"] is False


def test_markup_in_what_is_said_stays_text(caller, climb):
    nasty = "</script><script>alert(1)</script>'\""
    climb(nasty, 1)
    for response in (caller.frame(nasty), caller.frame("pia", scheme=nasty, lang=nasty, inline=nasty)):
        assert "<script>alert" not in response.content.decode()
    assert data(caller.frame(nasty))["user"] == nasty


def test_paths_lead_into_the_page_that_holds_the_frame(caller, climb):
    climb("pia", 5)
    page = html.unescape(caller.frame().content.decode())
    assert f'href="{SITE}/alerts/new"' in page


def test_the_loader_weighs_at_most_three_kilobytes(client):
    response = client.get("/sdk/v1.js", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 3 * 1024
    assert b"window.firstmile" in gzip.decompress(response.content)
    assert client.get("/sdk/v1.js", headers={"If-None-Match": response["ETag"]}).status_code == 304
    plain = client.get("/sdk/v1.js")
    assert plain.content == gzip.decompress(response.content)
    assert "max-age=3600" in plain["Cache-Control"]


def test_loader_and_first_document_together_weigh_at_most_twelve_kilobytes(caller, climb):
    climb("pia", 2)
    loader = caller.client.get("/sdk/v1.js", headers={"Accept-Encoding": "gzip"})
    form = {"key": caller.key, "user": "pia"}
    headers = {"Origin": SITE, "Accept-Encoding": "gzip"}
    document = caller.client.post("/widget/v1/frame", form, headers=headers)
    assert document["Content-Encoding"] == "gzip"
    assert b"Invite a teammate" in gzip.decompress(document.content)
    assert len(document.content) <= 9 * 1024
    assert len(loader.content) + len(document.content) <= 12 * 1024
    page = gzip.decompress(document.content).decode()
    assert re.findall(r"<link|<img|\ssrc=|url\(|@import", page) == []  # nothing more is loaded


def test_the_module_and_its_types_are_there_for_those_who_bundle(client):
    module = client.get("/sdk/firstmile.mjs")
    assert module["Content-Type"].startswith("text/javascript")
    assert b"export const create" in module.content
    assert b"identify" in client.get("/sdk/firstmile.d.ts").content
    assert client.get("/sdk/package.json").json()["type"] == "module"
    for name in ("v1.js.map", "..%2fsettings.py", "boot.js", "nothing"):
        assert client.get(f"/sdk/{name}").status_code == 404


def test_nothing_is_noted_by_looking(caller, climb, workspace):
    climb("pia", 2)
    caller.frame()
    caller.begin()
    caller.steps()
    with scope(workspace):
        assert not WidgetEvent.objects.exists()


def test_two_workspaces_frames_do_not_mix(caller, climb, other_workspace, other_write_key):
    climb("pia", 2)
    with scope(other_workspace):
        WidgetSettings.of(other_workspace).allow("https://globex.example", by=None)
    theirs = Caller(other_write_key, "https://globex.example")
    assert data(theirs.frame("pia"))["state"]["show"] is False
    assert refusal(Caller(other_write_key).frame("pia"))["code"] == "origin_not_allowed"
