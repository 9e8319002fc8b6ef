import time

import jwt
import pytest
from django.test import Client

from onboarding.widget.models import IdentitySecret, WidgetSettings
from tests.onboarding.widget.conftest import climb, ladder  # noqa: F401  (fixtures)
from workspaces.scope import scope
from workspaces.tenants.access import Level

SITE = "https://app.example.com"


@pytest.fixture
def edda(workspace, make_member):
    """Editor in Acme."""
    return make_member(workspace, "edda", Level.EDITOR)


@pytest.fixture
def base(workspace) -> str:
    return f"/w/{workspace.slug}/widget/"


@pytest.fixture
def allowed(workspace) -> str:
    """A site on which Acme's widget may stand."""
    with scope(workspace):
        return WidgetSettings.of(workspace).allow(SITE, by=None)


@pytest.fixture
def secret(workspace) -> str:
    with scope(workspace):
        return IdentitySecret.make(by=None)[1]


@pytest.fixture
def come(write_key):
    """Ask for the frame as a page of a site does."""

    def ask(user: str, *, site: str = SITE, token: str = "", key: str = "", headers: dict | None = None):
        said = {"key": key or write_key, "user": user, "token": token}
        return Client().post("/widget/v1/frame", said, headers={"Origin": site, **(headers or {})})

    return ask


def signed(secret: str, user: str, *, lasts: int = 600) -> str:
    return jwt.encode({"sub": user, "exp": int(time.time()) + lasts}, secret, algorithm="HS256")
