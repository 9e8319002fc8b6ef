"""Everything once more from the raw log and members' rulings, past all that is derived: what `verify` compares with.

Where the log no longer goes back to the beginning, what came before is taken from what is kept (earlier.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from milestones.library.operators import MISSING
from onboarding.people.models import AccountMembership, Person, Sender
from onboarding.people.roots import root_of
from onboarding.progress import accounts_afresh, news, rulings
from onboarding.progress import journeys as kept
from onboarding.progress.assign import journeys_of
from onboarding.progress.cells import JourneyState
from onboarding.progress.earlier import Earlier, Link
from onboarding.progress.evidence import said_of
from onboarding.progress.facts import Facts, Membership, Moment, Saying
from onboarding.progress.models import Watermark
from onboarding.progress.news import LogRow, Position
from onboarding.progress.plan import Plan, by_event
from onboarding.progress.rebuild.account_evidence import Sayings

PEOPLE_AT_ONCE = 1_000


def journeys(plan: Plan) -> Iterator[JourneyState]:
    """Every journey as the raw log up to the watermark makes it, in the current scope."""
    for state, _ in _pairs(plan):
        yield state


def differences(plan: Plan) -> Iterator[str]:
    """Sentences about everything in which the kept progress differs from the raw log; none when all is well."""
    yield from _wrong_senders()
    yield from _wrong_memberships()
    yield from _wrong_sayings_of_accounts(plan)
    expected = set()
    for state, before in _pairs(plan):
        expected.add((state.person_id, state.ladder_id))
        known = before.get((state.person_id, state.ladder_id))
        if known is None:
            yield f"Person {state.person_id} has no journey on ladder {state.ladder_id}; the log makes one."
        elif known[1] != state:
            yield from _unlike(known[1], state)
    everybody = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(everybody), PEOPLE_AT_ONCE):
        for key in kept.stored(everybody[first : first + PEOPLE_AT_ONCE]).keys() - expected:
            yield f"Person {key[0]} has a journey on ladder {key[1]} that the log does not make."


def watermark() -> Position:
    mark = Watermark.objects.first()
    return Position(mark.transaction, mark.row) if mark else news.START


def _pairs(plan: Plan) -> Iterator[tuple[JourneyState, kept.Stored]]:
    until = watermark()
    earlier = Earlier.of_workspace()
    accounts = accounts_afresh.from_the_log(plan, until, earlier) if plan.account_needs else accounts_afresh.Accounts()
    people = dict(Person.objects.exclude(external_id="").order_by("pk").values_list("pk", "key"))
    root, below = _roots(until, earlier)
    ids = [pk for pk, key in people.items() if key in below]
    assert all(root[key] == key for key in people.values() if key in below)
    for first in range(0, len(ids), PEOPLE_AT_ONCE):
        some = ids[first : first + PEOPLE_AT_ONCE]
        before = kept.stored(some)
        owner = {sender: pk for pk in some for sender in below[people[pk]]}
        ruled = rulings.in_force(owner)
        rows: dict[int, list[LogRow]] = {pk: [] for pk in some}
        for row in news.of_senders(owner, until=until):
            rows[owner[row.sender]].append(row)
        facts = earlier.facts_of(owner, plan)
        for pk in some:
            if rows[pk]:
                logged = facts_from(rows[pk], plan)
                facts[pk] = facts[pk].joined(logged) if pk in facts else logged
            if pk in facts:
                whole = replace(facts[pk], accounts=accounts.memberships(below[people[pk]]), rulings=ruled.get(pk, {}))
                for state in journeys_of(pk, whole, plan):
                    yield state, before


def facts_from(rows: list[LogRow], plan: Plan, *, accounts: Sequence[Membership] = ()) -> Facts:
    """A person's facts straight from their messages, and the accounts that they are in."""
    moments: dict[str, list[Moment]] = {}
    sayings: dict[str, list[Saying]] = {}
    wanted = by_event(plan.signals.values())
    for row in rows:
        for condition in wanted.get(row.event, ()):
            if condition.matches(row.properties):
                moments.setdefault(condition.signal, []).append(Moment(row.occurred_at, row.message_id))
        for name, value in said_of(row.traits if row.type == "identify" else {}, plan.traits):
            said = MISSING if value is None else value
            sayings.setdefault(name, []).append(Saying(row.occurred_at, row.message_id, said))
    return Facts(
        seen_at=min(row.occurred_at for row in rows),
        moments={signal: sorted(found) for signal, found in moments.items()},
        sayings={name: sorted(said, key=lambda saying: saying[:2]) for name, said in sayings.items()},
        accounts=accounts,
    )


