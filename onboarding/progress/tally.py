"""What a rehearsal says, added up: how many people, and a few of them to look at. Pure, and plain data when kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from milestones.ladders.spec import VersionSpec
from onboarding.progress.dry_run import Change

SHOWN = 5
RECENT = timedelta(days=28)  # for "newcomers a day"

# What is counted of people, each with a few of them:
LINES = (
    "begin",  # get a journey by publishing
    "under_way",  # had a journey before and had not finished it
    "finished",  # had finished before
    "move",  # are shown the new version from then on
    "gain",  # of those under way: get credit for more
    "gain_finished",  # of those who had finished
    "lose",  # lose credit for a step that still exists
    "finish",  # finish by publishing
    "unfinish",  # had finished and would not have any more
)


@dataclass
class Tally:
    """Counts of people, to which the changes of a rehearsal are added. `rungs`: by key, done before and after."""

    version: VersionSpec
    at: datetime
    people: int = 0
    journeys: int = 0
    recent: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[int]] = field(default_factory=dict)
    done_before: Counter[str] = field(default_factory=Counter)
    done_after: Counter[str] = field(default_factory=Counter)

    def add(self, looked_at: int, changes: Iterable[tuple[int, Change]]) -> None:
        """Add the changes of so many people."""
        self.people += looked_at
        for person, change in changes:
            for line in self._lines(change):
                self.counts[line] += 1
                if len(sample := self.samples.setdefault(line, [])) < SHOWN:
                    sample.append(person)
            if change.before:
                self.done_before.update(change.before.reached.keys())
            if change.after:
                self.journeys += 1
                self.recent += self.at - RECENT < change.after.started_at <= self.at
                self.done_after.update(change.after.reached.keys())

    def _lines(self, change: Change) -> Iterable[str]:
        before, after = change
        if before is None:
            yield "begin"
        else:
            yield "finished" if before.finished_at else "under_way"
        if before and after and before.version_id != after.version_id:
            yield "move"
        had = before.reached.keys() if before else set()
        has = after.reached.keys() if after else set()
        if before and has - had:
            yield "gain_finished" if before.finished_at else "gain"
        if had - has:
            yield "lose"
        if after and after.finished_at and not (before and before.finished_at):
            yield "finish"
        if before and before.finished_at and not (after and after.finished_at):
            yield "unfinish"

    @property
    def data(self) -> dict[str, Any]:
        """All of it as plain data, for a page and to be kept."""
        return {
            "number": self.version.number,
            "people": self.people,
            "journeys": self.journeys,
            "a_day": self.recent / RECENT.days,
            "lines": {line: {"n": self.counts[line], "people": self.samples.get(line, [])} for line in LINES},
            "rungs": [
                {
                    "key": rung.key,
                    "name": rung.name,
                    "before": self.done_before[rung.key],
                    "after": self.done_after[rung.key],
                }
                for rung in self.version.rungs
            ],
        }


def people_of(data: Mapping[str, Any]) -> set[int]:
    """Everybody whom the data names."""
    return {person for line in data["lines"].values() for person in line["people"]}
