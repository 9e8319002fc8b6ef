"""An entry and what it did as plain data, for the API. Times are ISO 8601 in UTC."""

from datetime import UTC, datetime
from typing import Any

import orjson

from onboarding.debugger.entries import Entry
from onboarding.debugger.fates import Check, Explanation, LadderFate, Part, StepFate, TraitUse
from onboarding.debugger.identity import Identity
from onboarding.debugger.stories import Names, Story

Data = dict[str, Any]


def line(entry: Entry, story: Story | None, names: Names) -> Data:
    """An entry as the list shows it."""
    data: Data = {
        "id": str(entry.ref),
        "outcome": entry.outcome,
        "received_at": moment(entry.received_at),
        "type": entry.type,
        "event": entry.event,
        "message_id": entry.message_id,
        "sender": entry.sender,
        "person": _person(story),
        "reason": entry.rejection.reason if entry.rejection else None,
        "message": entry.rejection.sentence if entry.rejection else None,
        "replayed_at": moment(entry.rejection.replayed_at) if entry.rejection else None,
        "first_received_at": moment(entry.duplicate.first_received_at) if entry.duplicate else None,
        "times": entry.duplicate.times if entry.duplicate else None,
        "occurred_at": moment(entry.logged.row.occurred_at) if entry.logged else None,
        "effect": None,
    }
    if story is not None and entry.outcome == "stored":
        data["effect"] = summary(story.explanation, names)
    return data


def whole(entry: Entry, story: Story | None, identity: Identity | None, names: Names) -> Data:
    """An entry in full: what was sent, who it is about and why, and what it did."""
    data = line(entry, story, names)
    if entry.rejection:
        return data | {"sent": entry.rejection.message, "replayed_as": entry.rejection.replayed_as or None}
    if entry.logged is None or story is None or identity is None:
        return data
    row = entry.logged.row
    return data | {
        "properties": row.properties,
        "traits": row.traits,
        "context": orjson.loads(entry.logged.context_json),
        "stated_at": moment(entry.logged.client_at),
        "clamped": entry.logged.clamped,
        "identity": _identity(identity),
        "explanation": {
            "read_yet": story.explanation.read_yet,
            "similar_events": list(story.explanation.similar),
            "ladders": [_ladder(ladder, names) for ladder in story.explanation.ladders],
            "traits": [_trait(use) for use in story.explanation.traits],
        },
    }


def summary(told: Explanation, names: Names) -> Data:
    """What an entry did, in short: the steps that it completed, the ladders that it began, else the telling step."""
    telling = told.telling
    return {
        "read_yet": told.read_yet,
        "completed": [{"ladder": ladder.key, "step": step.key} for ladder, step in told.completed],
        "began": [ladder.key for ladder in told.began],
        "fate": telling[1].fate if telling else None,
        "ladder": telling[0].key if telling else None,
        "step": telling[1].key if telling else None,
    }


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _person(story: Story | None) -> Data | None:
    if story is None or story.person is None:
        return None
    person = story.person
    return {"id": person.pk, "user_id": person.external_id or None, "email": person.email or None, "name": str(person)}


def _identity(identity: Identity) -> Data:
    return {
        "sender": identity.sender,
        "because": [{"sender": w.sender, "is": w.to, "said_at": moment(w.at), "by": w.by} for w in identity.way],
        "links": [
            {
                "sender": said.sender,
                "made": said.made,
                "instead": {"is": said.instead.to, "said_at": moment(said.instead.at), "by": said.instead.by}
                if said.instead
                else None,
            }
            for said in identity.links_said
        ],
        "account": identity.account_key or None,
        "joined": identity.joined,
    }


def _ladder(ladder: LadderFate, names: Names) -> Data:
    return {
        "ladder": ladder.key,
        "name": names.ladders.get(ladder.ladder_id, ladder.key),
        "version": ladder.number,
        "started_at": moment(ladder.started_at),
        "begins": ladder.begins,
        "why_not": ladder.why_not,
        "role": ladder.role or None,
        "role_needed": ladder.role_needed,
        "start": _part(ladder.start) if ladder.start else None,
        "steps": [_step(step) for step in ladder.steps],
    }


def _step(step: StepFate) -> Data:
    return {
        "step": step.key,
        "name": step.name,
        "version": step.number,
        "fate": step.fate,
        "conditions": [_part(part) for part in step.parts],
        "completed_at": moment(step.done_at),
        "completed_by": step.done_by or None,
        "unlocks": list(step.unlocks),
        "waits_for": list(step.waits_for),
        "lacking": list(step.lacking),
    }


def _part(part: Part) -> Data:
    return {
        "words": part.words,
        "fate": part.fate,
        "nth": part.nth or None,
        "needed": part.needed,
        "limit_at": moment(part.at),
        "checks": [_check(check) for check in part.checks],
    }


def _check(check: Check) -> Data:
    operand = list(check.operand) if isinstance(check.operand, tuple) else check.operand
    return {
        "name": check.name,
        "operator": check.operator,
        "operand": operand,
        "said": check.said,
        "value": check.value if check.said else None,
        "holds": check.holds,
    }


def _trait(use: TraitUse) -> Data:
    return {
        "name": use.name,
        "value": use.value,
        "read_by_roles": list(use.roles),
        "read_by_steps": list(use.steps),
        "read_by_segments": use.segment,
        "overtaken_at": moment(use.overtaken_at),
    }
