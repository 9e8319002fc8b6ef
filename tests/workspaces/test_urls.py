"""Every URL × anonymous, a stranger, each level, and the other environment. A new URL without a verdict here fails."""

import os
import re
from typing import NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.widget.links import checklist_url
from tests.workspaces import verdicts
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import PERMISSIONS, Level, allows
from workspaces.tenants.models import User, Workspace

LOG_IN = "log in"

IN_WORKSPACE = verdicts.everything()
# For log-ins, whatever the workspace: what anonymous visitors get, what members get
FOR_LOG_INS = {
    "home": (LOG_IN, 302),
    "workspaces": (LOG_IN, 200),
    "accounts:account": (LOG_IN, 200),
    "accounts:rename": (LOG_IN, 405),
    "accounts:close": (LOG_IN, 200),
    "accounts:speech": (LOG_IN, 405),
    "accounts:end_session": (LOG_IN, 405),
    "accounts:end_others": (LOG_IN, 405),
    "mfa_index": (LOG_IN, 302),
    "mfa_list_webauthn": (LOG_IN, 302),
}
# For operators alone, who are appointed on the server: to members of any level they are not there.
FOR_OPERATORS = {
    "operator:workspaces": ("get", {}),
    "operator:enter": ("get", {}),
    "operator:log": ("get", {}),
    "operator:workspace": ("get", {"slug": "ours"}),
    "operator:suspend": ("post", {"slug": "ours"}),
    "operator:lift": ("post", {"slug": "ours"}),
    "operator:sign_out": ("post", {"slug": "ours"}),
}
# Open to everyone, each with the reason; further tests stand with the page.
OPEN = {
    "healthz": "for load balancers",
    "readyz": "for load balancers",
    "csp_reports": "browsers send no proof; what they say is bounded and changes nothing",
    "checklist:": "the token is the proof",
    "embed:": "the write key and the signed token are the proof; the session's token afterwards",
    "ask:": "the token is the proof",
    "intake:": "the write key is the proof",
    "api:": "the secret key is the proof: see tests/workspaces/api/test_routes.py",
    "openapi": "says what the API is, and nothing of anybody's",
    "reference": "shows the same",
    "problems": "says what problems there are",
    "deprecations": "says which operations will go",
    "posthog:": "the write key is the proof",
    "ofrep:": "the flags key is the proof",
    "mailed:": "the token is the proof",
    "shared:": "the token is the proof, and a password where there is one",
    "operator:leave": "forgets what the session said, which there may be none of",
    "invited:": "the token is the proof, and a log-in of the address that was invited",
    "account_": "django-allauth decides",
    "mfa_": "django-allauth decides",
    "sso:": "before log-in; the go page asks for a marker in the session, a domain's page for its token",
    "openid_connect_callback": "the state in the session and the provider's word are the proof",
    "saml_": "the provider's signature and the question in the session are the proof",
    "socialaccount_": "pages that say that nothing happened, or are not there",
}


# There is one team, and it is live's: pages that are led to from the environment for tests.
LED_TO_LIVE = {"team": "team:members", "signing_in": "signing_in:show"}


