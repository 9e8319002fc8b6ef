"""What the log makes of each person, and in what the kept state differs from it. Pure, but for the columns it reads."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson

from milestones.library.operators import MISSING
from onboarding.people.directory import description
from onboarding.people.traits import Sayings, say
from onboarding.progress.accounts_afresh import Accounts
from onboarding.progress.assign import canonical, journeys_of
from onboarding.progress.cells import JourneyState
from onboarding.progress.evidence import said_of
from onboarding.progress.facts import Facts, Moment, Saying
from onboarding.progress.plan import Plan
from onboarding.progress.rebuild.columns import microseconds, moment
from onboarding.progress.rebuild.fixes import Fix, Row
from onboarding.progress.rebuild.links import Link
from onboarding.progress.rebuild.load import Loaded
from onboarding.progress.replay import Reached

NOTHING: Mapping[str, Any] = {}


class Membership(NamedTuple):
    """A sender in an account by the log: since when (microseconds), and what was said of them in it."""

    since: int
    sayings: Sayings


class Comparison:
    """Compares the people of a portion, a range of them at a time.

    Without `accounts` their journeys are not compared: the engine replays them when everything else has been put right.
    """

    def __init__(
        self,
        loaded: Loaded,
        plan: Plan,
        links: Mapping[str, Link],
        *,
        accounts: Accounts | None,
        begins: datetime | None,
    ) -> None:
        self._begins = begins
        self._stamp = _stamp(begins) if begins else ""
        self._loaded, self._plan, self._links, self._accounts = loaded, plan, links, accounts
        self._signals = sorted(plan.signals)
        self._traits = sorted(plan.traits)

    def fixes(self, first: int, end: int) -> Iterator[Fix]:
        """What is wrong about the persons whose places are from `first` to before `end`."""
        loaded = self._loaded
        self._seen = loaded.seen.grouped(first, end)
        self._said = loaded.said.grouped(first, end)
        self._moments = self._moments_of(first, end)
        self._senders = loaded.senders.grouped(first, end)
        self._persons = loaded.persons.grouped(first, end)
        self._memberships = loaded.memberships.grouped(first, end)
        self._sayings = loaded.sayings.grouped(first, end)
        self._states = self._kept_states(first, end)
        fix = Fix("")
        for place in range(first, end):
            fix.root = loaded.keys[place]
            self._compare(place, fix)
            if fix.found:
                fix.keys = tuple(
                    {loaded.keys[n] for n in loaded.members.get(place, ())}
                    | {loaded.keys[row[0]] for row in self._seen.get(place, ())}
                    # The engine follows the links that are kept, wherever they lead.
                    | {key for row in self._senders.get(place, ()) for key in (loaded.keys[row[0]], *row[3:5]) if key}
                )
                yield fix
                fix = Fix("")  # the one that nothing was written to is taken again: nearly everybody is right

    def _compare(self, place: int, fix: Fix) -> None:
        seen = self._seen.get(place)
        members = self._loaded.members.get(place)
        if seen is None and members is None:
            self._strangers(place, fix)
            return
        wanted, memberships = self._wanted_senders(place, seen or (), members or ())
        said, sayings = self._hear(place, wanted, memberships)
        self._compare_senders(place, fix, wanted)
        self._compare_memberships(place, fix, memberships)
        self._compare_sayings(place, fix, said)
        person = description(
            0,
            [
                (Sayings(row["traits"], row["traits_at"]), row["first_seen_at"], row["last_seen_at"])
                for row in wanted.values()
            ],
        )
        person_id = self._compare_persons(place, fix, person)
        states: list[JourneyState] | None = []
        if self._accounts is None:
            states = None
        elif seen and len(fix.root) > 2 and fix.root.startswith("u:"):
            facts = Facts(
                person["first_seen_at"],
                self._moments.get(place, {}),
                sayings,
                self._accounts.memberships(row["key"] for row in wanted.values()),
                self._loaded.rulings.get(place, {}),
            )
            states = journeys_of(person_id, facts, self._plan)
        self._compare_journeys(place, fix, person_id, states)

    def _wanted_senders(
        self, place: int, seen: Sequence[tuple[Any, ...]], members: Sequence[int]
    ) -> tuple[dict[int, Row], dict[tuple[int, str], Membership]]:
        """The senders that are this person by the log, by their places, and when they were first seen in accounts."""
        wanted: dict[int, Row] = {}
        since: dict[tuple[int, str], int] = {}
        spans: dict[int, tuple[int, int]] = {}
        for sender, account, first, last, _ in seen:
            earliest, latest = spans.get(sender, (first, last))
            spans[sender] = (min(earliest, first), max(latest, last))
            if account:
                since[sender, account] = min(first, since.get((sender, account), first))
        for sender in {*spans, *members} if members else spans:
            key = self._loaded.keys[sender]
            link = self._links.get(key)
            span = spans.get(sender)
            wanted[sender] = {
                "key": key,
                "linked_to": link.to if link else "",
                "linked_at": link.at if link else None,
                "linked_by": link.by if link else "",
                "first_seen_at": moment(span[0]) if span else None,
                "last_seen_at": moment(span[1]) if span else None,
                "traits": {},
                "traits_at": {},
            }
        return wanted, {pair: Membership(at, Sayings({}, {})) for pair, at in since.items()}

    def _hear(
        self, place: int, wanted: Mapping[int, Row], memberships: Mapping[tuple[int, str], Membership]
    ) -> tuple[dict[tuple[Any, ...], Any], dict[str, list[Saying]]]:
        """Give senders and members their traits, in the order of writing; the sayings of traits that ladders read."""
        said: dict[tuple[Any, ...], Any] = {}
        if self._begins:
            self._remember(place, wanted, memberships, said)
        for sender, at, message_id, account, text, _, _ in sorted(self._said.get(place, ()), key=lambda row: row[-2:]):
            traits = orjson.loads(text)
            if not traits:
                continue
            row = wanted[sender]
            when = moment(at)
            say(Sayings(row["traits"], row["traits_at"]), traits, when, message_id)
            if account:
                say(memberships[sender, account].sayings, traits, when, message_id)
            for name, value in said_of(traits, self._traits):
                said[sender, name, at, message_id] = value
        facts: dict[str, list[Saying]] = {}
        for (_, name, at, message_id), value in said.items():
            known = MISSING if value is None else value
            facts.setdefault(name, []).append(Saying(moment(at), message_id, known))
        return said, {name: sorted(of_trait, key=lambda s: s[:2]) for name, of_trait in facts.items()}

    def _remember(
        self,
        place: int,
        wanted: Mapping[int, Row],
        memberships: Mapping[tuple[int, str], Membership],
        said: dict[tuple[Any, ...], Any],
    ) -> None:
        """Take what is kept from before the log begins for true."""
        for sender, *_, traits, traits_at in self._senders.get(place, ()):
            if sender in wanted:
                row = wanted[sender]
                self._remember_traits(Sayings(row["traits"], row["traits_at"]), traits, traits_at)
        for sender, _, account, _, traits, traits_at in self._memberships.get(place, ()):
            if (sender, account) in memberships:
                self._remember_traits(memberships[sender, account].sayings, traits, traits_at)
        assert self._begins is not None
        before = microseconds(self._begins)
        for sender, _, name, at, message_id, value in self._sayings.get(place, ()):
            if at < before:
                said[sender, name, at, message_id] = None if value is None else orjson.loads(value)

    def _remember_traits(self, sayings: Sayings, traits: str | None, traits_at: str | None) -> None:
        if not traits or not traits_at:
            return
        values = json.loads(traits)
        for name, stamp in json.loads(traits_at).items():
            if stamp[0] < self._stamp:
                sayings.traits[name], sayings.traits_at[name] = values[name], stamp

    def _compare_senders(self, place: int, fix: Fix, wanted: Mapping[int, Row]) -> None:
        rows = {row[0]: row[1:] for row in self._senders.get(place, ())}
        for sender, row in wanted.items():
            kept = rows.pop(sender, None)
            if kept is not None:
                _, person_id, person_key, to, at, by, first, last, traits, traits_at = kept
                if person_key != fix.root:
                    fix.deserted.append(person_id)
                elif (
                    (to, by) == (row["linked_to"], row["linked_by"])
                    and _moment(at) == row["linked_at"]
                    and _moment(first) == row["first_seen_at"]
                    and _moment(last) == row["last_seen_at"]
                    and _same(traits, row["traits"])
                    and _same(traits_at, row["traits_at"])
                ):
                    continue
            fix.senders.append(row)
            fix.found["senders"] += 1
        self._gone_senders(fix, rows)

    def _gone_senders(self, fix: Fix, rows: Mapping[int, tuple[Any, ...]]) -> None:
        for sender_id, person_id, *_ in rows.values():
            fix.gone_senders.append(sender_id)
            fix.deserted.append(person_id)
            fix.found["senders"] += 1

    def _compare_memberships(self, place: int, fix: Fix, wanted: dict[tuple[int, str], Membership]) -> None:
        for sender, sender_id, account, since, traits, traits_at in self._memberships.get(place, ()):
            right = wanted.get((sender, account))
            if (
                right is not None
                and right.since == since
                and _same(traits, right.sayings.traits)
                and _same(traits_at, right.sayings.traits_at)
            ):
                del wanted[sender, account]
            elif right is None:
                fix.gone_memberships.append((sender_id, account))
                fix.found["memberships"] += 1
        for (sender, account), right in wanted.items():
            row = {"sender": self._loaded.keys[sender], "account": account, "since": moment(right.since)}
            fix.memberships.append({**row, **right.sayings._asdict()})
            fix.found["memberships"] += 1

    def _compare_sayings(self, place: int, fix: Fix, wanted: dict[tuple[Any, ...], Any]) -> None:
        for sender, sender_id, name, at, message_id, value in self._sayings.get(place, ()):
            key = (sender, name, at, message_id)
            if key in wanted and _text(wanted[key]) == _text(None if value is None else orjson.loads(value)):
                del wanted[key]
            else:
                fix.gone_sayings.append((sender_id, name, moment(at), message_id))
                fix.found["evidence"] += key not in wanted
        for (sender, name, at, message_id), value in wanted.items():
            fix.sayings.append(
                {
                    "sender": self._loaded.keys[sender],
                    "name": name,
                    "said_at": moment(at),
                    "message_id": message_id,
                    "value": value,
                }
            )
            fix.found["evidence"] += 1

    def _compare_persons(self, place: int, fix: Fix, wanted: Row) -> int:
        """Compare the person at the root; returns their id, or 0. Others of the group have no sender any more."""
        person_id = 0
        right = False
        for own, key_id, external_id, email, name, traits, first, last in self._persons.get(place, ()):
            if own != place:
                continue
            person_id = key_id
            right = (
                external_id == (fix.root[2:] if fix.root.startswith("u:") else "")
                and (email, name) == (wanted["email"], wanted["name"])
                and _moment(first) == wanted["first_seen_at"]
                and _moment(last) == wanted["last_seen_at"]
                and _same(traits, wanted["traits"])
            )
        if not right:
            row = {name: value for name, value in wanted.items() if name != "id"}
            external_id = fix.root[2:] if fix.root.startswith("u:") else ""
            fix.persons.append({"key": fix.root, "external_id": external_id, **row})
            fix.found["people"] += 1
        return person_id

    def _compare_journeys(self, place: int, fix: Fix, person_id: int, wanted: list[JourneyState] | None) -> None:
        kept = dict(self._states.get(place, {}))
        for key in [key for key in kept if key[0] != person_id]:
            self._strange_journey(fix, *kept.pop(key))
        if wanted is None:
            fix.gone_unlocks += [unlock for _, _, wrong in kept.values() for unlock in wrong]
            fix.found["unlocks"] += len(fix.gone_unlocks)
            return
        different = False
        for state in wanted:
            known = kept.pop((person_id, state.ladder_id), None)
            if known is None or known[1] != state or known[2]:
                different = True
                fix.found["journeys"] += known is None or not _alike(known[1], state)
                reached = known[1].reached if known else NOTHING
                fix.found["completions"] += sum(
                    reached.get(key) != state.reached.get(key) for key in reached.keys() | state.reached.keys()
                )
                fix.found["unlocks"] += len(known[2]) if known else 0
                fix.gone_unlocks += known[2] if known else []
        if kept:
            fix.found["journeys"] += len(kept)
        if kept or different:
            fix.journeys = wanted

    def _strangers(self, place: int, fix: Fix) -> None:
        """Senders and journeys that are kept, of nobody who is in the log."""
        self._gone_senders(fix, {row[0]: row[1:] for row in self._senders.get(place, ())})
        for known in self._states.get(place, {}).values():
            self._strange_journey(fix, *known)

    def _strange_journey(self, fix: Fix, journey_id: int, state: JourneyState, _: object) -> None:
        fix.strangers.append(state.person_id)
        fix.found["journeys"] += 1

    def _moments_of(self, first: int, end: int) -> dict[int, dict[str, list[Moment]]]:
        signals = self._signals
        found: dict[int, dict[str, list[Moment]]] = {}
        for person, _, signal, at, message_id, _ in self._loaded.activity.rows(first, end):
            of_person = found.get(person)
            if of_person is None:
                of_person = found[person] = {}
            name = signals[signal]
            if name in of_person:
                of_person[name].append(Moment(moment(at), message_id))
            else:
                of_person[name] = [Moment(moment(at), message_id)]
        for of_person in found.values():
            for moments in of_person.values():
                moments.sort()
        return found

    def _kept_states(
        self, first: int, end: int
    ) -> dict[int, dict[tuple[int, int], tuple[int, JourneyState, list[tuple[int, str, str]]]]]:
        """Per place, the kept journeys by person and ladder: the id, the state, and unlocks that cannot be right."""
        completed: dict[int, dict[str, tuple[Any, ...]]] = {}
        for _, _, journey, rung, at, message_id, in_order_at, ruling in self._loaded.completions.rows(first, end):
            completed.setdefault(journey, {})[rung] = (at, message_id, in_order_at, ruling)
        features: dict[tuple[int, str], list[str]] = {}
        wrong: dict[int, list[tuple[int, str, str]]] = {}
        for _, _, journey, rung, feature, at, same_person in self._loaded.unlocks.rows(first, end):
            done = completed.get(journey, NOTHING).get(rung)
            if done is None or done[0] != at or not same_person:
                wrong.setdefault(journey, []).append((journey, rung, feature))
            else:
                features.setdefault((journey, rung), []).append(feature)
        found: dict[int, dict[tuple[int, int], Any]] = {}
        for (
            place,
            _,
            journey,
            person,
            ladder,
            version,
            began,
            start,
            cohort,
            segment,
            value,
            finish,
        ) in self._loaded.journeys.rows(first, end):
            state = JourneyState(
                person_id=person,
                ladder_id=ladder,
                version_id=version,
                began_version_id=began,
                started_at=moment(start),
                cohort_on=date.fromisoformat(cohort),
                segment=segment if segment == "{}" else canonical(json.loads(segment)),
                first_value_at=_moment(value),
                finished_at=_moment(finish),
                reached={
                    rung: Reached(
                        moment(at),
                        message_id,
                        _moment(in_order_at),
                        tuple(sorted(features.get((journey, rung), ()))),
                        ruling,
                    )
                    for rung, (at, message_id, in_order_at, ruling) in completed.get(journey, NOTHING).items()
                },
            )
            found.setdefault(place, {})[person, ladder] = (journey, state, wrong.get(journey, []))
        return found


def _moment(at: int | None) -> Any:
    return None if at is None else moment(at)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _same(kept: str | None, wanted: Any) -> bool:
    """Whether a kept JSON object says the same; an empty one comes as None. As texts, since to Python 1 is True."""
    if not kept:
        return not wanted
    return _text(json.loads(kept)) == _text(wanted)


def _alike(kept: JourneyState, wanted: JourneyState) -> bool:
    """Whether two journeys differ in what was reached at most."""
    return all(
        getattr(kept, name) == getattr(wanted, name)
        for name in (
            "version_id",
            "began_version_id",
            "started_at",
            "cohort_on",
            "segment",
            "first_value_at",
            "finished_at",
        )
    )
