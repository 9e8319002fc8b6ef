"""A workspace for somebody who signed up."""

import re
import secrets
import unicodedata

from django.db import IntegrityError, transaction

from workspaces.accounts.models import SignUp
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace

LONGEST_SLUG = 40
# What could be taken for a place of the product's own, or for its voice.
RESERVED = {"admin", "api", "account", "accounts", "firstmile", "help", "new", "settings", "static", "support", "www"}


def found(user: User, *, by_sso: bool) -> str:
    """Make the workspace that `user` asked for at sign-up, once; returns its slug, "" where there is none to make.

    Whoever comes by SSO has a workspace: the wish, which somebody else may have made in their name, is dropped.
    """
    with transaction.atomic():
        wish = SignUp.objects.select_for_update().filter(user=user).first()
        if wish is None:
            return ""
        wish.delete()
        if by_sso:
            return ""
        workspace = make(wish.workspace_name, time_zone=wish.time_zone)
        owner = workspace.join(user, Level.OWNER)
    with scope(workspace):
        Entry.record(by=owner, action="workspace.made", target=workspace)
    return workspace.slug


def make(name: str, *, time_zone: str) -> Workspace:
    """A workspace with nobody in it, at the nearest free address to its name. Inside a transaction."""
    stem = slug_of(name)
    for slug in (stem, *(f"{stem}-{secrets.token_hex(3)}" for _ in range(5))):
        if slug in RESERVED:
            continue
        try:
            with transaction.atomic():
                return Workspace.objects.create(name=name, slug=slug, time_zone=time_zone)
        except IntegrityError:
            continue
    raise RuntimeError(f"no slug is free for {stem}")


def slug_of(name: str) -> str:
    """A name as it stands in addresses: "Müller & Söhne" becomes muller-sohne."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "workspace"
