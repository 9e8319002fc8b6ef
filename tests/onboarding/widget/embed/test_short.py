"""The short way answers a poll only where the page would say the same: nothing has changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from onboarding.features.granting import grant
from onboarding.features.models import Feature
from onboarding.people.models import Account, Person
from onboarding.widget.embed import session, short
from onboarding.widget.models import IdentitySecret, WidgetSettings
from tests.analytics.events import identify, send, track
from tests.onboarding.widget.conftest import EVENTS
from tests.onboarding.widget.embed.conftest import SITE
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


@pytest.fixture
def pia(caller, climb):
    climb("pia", done=2)
    caller.begin()
    return caller


def asked(caller, tag: str, *, query: str = "lang=", accepts: str = "", method: str = "GET"):
    """The status of a poll by the whole way in, short or not; and whether it was the short one."""
    environ = {
        "PATH_INFO": "/widget/v1/steps",
        "REQUEST_METHOD": method,
        "QUERY_STRING": query,
        "HTTP_AUTHORIZATION": f"Bearer {caller.session}",
        "HTTP_IF_NONE_MATCH": f'"{tag}"',
        "HTTP_ACCEPT_LANGUAGE": accepts,
    }
    said = []

    def page(environ, start_response):
        headers = {"Authorization": environ["HTTP_AUTHORIZATION"], "If-None-Match": environ["HTTP_IF_NONE_MATCH"]}
        answer = caller.client.get(f"/widget/v1/steps?{query}", headers={**headers, "Accept-Language": accepts})
        said.append(answer.status_code)
        return []

    short.before(page)(
        environ, lambda status, headers: said.append("short" if status.startswith("304") else status[:3])
    )
    return said[0] if said[0] == "short" else int(said[0])


def tag_of(caller, query: str = "?lang=") -> str:
    return caller.steps(query=query).json()["tag"]


def test_nothing_new_is_said_shortly_and_anything_else_by_the_page(pia, workspace):
    tag = tag_of(pia)
    assert asked(pia, tag) == "short"
    assert asked(pia, "another") == asked(pia, "") == 200
    send(workspace, [track("pia", EVENTS[2], timezone.now())])
    assert asked(pia, tag) == 200
    assert asked(pia, tag_of(pia)) == "short"


@pytest.mark.parametrize(
    "act", [("skipped", "invite-teammate", "later"), ("dismissed", "", "know-it"), ("opened", "", "")]
)
def test_what_the_reader_does_is_seen(pia, act):
    tag = tag_of(pia)
    pia.act(*act)
    changed = asked(pia, tag) == 200
    assert changed == (act[0] in {"skipped", "dismissed"})
    assert asked(pia, tag_of(pia)) == "short"


def test_languages_and_all_steps_are_part_of_what_is_asked(pia, workspace):
    workspace.languages = ["de", "fr"]
    workspace.save()
    german = tag_of(pia, "?lang=de")
    assert asked(pia, german, query="lang=de") == asked(pia, german, accepts="de-AT, en;q=0.5") == "short"
    assert asked(pia, german, query="lang=fr") == asked(pia, german, query="lang=de&all=1") == 200
    send(workspace, [identify("pia", timezone.now(), locale="fr-CA")])
    assert asked(pia, german, accepts="de-AT") == 200  # what is said of the person counts more
    assert asked(pia, tag_of(pia, "?lang=fr")) == "short"


def test_a_merge_of_persons_is_seen(pia, workspace):
    tag = tag_of(pia)
    assert asked(pia, tag) == "short"
    visit = track("x", EVENTS[2], timezone.now() - timedelta(minutes=1))
    visit.sender = "a:browser"
    link = track("pia", "Looked", timezone.now())
    link.anonymous_id = "browser"
    send(workspace, [visit, link])
    assert asked(pia, tag) == 200


def test_features_of_ones_own_are_seen_and_those_by_accounts_left_to_the_page(pia, workspace, ana):
    tag = tag_of(pia)
    with scope(workspace):
        feature = Feature.objects.create(key="reports", name="Reports")
        person = Person.objects.get(external_id="pia")
        grant(feature, person, by=ana, reason="Asked for it.")
    assert asked(pia, tag) == 200
    granted = tag_of(pia)
    assert asked(pia, granted) == "short"
    with scope(workspace):
        feature.archive()
    assert asked(pia, granted) == 200
    with scope(workspace):
        feature.restore()
        grant(feature, Account.objects.create(key="bolt"), by=ana, reason="Bought it.")
    assert asked(pia, tag_of(pia)) == 304


def test_whoever_has_no_right_any_more_is_told_so_by_the_page(pia, workspace, write_key, secret, sign):
    tag = tag_of(pia)
    with scope(workspace):
        WidgetSettings.of(workspace).enforce(True, by=None)
    assert asked(pia, tag) == 401
    pia.begin(token=sign(secret))
    assert asked(pia, tag) == "short"
    with scope(workspace):
        IdentitySecret.live().get().revoke(by=None)
    assert asked(pia, tag) == 401
    with scope(workspace):
        WidgetSettings.of(workspace).enforce(False, by=None)
    pia.begin()
    assert asked(pia, tag) == "short"
    with scope(workspace):
        WidgetSettings.of(workspace).disallow(SITE, by=None)
    assert asked(pia, tag) == 401
    with scope(workspace):
        WidgetSettings.of(workspace).allow(SITE, by=None)
    assert asked(pia, tag) == "short"
    ApiKey.find(write_key).revoke()
    assert asked(pia, tag) == 401


def test_a_session_of_another_workspace_sees_nothing_here(pia, other_workspace):
    """Its token names the workspace and the key: a key of one never binds the other's scope."""
    tag = tag_of(pia)
    mine, _ = session.read(f"Bearer {pia.session}")
    key, _ = ApiKey.issue(other_workspace, kind=ApiKey.Kind.WRITE, name="theirs")
    pia.session = replace(mine, key_id=key.pk).token()
    assert asked(pia, tag) != "short"


def test_a_token_that_grows_old_is_renewed_by_the_page(pia, monkeypatch):
    tag = tag_of(pia)
    monkeypatch.setattr(session, "RENEWED_AFTER", timedelta(seconds=-1))
    assert asked(pia, tag) == 304


def test_garbage_is_left_to_the_page(pia):
    tag = tag_of(pia)
    assert asked(pia, tag, query="lang=%00&all=%ff") in {"short", 200, 304}
    pia.session = "no session"
    assert asked(pia, tag) == 401
    assert asked(pia, tag, method="POST") == 401


def test_a_connection_that_was_lost_is_made_anew(pia):
    tag = tag_of(pia)
    assert asked(pia, tag) == "short"
    connection.connection.close()
    assert asked(pia, tag) in {"short", 304}
