"""The write key with which the sandbox of a workspace sends.

It is made of the server's secret key, so that it need not be kept to be known again. In the list of keys it stands like
any other; once it is revoked, the next one is made.
"""

import base64
from collections.abc import Iterator

from django.utils.crypto import salted_hmac

from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey, digest
from workspaces.tenants.models import Member, Workspace

NAME = "Sandbox"
MOST = 100  # that were revoked


def find(workspace: Workspace) -> str:
    """Its token; "" where there is none yet, or it is over."""
    for token in _tokens(workspace):
        key = ApiKey.objects.filter(digest=digest(token)).first()
        if key is None or key.is_live:
            return token if key else ""
    return ""


def make(workspace: Workspace, *, by: Member) -> None:
    """Make it, where there is none."""
    if find(workspace):
        return
    for token in _tokens(workspace):
        hint = f"{token[:14]}…{token[-4:]}"
        values = {"workspace": workspace, "kind": ApiKey.Kind.WRITE, "name": NAME, "hint": hint}
        key, made = ApiKey.objects.get_or_create(digest=digest(token), defaults=values)
        if made:
            Entry.record(by=by, action="key.issued", target=key, kind=key.kind)
        if key.is_live:
            return


def _tokens(workspace: Workspace) -> Iterator[str]:
    for number in range(MOST):
        yield ApiKey.PREFIXES[ApiKey.Kind.WRITE] + _secret(f"{workspace.pk}:{number}")


def _secret(value: str) -> str:
    made = salted_hmac("onboarding.installation.sandbox", value, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made[:24]).decode()
