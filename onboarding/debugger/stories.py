"""What messages of the log did, for many at once: the facts come in sets, the explaining is pure. In a scope."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from milestones.ladders.models import Ladder, Role
from onboarding.debugger.entries import Entry, Logged
from onboarding.debugger.explanation import explain
from onboarding.debugger.fates import Explanation, Word
from onboarding.debugger.others import Asked, ForOthers, for_others
from onboarding.debugger.situation import Said, Situation, Words
from onboarding.intake.models import LoggedEvent
from onboarding.people import directory
from onboarding.people.models import AccountMembership, Person, Sender
from onboarding.progress import engine, evidence, journeys, rulings
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import Facts, Ruled, RungKey
from onboarding.progress.models import Ruling, Watermark
from onboarding.progress.news import START, Position, log_begins_at
from workspaces.scope import current_workspace_id


@dataclass(frozen=True)
class Story:
    """`person`: who the message is about now; None until the engine has read it. `read_at`: when it last read.

    `accounts`: what accounts are called, by their keys.
    """

    explanation: Explanation
    person: Person | None
    read_at: datetime | None
    for_others: ForOthers = field(default_factory=ForOthers)
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """What ladders and roles are called, by id and by key; and the keys of ladders."""

    ladders: dict[int, str]
    roles: dict[str, str]
    keys: dict[int, str]


def names() -> Names:
    ladders = list(Ladder.objects.values_list("pk", "name", "key"))
    return Names(
        {pk: name for pk, name, _ in ladders},
        dict(Role.objects.values_list("key", "name")),
        {pk: key for pk, _, key in ladders},
    )


def stories(entries: Sequence[Entry]) -> dict[str, Story]:
    """By their names, what each of the entries that are in the log did."""
    logged = {str(entry.ref): entry.logged for entry in entries if entry.logged is not None}
    if not logged:
        return {}
    plan = engine.plan_of(current_workspace_id())
    mark = Watermark.objects.first()
    position = Position(mark.transaction, mark.row) if mark else START
    begins = log_begins_at()
    senders = directory.senders_by_key({one.row.sender for one in logged.values()})
    people = Person.objects.in_bulk({sender.person for sender in senders.values()})
    seen = {pk: person.first_seen_at for pk, person in people.items() if person.first_seen_at is not None}
    needs = plan.account_needs or None
    facts = evidence.facts_of(seen, signals=plan.signals, traits=plan.traits, accounts=needs)
    accounts, called = _accounts_of(logged.values()) if needs else ({}, {})
    words = _words_of({pk: known for pk, known in facts.items() if known.rulings})
    climbs: dict[int, dict[int, JourneyState]] = {}
    for (person_id, ladder_id), (_, state) in journeys.stored(people).items():
        climbs.setdefault(person_id, {})[ladder_id] = state
    told: dict[str, Explanation] = {}
    about: dict[str, Person | None] = {}
    asked: dict[str, Asked] = {}
    for ref, one in logged.items():
        sender = senders.get(one.row.sender)
        person = about[ref] = people.get(sender.person) if sender else None
        read_yet = one.row.position <= position and person is not None
        situation = Situation(
            facts.get(person.pk) if person else None,
            climbs.get(person.pk, {}) if person else {},
            known=person is not None and person.is_known,
            words=words.get(person.pk, {}) if person else {},
        )
        said = _said(one, accounts.get(one.row.sender, ()), begins)
        told[ref] = explain(said, plan, situation, read_yet=read_yet)
        if told[ref].for_account:
            asked[ref] = Asked(one, said.accounts, person.pk if person else None)
    versions = [version for versions in plan.ladders.values() for version in versions]  # the later names count
    called_steps = {(version.ladder_id, rung.key): rung.name for version in versions for rung in version.rungs}
    others = for_others(asked, called=called_steps)
    read_at = mark.advanced_at if mark else None
    return {
        ref: Story(explanation, about[ref], read_at, others.get(ref, ForOthers()), called)
        for ref, explanation in told.items()
    }


def no_longer_kept(explanation: Explanation) -> set[str]:
    """Of the messages by which steps are complete, those that the log has let go of."""
    ids = {step.done_by for ladder in explanation.ladders for step in ladder.steps if step.done_by}
    kept = LoggedEvent.objects.filter(message_id__in=ids).values_list("message_id", flat=True) if ids else ()
    return ids - set(kept)


def _said(logged: Logged, accounts: tuple[str, ...], log_begins: datetime | None) -> Said:
    row = logged.row
    return Said(
        row.type,
        row.event,
        row.occurred_at,
        row.message_id,
        row.properties,
        row.traits,
        row.group_id,
        (row.group_id,) if row.group_id else accounts,
        row.lies_before(log_begins),
    )


def _accounts_of(logged: Iterable[Logged]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """The keys of the accounts that each of the senders is in, and what these are called."""
    keys = {one.row.sender for one in logged}
    joined = AccountMembership.objects.filter(sender__key__in=keys).order_by("since", "account__key")
    found: dict[str, tuple[str, ...]] = {}
    called: dict[str, str] = {}
    for sender, key, name in joined.values_list("sender__key", "account__key", "account__name"):
        found[sender] = (*found.get(sender, ()), key)
        called[key] = name or key
    return found, called


def _words_of(facts: Mapping[int, Facts]) -> dict[int, dict[RungKey, Words]]:
    """Whose word the rulings on these people's rungs are."""
    if not facts:
        return {}
    senders = dict(Sender.objects.filter(person__in=list(facts)).values_list("key", "person"))
    made: dict[tuple[int, RungKey], list[Ruling]] = {}
    standing = Ruling.objects.filter(sender__in=list(senders), withdrawn_at=None).select_related("user")
    for ruling in standing.order_by("at", "pk"):
        made.setdefault((senders[ruling.sender], (ruling.ladder_id, ruling.rung_key)), []).append(ruling)
    return {
        person: {rung: _words(ruled, made.get((person, rung), [])) for rung, ruled in known.rulings.items()}
        for person, known in facts.items()
    }


def _words(ruled: Ruled, made: Sequence[Ruling]) -> Words:
    completed = next((one for one in made if one.pk == ruled.ruling_id), None)
    revocations = (one for one in made if one.verdict == rulings.REVOKED)
    revoked = next((one for one in revocations if (one.until or one.at) == ruled.revoked_until), None)
    return Words(_word(completed), _word(revoked))


def _word(ruling: Ruling | None) -> Word | None:
    return Word(ruling.by, ruling.at, ruling.reason) if ruling else None
