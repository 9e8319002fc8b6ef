"""What members' rulings say of people's rungs: facts like evidence, which replaying reads beside it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from onboarding.progress.facts import UNRULED, Ruled, RungKey
from onboarding.progress.models import Ruling
from workspaces.scope import current_workspace_id

COMPLETED, REVOKED = Ruling.Verdict.COMPLETED, Ruling.Verdict.REVOKED


class Said(NamedTuple):
    """One ruling. Sorts as they were made; `until` is of revocations."""

    at: datetime
    ruling_id: int
    verdict: str
    until: datetime | None = None


# Looked up sender by sender through the index.
RULINGS = """
SELECT r.* FROM unnest(%s::text[]) AS x(sender) CROSS JOIN LATERAL (
    SELECT sender, ladder_id, rung_key, verdict, at, until, id FROM progress_ruling
    WHERE workspace_id = %s AND sender = x.sender AND withdrawn_at IS NULL OFFSET 0) r
"""


def in_force(senders: Mapping[str, int]) -> dict[int, dict[RungKey, Ruled]]:
    """Per person what the rulings that were not withdrawn make of each rung, given the senders that the people are."""
    said: dict[tuple[int, RungKey], list[Said]] = {}
    with connection.cursor() as cursor:
        cursor.execute(RULINGS, [list(senders), current_workspace_id()])
        for sender, ladder_id, rung_key, verdict, at, until, pk in cursor:
            said.setdefault((senders[sender], (ladder_id, rung_key)), []).append(Said(at, pk, verdict, until))
    found: dict[int, dict[RungKey, Ruled]] = {}
    for (person, rung), rulings in said.items():
        found.setdefault(person, {})[rung] = together(rulings)
    return found


def any_revoked() -> bool:
    """Whether any revocation stands in the current workspace."""
    return Ruling.objects.filter(verdict=REVOKED, withdrawn_at=None).exists()


def history_of(senders: Iterable[str]) -> dict[RungKey, list[Ruling]]:
    """Per rung every ruling on these senders, withdrawn ones too, in the order in which they were made."""
    found: dict[RungKey, list[Ruling]] = {}
    made = Ruling.objects.filter(sender__in=list(senders)).select_related("user", "withdrawn_user")
    for ruling in made.order_by("at", "pk"):
        found.setdefault((ruling.ladder_id, ruling.rung_key), []).append(ruling)
    return found


def together(rulings: Iterable[Said]) -> Ruled:
    """What the rulings on one rung say together.

    A revocation ends what was completed by hand before it, and what it leaves out stays left out. Of several
    completions by hand that no revocation came between, the first counts: the others found it done.
    """
    ruled = UNRULED
    for said in sorted(rulings):
        if said.verdict == REVOKED:
            until = said.until or said.at
            ruled = Ruled(max(until, ruled.revoked_until or until))
        elif ruled.completed_at is None:
            ruled = ruled._replace(completed_at=said.at, ruling_id=said.ruling_id)
    return ruled
