"""Visitors from addresses of their own, so that limits of one test are not another's; and the codes in their mail."""

import itertools
import os
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

_numbers = itertools.count(1)


def code_in(message) -> str:
    """The code that stands on a line of its own."""
    return re.search(r"^[A-Z0-9]{3,}-[A-Z0-9]{3,}$", message.body, re.M)[0]


def mails_to(address: str) -> list:
    return [message for message in mail.outbox if message.to == [address]]


@pytest.fixture
def visitor() -> Callable[..., Client]:
    """A browser that nobody has used, at an address of its own."""

    def open_browser(**options) -> Client:
        number = next(_numbers)
        address = f"10.{os.getpid() % 250}.{number // 250}.{number % 250 + 1}"
        return Client(REMOTE_ADDR=address, **options)

    return open_browser


@pytest.fixture
def fresh_address() -> Callable[[str], str]:
    return lambda name: f"{name}-{os.getpid()}-{next(_numbers)}@example.org"


@pytest.fixture
def verified():
    """Say that a domain is a workspace's own."""
    from django.utils import timezone

    from workspaces.accounts.models import Domain

    def say(workspace, name: str) -> str:
        Domain.objects.create(workspace=workspace, name=name, verified_at=timezone.now(), verified_by="dns")
        return name

    return say


@pytest.fixture
def connect():
    """Set a workspace's identity provider up, and switch it on."""
    from workspaces.accounts.models import Connection
    from workspaces.keys.sealed import seal
    from workspaces.scope import scope

    def made(workspace, kind: str, **fields) -> Connection:
        secret = seal(b"hush") if kind == "oidc" else ""
        with scope(workspace):
            return Connection.objects.create(
                key=Connection.new_key(workspace.pk), kind=kind, secret=secret, enabled=True, **fields
            )

    return made


@pytest.fixture(scope="module")
def idp():
    """A SAML provider of a company's."""
    from tests.workspaces.accounts.saml_provider import SamlIdp

    return SamlIdp()


@pytest.fixture(scope="module")
def impostor():
    """Another provider that calls itself by the same name."""
    from tests.workspaces.accounts.saml_provider import SamlIdp

    return SamlIdp()


@pytest.fixture
def browser(visitor) -> Client:
    return visitor(HTTP_HOST="testserver")
