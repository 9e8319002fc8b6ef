"""Whom the frame lets in, step by step: a live write key, a site of the workspace, a reader who is who they say."""

import logging
from dataclasses import dataclass
from typing import NamedTuple

from onboarding.widget.embed import passes
from onboarding.widget.embed.identity import Identity, Refused, identify
from onboarding.widget.embed.origins import allows, is_origin
from onboarding.widget.models import IdentityCount, IdentitySecret, WidgetSettings
from workspaces.keys.models import ApiKey, digest
from workspaces.keys.sealed import Unreadable, unseal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What is asked with: a write key, the site on which the widget stands, and who reads there."""

    key: str
    origin: str = ""
    user: str = ""
    token: str = ""


def site_of(header: str) -> str:
    """The site that an Origin header names; "" where it names none (a host that sends no referrer says "null")."""
    return header if is_origin(header) else ""


def key_of(token: str) -> ApiKey:
    """Raises Refused."""
    key = ApiKey.find(token, ApiKey.Kind.WRITE)
    if key is None:
        raise Refused(
            "unknown_key",
            "No workspace has this write key, or it was revoked. Make one under Keys: fm_write_…",
        )
    if len(_met) >= MOST_MET:
        _met.clear()
    _met[key.digest] = Met(key.pk, key.workspace_id)
    return key


class Met(NamedTuple):
    """A write key that this process has met; it may have been revoked since."""

    pk: int
    workspace_id: int


MOST_MET = 10_000
_met: dict[str, Met] = {}  # by the key's digest
_sealed: dict[int, list[tuple[int, str]]] = {}  # by workspace the secrets that were live, by their ids


def met(token: str) -> Met | None:
    """Whose key this is, if the process has met it: whether it is still good is to be asked where it is used."""
    return _met.get(digest(token)) if token else None


def identified_by_met(workspace_id: int, user: str, token: str) -> Identity:
    """Who comes, by the secrets that this process has met: whether the one that signed is still live is to be asked
    where it is used. Raises Refused, also for what a secret may have signed that the process has not met.
    """
    try:
        secrets = {pk: unseal(sealed) for pk, sealed in _sealed.get(workspace_id, ())} if token else {}
    except Unreadable as unreadable:
        raise Refused("secret_unreadable", str(unreadable)) from unreadable
    return identify(user, token, secrets=secrets, enforced=False)


def admit(settings: WidgetSettings, asked: Asked) -> Identity:
    """Who comes. Inside the scope of the key's workspace. Raises Refused."""
    if passes.is_pass(asked.token):
        return passes.identity_of(asked.token, passes.Shown(settings.workspace_id, asked.origin, asked.user))
    if not allows(settings.allowed_origins, asked.origin):
        raise Refused(
            "origin_not_allowed",
            f"{asked.origin or 'A page without an origin'} is not one of the sites on which this workspace's checklist "
            "may stand. Add it under Widget, Install.",
        )
    secrets = _secrets(settings.workspace_id) if asked.token else {}
    return identify(asked.user, asked.token, secrets=secrets, enforced=settings.enforced)


def _secrets(workspace_id: int) -> dict[int, bytes]:
    """The live secrets by their ids. One that cannot be opened any more vouches for nobody."""
    live, keys = list(IdentitySecret.live()), {}
    if len(_sealed) >= MOST_MET:
        _sealed.clear()
    _sealed[workspace_id] = [(secret.pk, secret.sealed) for secret in live]
    for secret in live:
        try:
            keys[secret.pk] = secret.key()
        except Unreadable:
            log.warning(
                "Identity secret %s cannot be opened: FIRSTMILE_SECRET_KEY is another than when it was made", secret
            )
    if live and not keys:
        raise Refused(
            "secret_unreadable",
            "The server can no longer open this workspace's identity secrets. Make a new one under Widget, Install.",
        )
    return keys


def sites(settings: WidgetSettings, asked: Asked) -> list[str]:
    """The sites on which the frame of somebody who was let in may stand."""
    return [asked.origin] if passes.is_pass(asked.token) else settings.allowed_origins


def count(identity: Identity | None) -> None:
    """Note that somebody came; None: and was refused."""
    IdentityCount.count("refused" if identity is None else "signed" if identity.secret_id else "unsigned")
