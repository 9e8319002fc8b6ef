"""Whom the frame lets in, step by step: a live write key, a site of the workspace, a reader who is who they say."""

from dataclasses import dataclass

from onboarding.widget.embed import passes
from onboarding.widget.embed.identity import Identity, Refused, identify
from onboarding.widget.embed.origins import allows, is_origin
from onboarding.widget.models import IdentityCount, IdentitySecret, WidgetSettings
from workspaces.keys.models import ApiKey


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
            "No workspace has this write key, or it was revoked. Make one in Settings, Keys: fm_write_…",
        )
    return key


def admit(settings: WidgetSettings, asked: Asked) -> Identity:
    """Who comes. Inside the scope of the key's workspace. Raises Refused."""
    if passes.is_pass(asked.token):
        return passes.identity_of(asked.token, passes.Shown(settings.workspace_id, asked.origin, asked.user))
    if not allows(settings.allowed_origins, asked.origin):
        raise Refused(
            "origin_not_allowed",
            f"{asked.origin or 'A page without an origin'} is not one of the sites on which this workspace's checklist "
            "may stand. Add it in Settings, Widget.",
        )
    secrets = {secret.pk: secret.key() for secret in IdentitySecret.live()} if asked.token else {}
    return identify(asked.user, asked.token, secrets=secrets, enforced=settings.enforced)


def sites(settings: WidgetSettings, asked: Asked) -> list[str]:
    """The sites on which the frame of somebody who was let in may stand."""
    return [asked.origin] if passes.is_pass(asked.token) else settings.allowed_origins


def count(identity: Identity | None) -> None:
    """Note that somebody came; None: and was refused."""
    IdentityCount.count("refused" if identity is None else "signed" if identity.secret_id else "unsigned")
