"""Changing the server's secret key: with the former one among the fallbacks nothing ends; after `reseal` it may go."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD
from workspaces.keys.sealed import Unreadable, unseal
from workspaces.privacy import suppression
from workspaces.scope import scope
from workspaces.webhooks.endpoints import add
from workspaces.webhooks.models import Endpoint

NEW = "another-secret-key-of-this-server-that-is-long-enough-0123456789"


@pytest.fixture
def changed(settings):
    """Change the key while the former one is still good."""

    def change():
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]

    return change


def test_sessions_and_secrets_go_on_while_the_former_key_is_a_fallback(workspace, ana, changed):
    client = Client()
    client.post("/accounts/login/", {"login": ana.user.email, "password": PASSWORD})
    with scope(workspace):
        endpoint, _ = add(url="https://hooks.example/", by=ana)
        digest = suppression.digest("u:dora")
    changed()
    assert client.get(reverse("settings:show", args=[workspace.slug])).status_code == 200
    with scope(workspace):
        assert unseal(Endpoint.objects.get(pk=endpoint.pk).secret)
        assert suppression.digest("u:dora") == digest


@pytest.mark.every_workspace
def test_after_resealing_the_former_key_may_go(workspace, ana, changed, settings, capsys):
    with scope(workspace):
        endpoint, _ = add(url="https://hooks.example/", by=ana)
        before = unseal(endpoint.secret)
        digest = suppression.digest("u:dora")
    changed()
    call_command("reseal")
    assert "sealed under the newest" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    with scope(workspace):
        assert unseal(Endpoint.objects.get(pk=endpoint.pk).secret) == before
        assert suppression.digest("u:dora") == digest


@pytest.mark.every_workspace
def test_second_factors_are_sealed_anew_too(ana, changed, settings):
    secret = generate_totp_secret()
    factor = TOTP.activate(ana.user, secret).instance
    codes = RecoveryCodes.activate(ana.user).get_unused_codes()
    changed()
    call_command("reseal")
    settings.SECRET_KEY_FALLBACKS = []
    factor.refresh_from_db()
    assert unseal(factor.data["secret"]).decode() == secret
    kept = Authenticator.objects.get(user=ana.user, type=Authenticator.Type.RECOVERY_CODES)
    assert kept.wrap().get_unused_codes() == codes


@pytest.mark.every_workspace
def test_what_cannot_be_opened_is_said_and_left_as_it_is(workspace, ana, settings):
    with scope(workspace):
        endpoint, _ = add(url="https://hooks.example/", by=ana)
    settings.SECRET_KEY = NEW
    with pytest.raises(CommandError, match="could not be opened"):
        call_command("reseal")
    with scope(workspace), pytest.raises(Unreadable):
        unseal(Endpoint.objects.get(pk=endpoint.pk).secret)


@pytest.mark.pure
def test_every_field_that_is_sealed_is_known_to_whoever_reseals(settings):
    root = Path(settings.BASE_DIR)
    sealing = {
        path.relative_to(root).parts[1]
        for room in ("workspaces", "milestones", "onboarding", "analytics")
        for path in (root / room).rglob("*.py")
        if re.search(r"\bseal\(", path.read_text()) and path.name != "sealed.py"
    }
    assert sealing == {label.partition(".")[0] for label in settings.SEALED}
    for label in settings.SEALED:
        model, _, field = label.rpartition(".")
        assert apps.get_model(model)._meta.get_field(field)
