"""The session that a frame keeps in memory: how long it lasts, and what ends it at once."""

from datetime import timedelta

import pytest
from django.core import signing

from onboarding.widget.embed import session
from onboarding.widget.models import IdentitySecret, WidgetSettings
from tests.onboarding.widget.embed.conftest import SITE
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


@pytest.fixture
def signed(caller, climb, secret, sign):
    """Pia is in, by a token."""
    climb("pia", 2)
    assert caller.begin(token=sign(secret)).status_code == 200
    return caller


@pytest.fixture
def unsigned(caller, climb):
    climb("pia", 2)
    assert caller.begin().status_code == 200
    return caller


def ended(response) -> str:
    assert response.status_code == 401
    return response.json()["code"]


def test_a_session_reads_its_own_checklist(signed):
    answer = signed.steps().json()
    assert (answer["state"]["done"], answer["state"]["total"]) == (2, 7)
    assert 'data-step="invite-teammate"' in answer["html"]


def test_without_one_nothing_is_read_or_noted(caller, allowed):
    for header in ("", "nonsense", "x" * 5000, signing.dumps([1, "u:pia"], salt="other")):
        caller.session = header
        assert ended(caller.steps()) == "session_ended"
        assert ended(caller.act("seen")) == "session_ended"


def test_it_ends_after_a_quarter_of_an_hour(signed, monkeypatch):
    assert timedelta(minutes=15) == session.LASTS
    monkeypatch.setattr(session, "LASTS", timedelta(seconds=-1))
    assert ended(signed.steps()) == "session_ended"


def test_an_older_one_is_renewed_as_long_as_the_token_is_good(signed, monkeypatch):
    before = signed.session
    tag = signed.steps().json()["tag"]
    assert "Firstmile-Session" not in signed.steps(tag)
    monkeypatch.setattr(session, "RENEWED_AFTER", timedelta(seconds=-1))
    renewed = signed.steps(tag)["Firstmile-Session"]  # by a poll that finds nothing new
    old, new = (signing.loads(token, salt=session.SALT) for token in (before, renewed))
    assert old == new  # nothing but its age changes: it never lasts longer than it was to begin with


def test_it_is_not_renewed_beyond_its_token_or_twelve_hours(caller, climb, secret, sign, monkeypatch):
    climb("pia", 2)
    monkeypatch.setattr(session, "RENEWED_AFTER", timedelta(seconds=-1))
    caller.begin(token=sign(secret, minutes=-0.2))  # good for eighteen more seconds, by the leeway
    response = caller.steps()
    assert response.status_code == 200
    assert "Firstmile-Session" not in response
    caller.begin(token=sign(secret, minutes=60 * 24 * 365))
    began, until = signing.loads(caller.session, salt=session.SALT)[-2:]
    assert until - began == 12 * 60 * 60


def test_revoking_the_key_ends_it_at_once(signed, workspace):
    ApiKey.objects.get(workspace=workspace, kind="write").revoke()
    assert ended(signed.steps()) == "unknown_key"


def test_revoking_the_secret_ends_it_at_once(signed, workspace):
    with scope(workspace):
        IdentitySecret.live().get().revoke(by=None)
    assert ended(signed.steps()) == "session_ended"


def test_removing_the_site_ends_it_at_once(signed, workspace):
    with scope(workspace):
        WidgetSettings.of(workspace).disallow(SITE, by=None)
    assert ended(signed.steps()) == "origin_not_allowed"


def test_enforcing_tokens_ends_sessions_without_one_and_no_others(unsigned, workspace, secret, sign):
    without = unsigned.session
    unsigned.begin(token=sign(secret))
    with scope(workspace):
        WidgetSettings.of(workspace).enforce(True, by=None)
    assert unsigned.steps().status_code == 200
    unsigned.session = without
    assert ended(unsigned.steps()) == "token_missing"
    assert ended(unsigned.begin()) == "token_missing"


def test_a_session_cannot_be_turned_into_anybody_elses(signed):
    payload, stamp, signature = signed.session.split(":")
    forged = signing.b64_encode(signing.b64_decode(payload.encode()).replace(b"u:pia", b"u:ada")).decode()
    signed.session = f"{forged}:{stamp}:{signature}"
    assert ended(signed.steps()) == "session_ended"


def test_a_session_reads_its_own_workspace_only(unsigned, other_workspace, other_write_key):
    with scope(other_workspace):
        WidgetSettings.of(other_workspace).allow(SITE, by=None)
    unsigned.key = other_write_key
    unsigned.begin("pia")
    answer = unsigned.steps().json()
    assert answer["state"]["show"] is False
    assert "Get set up" not in answer["html"]


def test_an_unchanged_checklist_costs_a_304_and_few_queries(signed, django_assert_max_num_queries):
    tag = signed.steps().json()["tag"]
    # transaction and scope; key, settings, secret; person, what they did with it, features, climbs, completions
    with django_assert_max_num_queries(11):
        assert signed.steps(tag).status_code == 304


def test_a_session_outlives_the_merge_of_its_person(unsigned, workspace):
    from django.utils import timezone

    from tests.analytics.events import send, track

    alias = track("pia-2", "", timezone.now())
    alias.type, alias.event, alias.previous_id = "alias", "", "pia"
    send(workspace, [alias])
    assert unsigned.steps().json()["state"]["done"] == 2


def test_a_token_that_another_release_made_has_ended(caller):
    caller.begin()
    caller.session = signing.dumps([1, "u:pia"], salt=session.SALT)
    answer = caller.steps()
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
