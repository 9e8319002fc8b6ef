"""Ruling on a step of one person: completing it by hand, revoking it, and withdrawing either.

1. Lock the watermark, as the engine does: so a ruling comes wholly before or wholly after a batch, and two members at
   once one after the other.
2. Look at who the person is and how far they are now, under the lock.
3. Note the ruling, replay that one person with it, and commit both at once.

While a version that was just published still waits to be worked in, nobody is replayed here: the engine replays
everybody when it does that, and reads the rulings then.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

from milestones.ladders.models import Ladder, Rung
from onboarding.people.models import Person
from onboarding.progress import engine, history, rulings
from onboarding.progress.models import Completion, Journey, Ruling
from workspaces.audit.models import Entry, signature
from workspaces.scope import current_workspace_id
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member

PATIENCE = timedelta(seconds=8)  # how long somebody at a page waits for the engine


class NobodyThere(Exception):
    """The person, their journey or the step is not there (any more)."""


class CannotRule(Exception):
    """Why this cannot be ruled now: a sentence for the member."""


@dataclass(frozen=True)
class Outcome:
    """A ruling that was made or withdrawn. `waits`: it shows once the engine has caught up with a publication."""

    ruling: Ruling
    person: Person
    step: str
    waits: bool


def complete(person_id: int, ladder: Ladder, rung_key: str, *, by: Member, reason: str) -> Outcome:
    """Say that this person has done the step, now. Raises NobodyThere or CannotRule."""
    with _turn():
        journey, step = _journey(person_id, ladder, rung_key)
        if done := _completion(journey, rung_key):
            raise CannotRule(_done_already(step, done))
        return _rule(journey, rung_key, step, Ruling(verdict=Ruling.Verdict.COMPLETED), by=by, reason=reason)


def revoke(person_id: int, ladder: Ladder, rung_key: str, *, by: Member, reason: str) -> Outcome:
    """Say that what is known up to now does not count for the step. Raises NobodyThere or CannotRule.

    A clock that runs ahead may have stamped what is known later than now.
    """
    with _turn():
        journey, step = _journey(person_id, ladder, rung_key)
        if _completion(journey, rung_key) is None:
            raise CannotRule(_("“%(step)s” is not done any more, so there is nothing to revoke.") % {"step": step})
        until = rulings.known_until(journey.person, timezone.now())
        revocation = Ruling(verdict=Ruling.Verdict.REVOKED, until=until)
        return _rule(journey, rung_key, step, revocation, by=by, reason=reason)


def withdraw(ruling_id: int, *, by: Member) -> Outcome:
    """Make the ruling count no more, so that the step says again what the rest says; once more changes nothing.

    Raises NobodyThere or CannotRule.
    """
    with _turn():
        ruling = Ruling.objects.select_related("ladder").filter(pk=ruling_id).first()
        person = Person.objects.filter(senders__key=ruling.sender).first() if ruling else None
        if ruling is None or person is None:
            raise NobodyThere(_("This ruling is not there any more."))
        step = names_of(ruling.ladder, [ruling.rung_key]).get(ruling.rung_key, ruling.rung_key)
        if ruling.withdrawn_at is not None:
            return Outcome(ruling, person, step, waits=False)
        ruling.withdrawn_at, ruling.withdrawn_user, ruling.withdrawn_actor = (
            timezone.now(),
            by.user,
            signature(by),
        )
        ruling.save(update_fields=["withdrawn_at", "withdrawn_user", "withdrawn_actor"])
        return _carried_out(ruling, person, step, "ruling.withdrawn", by=by)


def standing(person_id: int, ladder: Ladder, rung_key: str) -> tuple[Journey, str, bool]:
    """The person's journey, what the step is called on it, and whether it is done. Raises NobodyThere."""
    journey, step = _journey(person_id, ladder, rung_key)
    return journey, step, _completion(journey, rung_key) is not None


def names_of(ladder: Ladder, keys: Collection[str]) -> dict[str, str]:
    """What these rungs of the ladder are called on the newest published version that has them, by key."""
    if not keys:
        return {}
    rungs = Rung.objects.filter(version__ladder=ladder.pk, version__state="published", key__in=keys)
    return {r.key: r.says["name"] for r in rungs.order_by("version__number").select_related("milestone")}


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for the engine's lock, with the patience of somebody at a page."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE.total_seconds():.0f}s"])
            engine.locked_watermark()
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise CannotRule(
            _("The workspace's history is being worked through just now. Nothing was changed; try again in a minute.")
        ) from error
    yield


def _journey(person_id: int, ladder: Ladder, rung_key: str) -> tuple[Journey, str]:
    """The person's journey of the ladder, and what the step is called on the version that they are shown."""
    if not Person.objects.filter(pk=person_id).exists():
        raise NobodyThere(_("This person is not there any more: they turned out to be the same as somebody else."))
    journeys = Journey.objects.select_related("person", "ladder", "version")
    journey = journeys.filter(person=person_id, ladder=ladder).first()
    rung = journey.version.rungs.filter(key=rung_key).first() if journey else None
    if journey is None or rung is None:
        raise NobodyThere(_("This person is not on a ladder with that step."))
    return journey, rung.says["name"]


def _completion(journey: Journey, rung_key: str) -> Completion | None:
    return journey.completions.select_related("ruling").filter(rung_key=rung_key).first()


def _done_already(step: str, done: Completion) -> str:
    if done.ruling is not None:
        words = _("%(name)s has completed “%(step)s” by hand meanwhile. Nothing was changed.")
        return words % {"name": done.ruling.by, "step": step}
    return _("“%(step)s” was done meanwhile, by evidence. Nothing was changed.") % {"step": step}


def _rule(journey: Journey, rung_key: str, step: str, ruling: Ruling, *, by: Member, reason: str) -> Outcome:
    ruling.sender, ruling.ladder, ruling.rung_key = journey.person.key, journey.ladder, rung_key
    ruling.at, ruling.user, ruling.actor, ruling.reason = timezone.now(), by.user, signature(by), reason
    ruling.save()
    return _carried_out(ruling, journey.person, step, f"ruling.{ruling.verdict}", by=by)


def _carried_out(ruling: Ruling, person: Person, step: str, action: str, *, by: Member) -> Outcome:
    ladder = ruling.ladder.name
    Entry.record(by=by, action=action, target=person, step=step, ladder=ladder, reason=ruling.reason, ruling=ruling.pk)
    return Outcome(ruling, person, step, waits=not take_effect(person.pk))


def take_effect(person_id: int) -> bool:
    """Replay the person with the rulings as they are now, under the lock. Returns whether that could be done now."""
    workspace_id = current_workspace_id()
    plan = engine.plan_of(workspace_id)
    if history.is_behind(plan):
        announce("progress.ruled", workspace_id)
        return False
    if engine.replay_people([person_id], plan):
        announce("progress.news", workspace_id)
    return True
