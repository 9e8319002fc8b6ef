"""Audit entries in words. Each room says its actions in a template of their name below templates/audit/."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import select_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.audit.models import Entry
from workspaces.tenants.templatetags.ui import action_words, noun

register = template.Library()

_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
# What actions are about, by the noun that they begin with.
KINDS = {
    "audit": _("Audit log"),
    "comment": _("Comments"),
    "discovery": _("Discoveries"),
    "discovery_link": _("Links to discoveries"),
    "domain": _("Domains"),
    "draft": _("Drafts"),
    "environment": _("Environments"),
    "feature": _("Features"),
    "import": _("Imports"),
    "invitation": _("Invitations"),
    "key": _("Keys"),
    "ladder": _("Ladders"),
    "member": _("Members"),
    "milestone": _("Milestones"),
    "pack": _("Packs"),
    "people": _("Lists of people"),
    "person": _("Single people"),
    "playbook": _("Playbooks"),
    "privacy": _("Privacy"),
    "rejection": _("Rejected messages"),
    "report": _("Reports"),
    "review": _("Reviews"),
    "role": _("Roles"),
    "roles": _("Order of roles"),
    "ruling": _("Completions by hand"),
    "share_link": _("Share links"),
    "sign_in_policy": _("Sign-in policy"),
    "sso": _("SSO"),
    "webhook": _("Webhooks"),
    "widget": _("Widget"),
    "workflow": _("Key workflows"),
    "workspace": _("Workspace"),
}
# Details that are named the same in many entries. Others are shown as they are kept.
NAMES = {
    "address": _("address"),
    "addresses": _("addresses"),
    "description": _("description"),
    "enabled": _("enabled"),
    "expires at": _("expires at"),
    "inactive months": _("months without a message"),
    "keep events months": _("months for which events are kept"),
    "key": _("key"),
    "kind": _("kind"),
    "language": _("language"),
    "languages": _("languages"),
    "level": _("level"),
    "methods": _("ways to log in"),
    "months": _("months"),
    "name": _("name"),
    "people": _("people"),
    "publishers": _("who may publish"),
    "reason": _("reason"),
    "review needed": _("review needed"),
    "scopes": _("scopes"),
    "segments": _("segments"),
    "sso required": _("SSO required"),
    "time zone": _("time zone"),
    "topics": _("topics"),
    "two factor from": _("two-factor from"),
    "url": _("URL"),
    "user agents": _("browsers"),
    "values": _("values"),
}
LONGEST = 200  # characters of a detail that stand on the page as they are


@register.simple_tag
def audit_sentence(entry: Entry) -> SafeString:
    """What was done, as a sentence without its subject: "published version 2 of Administrators"."""
    own = [f"audit/{entry.action}.html"] if _ACTION.fullmatch(entry.action) else []
    found = select_template([*own, "audit/_other.html"])
    details = {name: _moment(value) for name, value in entry.details.items()}
    return SafeString(found.render({"entry": entry, "target": entry.target, "d": details}).strip())


def _moment(value: Any) -> Any:
    """A moment is kept as ISO text, as JSON has none."""
    if isinstance(value, str) and _MOMENT.match(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


@register.filter
def kind_word(kind: str) -> str:
    """What actions of a kind are about: "share_link" → "Share links"."""
    return str(KINDS.get(kind) or action_words(kind))


@register.filter
def said(word: Any) -> str:
    """A word of ours that an entry kept in English, in the reader's language."""
    return gettext(str(word)) if word else ""


@register.filter
def level_word(label: Any) -> str:
    """An access level that an entry kept by its English label, as it stands within a sentence."""
    return noun(said(label))


@register.filter
def changes(entry: Entry) -> list[tuple[str, Any, Any]]:
    """What differs between before and after, where the entry has both by name."""
    before, after = entry.details.get("before"), entry.details.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    pairs = [(_called(name), before.get(name), after.get(name)) for name in {**before, **after}]
    return [(name, _cut(was), _cut(now)) for name, was, now in pairs if was != now]


def _called(name: str) -> str:
    plain = name.replace("_", " ")
    return str(NAMES.get(plain, plain))


def _cut(value: Any) -> Any:
    text = str(value)
    return value if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@register.filter
def short_details(entry: Entry) -> list[tuple[str, Any]]:
    """The other details, as far as they can be read at a glance: whole documents are in the record, not on the page."""
    shown = {"before", "after"} if changes(entry) else set()
    named = [(_called(name), value) for name, value in entry.details.items() if name not in shown]
    return [(name, value) for name, value in named if len(str(value)) <= LONGEST]
