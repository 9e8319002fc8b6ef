"""Berthline's environment for tests: its next ladder for power users, tried by three people and brought to live."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from analytics.cubes.fold import fold
from milestones.ladders import drafts
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.promotion import bringing
from onboarding.intake.imports.history import Account, import_lines
from onboarding.intake.reasons import Drop
from onboarding.progress import engine
from onboarding.usage import projection
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace

Refuse = Callable[[int, bytes, Drop], None]

LAST = "ladder.taken"
WORDS = {
    "title": "Let your first rule do the planning",
    "value_proposition": "Most bookings can be placed by a rule. The first one takes you ten minutes.",
}
# Of the product manager's own colleagues on their staging system: after so many hours, what they did
DID: dict[str, tuple[tuple[int, str, dict[str, Any]], ...]] = {
    "tess": (
        (2, "Schedule Imported", {"rows": 12}),
        (5, "View Saved", {}),
        (26, "Rule Created", {}),
        (28, "Rule Tried", {}),
        *((30 + n, "Booking Auto-Placed", {}) for n in range(5)),
    ),
    "theo": ((1, "Schedule Imported", {"rows": 8}), (3, "Rule Created", {})),
    "tara": (),
}


def set_up(live: Workspace, *, by: Member, document: dict[str, Any], refuse: Refuse) -> None:
    """Of the ladder that `document` is. Once, outside of any scope; ends with the audit entry LAST in test."""
    test = make_test(by=by)
    there = by.in_environment(test)
    began = live.created_at - timedelta(days=4)
    with scope(test):
        if Entry.objects.filter(action=LAST).exists():
            return
        ladder = Ladder.objects.filter(key=document["key"]).first()
        if ladder is None:
            ladder = import_ladder(document, by=there).ladder
            ladder.publish(by=there, at=began - timedelta(days=1))
            draft = drafts.begin(ladder, by=there)
            drafts.write(draft, {**draft.document, **WORDS}, by=there, words="Changed the title", place="title")
    lines = ((number, json.dumps(message).encode()) for number, message in enumerate(_said(began), 1))
    import_lines(test.pk, lines, received_at=live.created_at, account=Account(), reject=refuse)
    engine.settle(test.pk)
    fold(test)
    projection.advance(test.pk)
    bringing.bring(bringing.look(document["key"], None, source=test, target=live), by=there, target=live)


def _said(began: datetime) -> list[dict[str, Any]]:
    found = []
    for name, did in DID.items():
        whom = {"userId": name, "context": {"groupId": "staging"}}
        traits = {"role": "power_user", "name": name.title(), "email": f"{name}@staging.berthline.example"}
        found.append({**whom, "type": "identify", "traits": traits, "timestamp": began.isoformat()})
        for hours, event, properties in ((0, "Signed Up", {}), *did):
            at = (began + timedelta(hours=hours)).isoformat()
            found.append({**whom, "type": "track", "event": event, "properties": properties, "timestamp": at})
    return [{**message, "messageId": f"staging-{number}"} for number, message in enumerate(found)]
