"""A process of production looks which role it is before anything else, and waits for a database that restarts."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from workspaces.scope import role


@pytest.fixture
def answers(monkeypatch, settings):
    """What the database says to each question; an exception is raised."""
    settings.PRODUCTION = True
    monkeypatch.setattr(role, "LOOK_AGAIN_SECONDS", 0)
    said: list = []

    def unsafe_reason() -> str:
        answer = said.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(role, "unsafe_reason", unsafe_reason)
    return said


def test_a_database_that_restarts_is_waited_for(answers, caplog):
    answers += [OperationalError("starting up"), OperationalError("starting up"), ""]
    role.refuse_unsafe_role()
    assert answers == []
    assert caplog.text.count("The start waits for the database: starting up") == 2


def test_a_role_that_is_unsafe_is_refused_after_waiting_too(answers):
    answers += [OperationalError("starting up"), "is a superuser"]
    with pytest.raises(ImproperlyConfigured, match="is a superuser"):
        role.refuse_unsafe_role()


def test_a_database_that_stays_away_ends_the_start(answers, monkeypatch):
    monkeypatch.setattr(role, "WAIT_SECONDS", 0)
    answers += [OperationalError("gone")]
    with pytest.raises(OperationalError, match="gone"):
        role.refuse_unsafe_role()
