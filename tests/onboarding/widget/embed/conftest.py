from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from onboarding.widget.models import IdentitySecret, WidgetSettings
from workspaces.scope import scope

SITE = "https://app.customer.example"


class Caller:
    """A browser with the loader in a page of `site`; `session` is what the frame keeps in memory."""

    def __init__(self, key: str, site: str = SITE) -> None:
        self.client, self.key, self.site, self.session = Client(), key, site, ""

    def frame(self, user: str = "pia", token: str = "", **more: Any):
        headers = {"Origin": self.site} if self.site else {}
        return self.client.post(
            "/widget/v1/frame", {"key": self.key, "user": user, "token": token, **more}, headers=headers
        )

    def begin(self, user: str = "pia", token: str = "", **more: Any):
        body = {"key": self.key, "user": user, "token": token, "origin": self.site, **more}
        response = self.client.post("/widget/v1/session", body, content_type="application/json")
        if response.status_code == 200:
            self.session = response.json()["session"]
        return response

    def steps(self, tag: str = "", query: str = ""):
        headers = {"Authorization": f"Bearer {self.session}", "If-None-Match": f'"{tag}"'}
        response = self.client.get(f"/widget/v1/steps{query}", headers=headers)
        self.session = response.headers.get("Firstmile-Session", self.session)
        return response

    def act(self, kind: str, step: str = "", reason: str = "", **more: Any):
        body = {"kind": kind, "step": step, "reason": reason, **more}
        headers = {"Authorization": f"Bearer {self.session}"}
        return self.client.post("/widget/v1/acts", body, content_type="application/json", headers=headers)


@pytest.fixture
def settings_of():
    """The widget's settings of a workspace, to be read or changed inside its scope."""

    def settings(workspace) -> WidgetSettings:
        return WidgetSettings.of(workspace)

    return settings


@pytest.fixture
def allowed(workspace):
    """Acme's widget may stand on SITE."""
    with scope(workspace):
        WidgetSettings.of(workspace).allow(SITE, by=None)


@pytest.fixture
def caller(write_key, allowed) -> Caller:
    return Caller(write_key)


@pytest.fixture
def secret(workspace) -> str:
    with scope(workspace):
        return IdentitySecret.make(by=None)[1]


@pytest.fixture
def sign():
    """A token as a customer's server makes one."""

    def signed(secret: str, user: str = "pia", *, minutes: float = 10, algorithm: str = "HS256", **claims: Any) -> str:
        said = {"sub": user, "exp": timezone.now() + timedelta(minutes=minutes), **claims}
        return jwt.encode(
            {name: value for name, value in said.items() if value is not None}, secret, algorithm=algorithm
        )

    return signed
