"""The frame's session: a short-lived signed token that the frame holds in memory and sends with every request.

It says which key, secret and site let its reader in, and each of these is looked up whenever it is used: so revoking
one of them, removing the site, or enforcing tokens ends sessions at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.core import signing
from django.utils import timezone

from onboarding.widget.embed import passes
from onboarding.widget.embed.identity import Identity, Refused
from onboarding.widget.embed.origins import allows
from onboarding.widget.models import IdentitySecret, WidgetSettings
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

SALT = "onboarding.widget.session"
LASTS = timedelta(minutes=15)
RENEWED_AFTER = timedelta(minutes=5)
LONGEST = timedelta(hours=12)
LONGEST_TOKEN = 2_000


@dataclass(frozen=True)
class Session:
    """Who reads, and by which key, secret (as in Identity) and site they were let in. Times: seconds since 1970."""

    workspace_id: int
    key_id: int
    sender: str
    account: str
    origin: str
    secret_id: int
    began: int
    until: int

    def token(self) -> str:
        return signing.dumps(astuple(self), salt=SALT)


class Holder(Protocol):
    """A write key, as much of it as a session holds."""

    @property
    def pk(self) -> Any: ...

    @property
    def workspace_id(self) -> int: ...


@dataclass(frozen=True)
class Reader:
    """Somebody who was let in, inside their workspace's scope. `renewed` replaces a token that grows old."""

    workspace: Workspace
    settings: WidgetSettings
    session: Session
    renewed: str = ""


def begin(key: Holder, identity: Identity, *, origin: str) -> Session:
    now = timezone.now()
    until = now + LONGEST
    if identity.expires_at is not None:
        until = min(until, identity.expires_at)
    return Session(
        key.workspace_id,
        key.pk,
        identity.sender,
        identity.account,
        origin,
        identity.secret_id,
        int(now.timestamp()),
        int(until.timestamp()),
    )


@contextmanager
def resume(header: str) -> Iterator[Reader]:
    """The reader whose session the Authorization header carries. Raises Refused once it has ended."""
    session, age = read(header)
    key = ApiKey.objects.select_related("workspace").filter(pk=session.key_id).first()
    if key is None or not key.is_live:
        raise Refused("unknown_key", "The write key was revoked.")
    with scope(key.workspace), timezone.override(key.workspace.zone):
        settings = WidgetSettings.of(key.workspace)
        _check(session, settings)
        renewed = session.token() if age > RENEWED_AFTER and timezone.now().timestamp() < session.until else ""
        yield Reader(key.workspace, settings, session, renewed)


def _check(session: Session, settings: WidgetSettings) -> None:
    """Whether what let the reader in still would. Raises Refused."""
    if session.secret_id < 0:
        passes.check(-session.secret_id, settings.workspace_id)
        return
    if not allows(settings.allowed_origins, session.origin):
        raise Refused("origin_not_allowed", f"{session.origin} is no longer one of the workspace's sites.")
    if session.secret_id and not IdentitySecret.live().filter(pk=session.secret_id).exists():
        raise Refused("session_ended", "The secret that signed the token was revoked.")
    if settings.enforced and not session.secret_id:
        raise Refused("token_missing", "The workspace now lets in signed users only.")


def read(header: str) -> tuple[Session, timedelta]:
    """The session that an Authorization header carries, and how old its token is. Raises Refused."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
        raise Refused("session_ended", "There is no session.")
    try:
        session = Session(*signing.loads(token, salt=SALT, max_age=LASTS))
        issued = signing.b62_decode(token.rsplit(":", 2)[1])
    except (signing.BadSignature, TypeError) as bad:  # the latter of a release that wrote other fields
        raise Refused("session_ended", "The session has ended.") from bad
    return session, timedelta(seconds=timezone.now().timestamp() - issued)
