"""What a milestone is about: a closed list of topics, recognised by its tags or by words of its name and events. Pure.

The questionnaire's choices speak of topics ("single sign-on is in place", "nobody invites colleagues"), and so rules
can tell which milestones they mean, whatever the library calls them, and say by what they recognised it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from milestones.discovery.words import stems
from milestones.library.conditions import EventCondition, leaves
from milestones.library.criteria import parse


def several(text: str) -> tuple[str, ...]:
    """The entries of a list that is written as one text, between commas."""
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


@dataclass(frozen=True)
class Topic:
    """`tags` are use cases; of `words`, all words of any one entry must be in a milestone's name or events."""

    key: str
    words: tuple[str, ...]
    tags: tuple[str, ...] = ()

    @cached_property
    def needed(self) -> tuple[frozenset[str], ...]:
        return tuple(stems(entry) for entry in self.words)


_TABLE = (
    # topic, words of names and events, use cases
    ("connect", "connect, integration, import, sync, install, webhook, migrate, event received, tracking plan",
     "integration, integrations, integration readiness, data connection"),
    ("invite", "invite, invitation, member added, teammate, colleague joined, seat assigned", ""),
    ("access", "access, permission, role", "access, permissions"),
    ("sign-in", "sso, single sign-on, two-factor, scim, sign-in, mfa, password policy", "security"),
    ("audit", "audit, log reviewed, access log, retention, backup, compliance", "compliance, audit"),
    ("report", "report, dashboard, chart, insight, metric, kpi",
     "reporting, analytics, dashboards, operational dashboards, insight, insights"),
    ("share", "share, subscribe, present", "sharing"),
    ("automate", "automate, automation, rule, schedule, workflow, trigger, api, script, recurring",
     "automation, workflow, workflows"),
    ("configure", "template, custom field, configure, customise, customize, view saved, definition",
     "advanced configuration, configuration, customisation"),
    ("alert", "alert, notification, monitor, incident, on-call, escalation, threshold",
     "reliability, monitoring, alerting, incident response"),
    ("habit", "daily, weekly, digest, return, routine, handed over, hand over, review, streak", "habit, engagement"),
    ("quality", "quality, validate, verify, freshness, duplicate, reconcile", "data quality, quality"),
    ("billing", "billing, payment, invoice, budget, cost, tax", "billing, finance, payments"),
)  # fmt: skip
TOPICS = {key: Topic(key, several(words), several(tags)) for key, words, tags in _TABLE}


@dataclass(frozen=True)
class Evidence:
    """By what something was recognised: `kind` is tag, name or event; `text` as the milestone has it."""

    kind: str
    text: str

    @property
    def words(self) -> str:
        how = {
            "tag": gettext("it is tagged “%(text)s”"),
            "name": gettext("it is called “%(text)s”"),
            "event": gettext("it asks for the event “%(text)s”"),
        }[self.kind]
        return how % {"text": self.text}


def about(content: Mapping[str, Any], topic: str) -> Evidence | None:
    """By what the milestone's canonical content shows that it is about the topic; None when it does not."""
    entry = TOPICS[topic]
    return tagged(content, entry.tags) or named(content, entry.needed)


def tagged(content: Mapping[str, Any], tags: Iterable[str]) -> Evidence | None:
    """The first of its use cases that is among `tags`."""
    own = content.get("tags", {}).get("use_case", ())
    return next((Evidence("tag", tag) for tag in own if tag.strip().casefold() in tags), None)


def named(content: Mapping[str, Any], needed: Iterable[frozenset[str]]) -> Evidence | None:
    """Its name, or the first of its events, that has all stems of any one entry."""
    for kind, text in [("name", content["name"]), *(("event", event) for event in events_of(content))]:
        known = stems(text)
        if any(entry and entry <= known for entry in needed):
            return Evidence(kind, text)
    return None


def events_of(content: Mapping[str, Any]) -> list[str]:
    """The names of the events that a milestone's criterion reads, each once, in its order."""
    found = [leaf.event for leaf in leaves(parse(content["criterion"])) if isinstance(leaf, EventCondition)]
    return list(dict.fromkeys(found))
