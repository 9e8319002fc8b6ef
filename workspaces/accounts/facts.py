"""What a session has shown of who it is, and what of that a workspace still misses. Pure but for `of`."""

import time
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from workspaces.accounts.models import Policy
from workspaces.tenants.access import Level
from workspaces.tenants.models import User

Method = Policy.Method
FRESH_SECONDS = 300


@dataclass(frozen=True)
class Facts:
    """How a session logged in, whether it showed a second factor, and by whose SSO (connections’ keys)."""

    methods: frozenset[str] = frozenset()
    second_factor: bool = False
    connections: frozenset[str] = frozenset()


class Missing(Enum):
    SECOND_FACTOR = "second_factor"
    SSO = "sso"
    METHOD = "method"


def of(request: HttpRequest, user: User) -> Facts:
    """From django-allauth's records, which it keeps in the session as each step is passed."""
    methods, connections, second = set[str](), set[str](), False
    for record in get_authentication_records(request, user):
        match record.get("method"):
            case "password":
                methods.add(Method.PASSWORD)
            case "code":
                methods.add(Method.CODE)
            case "socialaccount":
                connections.add(str(record.get("provider")))
            case "mfa":
                second = True
                if record.get("type") == "webauthn" and record.get("passwordless"):
                    methods.add(Method.PASSKEY)
    return Facts(frozenset(methods), second, frozenset(connections))


def is_fresh(request: HttpRequest) -> bool:
    """Whether whoever is logged in has shown something in the last minutes."""
    if not isinstance(request.user, User):
        return False
    shown = [float(record.get("at", 0)) for record in get_authentication_records(request, request.user)]
    return max(shown, default=0.0) > time.time() - FRESH_SECONDS


def note_set_up(*, request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    """Whoever sets up a second factor has shown it: its first code, or the passkey's answer. allauth notes it not."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def missing(policy: Policy, facts: Facts, *, level: int, connection: str, now: datetime) -> set[Missing]:
    """What keeps the session out; empty lets it in. `connection`: the key of the workspace's own, "" without one.

    The workspace's identity provider answers for second factors itself. An owner always gets in by password and
    second factor, so that no policy and no broken provider locks a workspace up.
    """
    if level >= Level.OWNER and Method.PASSWORD in facts.methods and facts.second_factor:
        return set()
    by_sso = bool(connection) and connection in facts.connections
    ways = facts.methods | ({str(Method.SSO)} if by_sso else set())
    found = set()
    if policy.needs_two_factor(now) and not (facts.second_factor or by_sso):
        found.add(Missing.SECOND_FACTOR)
    if policy.sso_required and not by_sso:
        found.add(Missing.SSO)
    if policy.methods and not ways & set(policy.methods):
        found.add(Missing.METHOD)
    return found
