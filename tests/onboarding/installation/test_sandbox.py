"""The sandbox: whom its pass lets in where, and what it leaves alone."""

import json
import re
from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from onboarding.widget import arrivals
from onboarding.widget.embed import passes
from onboarding.widget.models import IdentityCount, IdentitySecret, WidgetSettings
from tests.onboarding.installation.conftest import SITE
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import Level

OWN = "http://testserver"


@pytest.fixture
def opened(base, edda, client_for, climb):
    """Edda's sandbox, in which Pia reads: what the page that plays host knows."""
    climb("pia", 2)
    browser = client_for(edda)
    browser.post(base + "sandbox/begin/", {"user": "pia"})
    page = browser.get(base + "sandbox/page/?user=pia").content.decode()
    who = json.loads(re.search(r'<script id="who"[^>]*>(.*?)</script>', page)[1])
    return {"key": re.search(r'data-key="([^"]+)"', page)[1], "user": who["user"], "token": who["token"]}


def ask(said: dict, *, site: str = OWN):
    return Client().post("/widget/v1/frame", said, headers={"Origin": site})


def begun(response) -> dict:
    return json.loads(re.search(r'<script id="begin"[^>]*>(.*?)</script>', response.content.decode(), re.DOTALL)[1])


def steps(session: str):
    return Client().get("/widget/v1/steps", headers={"Authorization": f"Bearer {session}"})


def test_the_page_that_plays_host_has_the_documented_policy_and_nothing_more(base, edda, client_for, opened):
    response = client_for(edda).get(base + "sandbox/page/?user=pia")
    assert response["Content-Security-Policy"] == (
        f"default-src 'none'; script-src {OWN}; frame-src {OWN}; require-trusted-types-for 'script'; "
        "frame-ancestors 'self'"
    )
    assert f'src="{OWN}/sdk/v1.js"' in response.content.decode()


def test_a_pass_shows_the_persons_checklist_on_this_installation(opened):
    response = ask(opened)
    assert response.status_code == 200
    assert begun(response)["state"]["text"] == "2 of 7"
    assert f"frame-ancestors {OWN}" in response["Content-Security-Policy"]
    assert steps(begun(response)["session"]).status_code == 200


def test_also_where_tokens_are_needed(opened, workspace, ana):
    with scope(workspace):
        IdentitySecret.make(by=ana)
        WidgetSettings.of(workspace).enforce(True, by=ana)
    assert ask({**opened, "token": ""}).status_code == 403
    response = ask(opened)
    assert response.status_code == 200
    assert steps(begun(response)["session"]).status_code == 200


def test_it_is_good_on_no_other_site_even_an_allowed_one(opened, allowed):
    assert "This pass is for another page" in ask(opened, site=SITE).content.decode()
    assert ask(opened, site="https://evil.example.com").status_code == 403
    body = {**opened, "origin": SITE}
    assert Client().post("/widget/v1/session", body, content_type="application/json").status_code == 401


def test_it_is_good_for_no_other_person_and_no_other_workspace(opened, other_write_key):
    assert ask({**opened, "user": "dora"}).status_code == 403
    assert ask({**opened, "key": other_write_key}).status_code == 403


def test_without_a_pass_this_installations_own_pages_are_no_allowed_site(opened):
    refused = ask({**opened, "token": ""})
    assert refused.status_code == 403
    assert "is not one of the sites" in refused.content.decode()


@pytest.mark.parametrize("token", ["fm_pass_", "fm_pass_x", "fm_pass_" + "x" * 5_000, "fm_pass_a:b:c"])
def test_a_forged_pass_is_refused(opened, token):
    assert "pass_ended" in ask({**opened, "token": token}).content.decode()


def test_a_pass_of_something_else_that_we_signed_is_refused(opened):
    other = signing.dumps([1, 2, OWN, "pia"], salt="something else")
    assert ask({**opened, "token": passes.PREFIX + other}).status_code == 403


