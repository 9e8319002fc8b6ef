"""Two worlds in which the same things can be done to ladders and said of people: on paper, and in the database."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson

from milestones.ladders import specs
from milestones.ladders.exchange import export_ladder, import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.spec import VersionSpec
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.people.models import Person
from onboarding.progress import engine, recompute, rule, rulings
from onboarding.progress.accounts_afresh import Accounts, Gathering
from onboarding.progress.assign import journeys_of
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import Facts, RungKey
from onboarding.progress.models import Journey, Ruling
from onboarding.progress.news import LogRow
from onboarding.progress.plan import Plan
from tests.onboarding.progress.drawn import LADDERS, Doing, Judging
from tests.onboarding.progress.naive import Word
from workspaces.scope import scope


class Seen(NamedTuple):
    """What somebody has of one ladder. `done` is by rung: when, by which message or ruling, and what it unlocked."""

    began: int
    shown: int
    start: datetime
    done: dict[str, tuple[datetime, str | int, tuple[str, ...]]]
    first_value_at: datetime | None
    finished_at: datetime | None


class World:
    """What can be done to ladders and said of people; each world says how."""

    def do(self, doing: Doing, *, at: datetime) -> None:
        """Do it, where it can be done."""
        match doing.what:
            case "publish":
                self.publish(doing.document, at=at, moves=doing.moves)
            case "roll back":
                self.roll_back(doing.key, at=at, moves=doing.moves)
            case "archive":
                self.archive(doing.key, at=at)
            case "use again":
                self.use_again(doing.key, at=at)
            case what:
                raise ValueError(what)


class OnPaper(World):
    """The pure function alone, on versions that were never in a database."""

    def __init__(self) -> None:
        self.documents: dict[str, list] = {}
        self.published: dict[str, list] = {}
        self.closed: dict[str, datetime] = {}
        self.closures: dict[str, list[tuple[datetime, datetime]]] = {}
        self.rows: dict[str, list[LogRow]] = {}
        self.words: list[Word] = []

    def publish(self, document: dict, *, at: datetime, moves: bool) -> None:
        key = document["key"]
        known = self.documents.setdefault(key, [])
        if key in self.closed or (known and known[-1] == document):
            return
        known.append(document)
        place = SimpleNamespace(
            pk=100 * LADDERS.index(key) + len(known),
            ladder_id=LADDERS.index(key),
            number=len(known),
            effective_from=at if len(known) > 1 else None,
            moves=moves and len(known) > 1,
        )
        self.published.setdefault(key, []).append(specs._spec(place, document, published_at=at))

    def roll_back(self, key: str, *, at: datetime, moves: bool) -> None:
        if key in self.documents:
            self.publish(self.documents[key][0], at=at, moves=moves)

    def archive(self, key: str, *, at: datetime) -> None:
        if key in self.documents:
            self.closed.setdefault(key, at)

    def use_again(self, key: str, *, at: datetime) -> None:
        if key in self.closed:
            self.closures.setdefault(key, []).append((self.closed.pop(key), at))

    def say(self, *messages: Message) -> None:
        for m in messages:
            self.rows.setdefault(m.sender, []).append(
                LogRow(
                    *(0, 0, m.type, m.event, m.sender, "", "", m.group_id, m.occurred_at, m.message_id),
                    orjson.dumps(m.properties).decode(),
                    orjson.dumps(m.traits).decode(),
                    m.client_at or m.occurred_at,
                )
            )

    def rule(self, judging: Judging) -> None:
        self.words.append(Word(len(self.words) + 1, *judging))

    def facts(self, sender: str, plan: Plan, accounts: Accounts) -> Facts:
        said: dict[RungKey, list[rulings.Said]] = {}
        for word in (w for w in self.words if w.sender == sender):
            rung = (LADDERS.index(word.ladder), word.rung)
            said.setdefault(rung, []).append(rulings.Said(word.at, word.number, word.verdict, word.until))
        ruled = {rung: rulings.together(some) for rung, some in said.items()}
        facts = recompute.facts_from(self.rows[sender], plan, accounts=accounts.memberships([sender]))
        return replace(facts, rulings=ruled)

    @property
    def versions(self) -> tuple[VersionSpec, ...]:
        return tuple(
            replace(version, closed_at=self.closed.get(key), closures=tuple(self.closures.get(key, ())))
            for key, published in self.published.items()
            for version in published
        )

    def journeys(self) -> dict[str, list[JourneyState]]:
        """By sender."""
        plan = Plan(self.versions, (), ZoneInfo("UTC"), any(word.verdict == "revoked" for word in self.words))
        accounts = self.accounts(plan)
        return {
            sender: journeys_of(1, self.facts(sender, plan, accounts), plan)
            for sender, rows in self.rows.items()
            if rows
        }

    def accounts(self, plan: Plan) -> Accounts:
        since: dict[str, dict[str, datetime]] = {}
        everything = [row for rows in self.rows.values() for row in rows]
        for row in everything:
            if row.group_id:
                joined = since.setdefault(row.sender, {})
                joined[row.group_id] = min(joined.get(row.group_id, row.occurred_at), row.occurred_at)
        gathering = Gathering(since, map(plan.signals.get, plan.account_needs.signals), plan.account_needs)
        for row in everything:
            gathering.add(row)
        return Accounts(since, gathering.facts())

    def seen(self) -> dict[tuple[str, int], Seen]:
        return {
            (sender, state.ladder_id): Seen(
                state.began_version_id,
                state.version_id,
                state.started_at,
                {key: (r.at, r.ruling_id or r.message_id, r.unlocks) for key, r in state.reached.items()},
                state.first_value_at,
                state.finished_at,
            )
            for sender, states in self.journeys().items()
            for state in states
        }


class InTheDatabase(World):
    """The same through publication, log and engine."""

    def __init__(self, workspace) -> None:
        self.workspace = workspace

    def publish(self, document: dict, *, at: datetime, moves: bool) -> None:
        with scope(self.workspace):
            ladder = Ladder.objects.filter(key=document["key"]).first()
            if ladder is None or ladder.archived_at is None:
                ladder = import_ladder(document, by=None).ladder
                if ladder.draft:
                    ladder.publish(by=None, at=at, moves=moves)

    def roll_back(self, key: str, *, at: datetime, moves: bool) -> None:
        with scope(self.workspace):
            ladder = Ladder.objects.filter(key=key).first()
            document = export_ladder(ladder, number=1) if ladder else None
        if document:
            self.publish(document, at=at, moves=moves)

    def archive(self, key: str, *, at: datetime) -> None:
        with scope(self.workspace):
            for ladder in Ladder.objects.filter(key=key, archived_at=None):
                ladder.close(at=at)

    def use_again(self, key: str, *, at: datetime) -> None:
        with scope(self.workspace):
            for ladder in Ladder.objects.filter(key=key).exclude(archived_at=None):
                ladder.reopen(at=at)

    def say(self, *messages: Message) -> None:
        append(self.workspace.pk, list(messages))

    def rule(self, judging: Judging) -> Ruling | None:
        """As rule.py does it, but at any moment and for anybody: also for who is not there yet."""
        with scope(self.workspace):
            ladder = Ladder.objects.filter(key=judging.ladder).first()
            if ladder is None:
                return None
            engine.locked_watermark()
            ruling = Ruling.objects.create(**{**judging._asdict(), "ladder": ladder})
            self._take_effect(ruling)
        return ruling

    def withdraw(self, ruling: Ruling) -> None:
        with scope(self.workspace):
            engine.locked_watermark()
            ruling.withdrawn_at = ruling.at
            ruling.save(update_fields=["withdrawn_at"])
            self._take_effect(ruling)

    def _take_effect(self, ruling: Ruling) -> None:
        for person in Person.objects.filter(senders__key=ruling.sender):
            rule.take_effect(person.pk)

    def seen(self) -> dict[tuple[str, int], Seen]:
        engine.settle(self.workspace.pk)
        with scope(self.workspace):
            journeys = Journey.objects.select_related("person").prefetch_related("completions", "unlocks")
            return {
                (journey.person.key, journey.ladder_id): Seen(
                    journey.began_version_id,
                    journey.version_id,
                    journey.started_at,
                    {
                        c.rung_key: (
                            c.completed_at,
                            c.ruling_id or c.message_id,
                            tuple(sorted(u.feature for u in journey.unlocks.all() if u.rung_key == c.rung_key)),
                        )
                        for c in journey.completions.all()
                    },
                    journey.first_value_at,
                    journey.finished_at,
                )
                for journey in journeys
            }