def _roots(until: Position, earlier: Earlier) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Per sender its root, and per root its senders, from the links in the log and those that are earlier."""
    links: dict[str, Link] = dict(earlier.links)
    keys = {*news.senders(until=until), *earlier.first_seen, *earlier.links}
    for row in news.with_links(until=until):
        message = row.about_people()
        for key in message.links:
            saying = (message.at, message.message_id, message.sender)
            keys.add(key)
            if key not in links or saying[:2] < links[key][:2]:
                links[key] = saying
    linked_to = {key: target for key, (_, _, target) in links.items()}
    root = {key: root_of(key, linked_to) for key in keys}
    below: dict[str, list[str]] = {}
    for key, top in root.items():
        below.setdefault(top, []).append(key)
    return root, below


def _wrong_senders() -> Iterator[str]:
    root, _ = _roots(watermark(), Earlier.of_workspace())
    known = dict(Sender.objects.values_list("key", "person__key"))
    for key in sorted(root.keys() | known.keys()):
        if key not in known:
            yield f"Sender {key} is in the log, but nobody is known under it."
        elif key not in root:
            yield f"Sender {key} is known, but not in the log."
        elif root[key] != known[key]:
            yield f"Sender {key} is kept as person {known[key]}; by the log it is {root[key]}."


def _wrong_memberships() -> Iterator[str]:
    earlier = Earlier.of_workspace()
    said = {
        (sender, account): since
        for sender, joined in earlier.with_logged(news.memberships(until=watermark())).items()
        for account, since in joined.items()
    }
    known = {
        (sender, account): since
        for sender, account, since in AccountMembership.objects.values_list("sender__key", "account__key", "since")
    }
    for pair in sorted(said.keys() | known.keys()):
        if said.get(pair) != known.get(pair):
            kept, logged = (at.isoformat() if at else "never" for at in (known.get(pair), said.get(pair)))
            yield f"Sender {pair[0]} is kept as in account {pair[1]} since {kept}; by the log it is {logged}."


def _wrong_sayings_of_accounts(plan: Plan) -> Iterator[str]:
    """Of the traits that criteria and segments read, and of the values whose growth is told."""
    if not plan.account_needs.traits:
        return
    said, after, until = Sayings(), news.START, watermark()
    said.ask_for(plan.account_needs.traits)
    while rows := news.history(after, until, (), types=["group"], limit=accounts_afresh.PAGE):
        for row in rows:
            said.hear(row.group_id, row.traits, row.occurred_at, row.message_id, row.sender)
        after = rows[-1].position
    for account, count in sorted(said.compare(Earlier.of_workspace().begins).items()):
        yield f"Of account {account}, {count} values are kept otherwise than the log says."


def _unlike(known: JourneyState, state: JourneyState) -> Iterator[str]:
    where = f"Person {state.person_id}, ladder {state.ladder_id}"
    for key in sorted(known.reached.keys() | state.reached.keys()):
        if known.reached.get(key) != state.reached.get(key):
            yield f"{where}, rung {key}: kept {known.reached.get(key)}, the log says {state.reached.get(key)}."
    if replace(known, reached={}) != replace(state, reached={}):
        yield f"{where}: kept {replace(known, reached={})}, the log says {replace(state, reached={})}."