def test_it_ends_after_half_an_hour(opened, monkeypatch):
    later = timezone.now() + passes.LASTS + timedelta(minutes=1)
    monkeypatch.setattr(passes, "timezone", SimpleNamespace(now=lambda: later))
    assert "The sandbox has ended" in ask(opened).content.decode()


def test_it_ends_with_the_members_level_and_so_does_its_session(opened, workspace, edda):
    session = begun(ask(opened))["session"]
    workspace.join(edda.user, Level.VIEWER)
    assert ask(opened).status_code == 403
    assert steps(session).status_code == 401
    workspace.join(edda.user, Level.EDITOR)
    assert steps(session).status_code == 200
    edda.delete()
    assert steps(session).status_code == 401


def test_viewers_and_coaches_get_no_pass(base, workspace, make_member, client_for, opened):
    for level in (Level.VIEWER, Level.COACH):
        browser = client_for(make_member(workspace, "vera", level))
        for path in ("sandbox/", "sandbox/page/?user=pia", "sandbox/steps/?user=pia"):
            assert browser.get(base + path).status_code == 403
        assert browser.post(base + "sandbox/begin/", {"user": "pia"}).status_code == 403


def test_trying_out_is_no_visit(opened, workspace):
    ask(opened)
    ask({**opened, "user": "dora"})
    assert arrivals.lately(workspace.pk) == []
    with scope(workspace):
        assert not IdentityCount.objects.exists()


def test_its_key_is_one_and_known_again_until_it_is_revoked(base, workspace, other_workspace, edda, client_for, opened):
    browser = client_for(edda)
    browser.post(base + "sandbox/begin/", {"user": "dora"})
    key = workspace.keys.get(name="Sandbox")
    assert ApiKey.find(opened["key"], "write") == key
    key.revoke()
    assert browser.get(base + "sandbox/page/?user=pia").status_code == 404
    assert "The sandbox is closed" in browser.get(base + "sandbox/?user=pia").content.decode()
    assert ask(opened).status_code == 403
    browser.post(base + "sandbox/begin/", {"user": "dora"})
    assert workspace.keys.filter(name="Sandbox").count() == 2
    assert browser.get(base + "sandbox/page/?user=pia").status_code == 200
    assert not other_workspace.keys.exists()


def test_somebody_made_up_has_an_id_and_is_marked_as_such(base, edda, client_for, ladder):
    browser = client_for(edda)
    answer = browser.post(base + "sandbox/begin/")
    user = re.search(r"user=(sandbox-\w+)", answer["Location"])[1]
    page = browser.get(base + f"sandbox/page/?user={user}").content.decode()
    assert '"sandbox": true' in page
    steps = browser.get(base + f"sandbox/?user={user}").content.decode()
    assert "Begin " in steps
    assert "Signed Up" in steps


def test_each_step_offers_the_event_that_completes_it_and_the_list_is_polled(base, edda, client_for, opened):
    browser = client_for(edda)
    answer = browser.get(base + "sandbox/steps/?user=pia")
    calls = [json.loads(unescape(call)) for call in re.findall(r'data-call="([^"]+)"', answer.content.decode())]
    assert ["track", "Member Invited", {}] in calls
    assert "Workspace Created" not in [call[1] for call in calls]  # that step is done
    again = browser.get(base + "sandbox/steps/?user=pia", headers={"HX-PTag": answer["HX-PTag"]})
    assert again.status_code in (200, 304)  # 200 where an hour or a minute has just begun


def test_people_are_looked_for_in_this_workspace_only(base, edda, client_for):
    browser = client_for(edda)
    assert "dora" in browser.get(base + "sandbox/?q=do").content.decode()
    assert "Nobody’s e-mail address" in browser.get(base + "sandbox/?q=finn").content.decode()


@pytest.mark.parametrize("user", ["a\x00b", "x" * 300, ""])
def test_ids_that_nobody_can_have_open_nothing(base, edda, client_for, user):
    browser = client_for(edda)
    assert browser.get(base + "sandbox/", {"user": user}).status_code == 200
    assert browser.get(base + "sandbox/page/", {"user": user}).status_code == 404