def names(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
        else:
            yield prefix + (pattern.name or ""), pattern.callback


def things_of(workspace, ana) -> dict:
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


class Cast(NamedTuple):
    """Everybody who may come to a page of Acme, with one of each thing in it. Every page finds it unchanged."""

    workspace: Workspace
    test: Workspace
    theirs: Workspace
    things: dict
    members: dict[Level, Client]
    stranger: Client


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        acme, globex = (
            Workspace.objects.create(name=name, slug=f"{name}-urls-{os.getpid()}".lower())
            for name in ("Acme", "Globex")
        )
        members = {
            level: acme.join(User.objects.create_user(f"{level.name.lower()}@{acme.slug}.example"), level)
            for level in Level
        }
        cyd = globex.join(User.objects.create_user(f"cyd@{globex.slug}.example"), Level.OWNER)
        # Two owners, so that nobody is kept from leaving for being the last.
        acme.join(User.objects.create_user(f"eva@{acme.slug}.example"), Level.OWNER)
        test = make_test(by=members[Level.OWNER])
        with scope(acme):
            Person.objects.create(key="u:dora", external_id="dora", traits={})
        found = things_of(acme, members[Level.OWNER])
        clients = {level: browser(member) for level, member in members.items()}
        return Cast(acme, test, globex, found, clients, browser(cyd))


def browser(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def undone(client, workspace, name, things):
    """The answer to a request of which nothing stays."""
    with transaction.atomic():
        response = send(client, workspace, name, things)
        transaction.set_rollback(True)
    return response


VIEWS = dict(names())


def test_every_url_has_a_verdict():
    known = set(IN_WORKSPACE) | set(FOR_LOG_INS) | set(FOR_OPERATORS)
    without = [n for n in VIEWS if n not in known and not any(n.startswith(o) for o in OPEN)]
    assert without == []
    assert known <= set(VIEWS)


def test_every_url_of_a_workspace_enters_through_a_permission():
    for name in IN_WORKSPACE:
        assert VIEWS[name].permission in PERMISSIONS, name


def names_ours(name: str) -> bool:
    return any(not thing.startswith("word: ") for thing in IN_WORKSPACE[name][1].values())


OF_WHOEVER_MADE_IT = {"playbook:edit_comment", "playbook:delete_comment"}  # and of admins


def expected(name: str, level: Level) -> set[int]:
    """By the one table; where a page asks for more than its permission (whose view it is, say), what its verdict says
    of viewers and of the owner are the two answers there can be.
    """
    _, _, viewer, owner = IN_WORKSPACE[name]
    if level == Level.VIEWER:
        return {viewer}
    if level == Level.OWNER:
        return {owner}
    if not allows(level, VIEWS[name].permission):
        return {403}
    if name in OF_WHOEVER_MADE_IT:
        return {owner, 403}
    return {owner} if not allows(Level.VIEWER, VIEWS[name].permission) else {viewer, owner}


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_who_gets_what(name, cast):
    """Each URL × anonymous, a stranger, each level, and the same names in a stranger's workspace and in the environment
    for tests, where none of our things are.
    """
    workspace, things = cast.workspace, cast.things
    anonymous = undone(Client(), workspace, name, things)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/accounts/login/?next=/w/")
    assert undone(cast.stranger, workspace, name, things).status_code == 404, "a stranger"
    assert undone(cast.stranger, cast.test, name, things).status_code == 404, "a stranger, in our environment for tests"
    for level, client in cast.members.items():
        assert undone(client, workspace, name, things).status_code in expected(name, level), level.label
    owner = cast.members[Level.OWNER]
    assert undone(owner, cast.theirs, name, things).status_code == 404, "our owner, in a stranger's workspace"
    in_test = undone(owner, cast.test, name, things)
    assert in_test.status_code < 500
    if names_ours(name):
        assert undone(cast.stranger, cast.theirs, name, things).status_code == 404, "our thing, in a stranger's"
        if room := LED_TO_LIVE.get(name.partition(":")[0]):
            assert in_test["Location"] == reverse(room, args=[workspace.slug])
        else:
            assert in_test.status_code == 404, "our thing in the environment for tests"


def test_the_table_agrees_with_what_viewers_and_owners_get():
    for name, (_, _, viewer, owner) in IN_WORKSPACE.items():
        assert owner != 403, name
        if not allows(Level.VIEWER, VIEWS[name].permission):
            assert viewer == 403, name


@pytest.mark.parametrize("name", FOR_LOG_INS)
def test_pages_of_a_log_in_need_one(name, ana, client, client_for):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert client_for(ana).get(reverse(name)).status_code == FOR_LOG_INS[name][1]


@pytest.mark.parametrize("name", FOR_OPERATORS)
def test_pages_of_operators_are_there_for_nobody_else(name, cast):
    method, arguments = FOR_OPERATORS[name]
    address = reverse(name, kwargs=dict.fromkeys(arguments, cast.workspace.slug))
    assert VIEWS[name].for_operators
    assert getattr(Client(), method)(address)["Location"].startswith("/accounts/login/")
    for client in (*cast.members.values(), cast.stranger):
        assert getattr(client, method)(address).status_code == 404


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
