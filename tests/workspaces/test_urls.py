"""Every URL × anonymous, stranger, viewer, member. A new URL without a verdict here fails."""

import re

import pytest
from django.urls import get_resolver, reverse

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.widget.links import checklist_url
from tests.workspaces import verdicts
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import PERMISSIONS, Level, allows

LOG_IN = "log in"

IN_WORKSPACE = verdicts.everything()
# For log-ins, whatever the workspace: what anonymous visitors get, what members get
FOR_LOG_INS = {"home": (LOG_IN, 302), "workspaces": (LOG_IN, 200)}
# Open to everyone, each with the reason; further tests stand with the page.
OPEN = {
    "healthz": "for load balancers",
    "readyz": "for load balancers",
    "csp_reports": "browsers send no proof; what they say is bounded and changes nothing",
    "checklist:": "the token is the proof",
    "embed:": "the write key and the signed token are the proof; the session's token afterwards",
    "ask:": "the token is the proof",
    "intake:": "the write key is the proof",
    "events_api:": "the secret key is the proof",
    "openapi": "says what the API is, and nothing of anybody's",
    "posthog:": "the write key is the proof",
    "ofrep:": "the flags key is the proof",
    "mailed:": "the token is the proof",
    "shared:": "the token is the proof, and a password where there is one",
    "account_": "django-allauth decides",
}


def names(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
        else:
            yield prefix + (pattern.name or ""), pattern.callback


@pytest.fixture
def things(workspace, ana):
    """One of each thing that a URL can name, in Acme."""
    key, _ = ApiKey.issue(workspace, kind="write", name="site")
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=ana).ladder
        found = {
            "api key": key.pk,
            "milestone": "look",
            "rung": "look",
            "ladder": ladder.key,
            "number": 1,
            "person": Person.objects.order_by("pk").first().pk,
            "digest": "0" * 64,
        }
        for module in verdicts.modules():
            if hasattr(module, "things"):
                found |= module.things(workspace, ana)
        return found


LADDER = """
ladder:
  key: everyone
  name: Everyone
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  title: Look around
  value_proposition: See what others see.
  done_looks_like: You have looked.
  rungs:
    - milestone: {key: look, name: Look, purpose: Look., criterion: {event: Looked}}
      phase: quick wins
      first_value: true
"""


def send(client, workspace, name, things):
    method, arguments, _, _ = IN_WORKSPACE[name]
    kwargs = {
        argument: thing.removeprefix("word: ") if thing.startswith("word: ") else things[thing]
        for argument, thing in arguments.items()
    }
    return getattr(client, method)(reverse(name, kwargs={"workspace_slug": workspace.slug, **kwargs}))


def test_every_url_has_a_verdict():
    known = set(IN_WORKSPACE) | set(FOR_LOG_INS)
    without = [n for n, _ in names() if n not in known and not any(n.startswith(o) for o in OPEN)]
    assert without == []
    assert known <= {n for n, _ in names()}


def test_every_url_of_a_workspace_enters_through_a_permission():
    for name, view in names():
        if name in IN_WORKSPACE:
            assert view.permission in PERMISSIONS, name


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_anonymous_visitors_are_sent_to_log_in(name, workspace, things, client):
    response = send(client, workspace, name, things)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/w/")


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_strangers_find_nothing(name, workspace, things, cyd, client_for):
    assert send(client_for(cyd), workspace, name, things).status_code == 404


NAMING_OURS = [
    name
    for name, (_, arguments, _, _) in IN_WORKSPACE.items()
    if any(not thing.startswith("word: ") for thing in arguments.values())
]


@pytest.mark.parametrize("name", NAMING_OURS)
def test_a_strangers_own_workspace_does_not_show_our_things(name, workspace, other_workspace, things, cyd, client_for):
    assert send(client_for(cyd), other_workspace, name, things).status_code == 404


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_viewers_read_and_nothing_more(name, workspace, things, ben, client_for):
    assert send(client_for(ben), workspace, name, things).status_code == IN_WORKSPACE[name][2]


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_owners_may_do_everything(name, workspace, things, ana, client_for):
    assert send(client_for(ana), workspace, name, things).status_code == IN_WORKSPACE[name][3]


@pytest.mark.parametrize("name", FOR_LOG_INS)
def test_pages_of_a_log_in_need_one(name, ana, client, client_for):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert client_for(ana).get(reverse(name)).status_code == FOR_LOG_INS[name][1]


def test_a_fragment_for_an_ended_session_is_a_401_rather_than_a_log_in_page(workspace, client):
    url = reverse("widget:people", args=[workspace.slug])
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 401


def test_a_checklist_link_opens_nobody_elses(workspace, other_workspace, client):
    with scope(workspace):
        ours = checklist_url(Person.objects.get(external_id="dora"))
    with scope(other_workspace):
        theirs = checklist_url(Person.objects.get(external_id="finn"))
    token = re.search(r"/c/([^/]+)/", ours)[1]
    assert client.get(f"/c/{token}/").status_code == 200
    assert client.get(f"/c/{token[:-2]}xx/").status_code in (403, 404, 410)
    assert ours != theirs


def test_leaving_a_workspace_has_immediate_effect(workspace, ben, client_for):
    browser = client_for(ben)
    url = reverse("dashboards:adoption", args=[workspace.slug])
    assert browser.get(url).status_code == 200
    ben.delete()
    assert browser.get(url).status_code == 404


def test_levels_are_cumulative():
    for permission, least in PERMISSIONS.items():
        assert [level for level in Level if allows(level, permission)] == [level for level in Level if level >= least]
