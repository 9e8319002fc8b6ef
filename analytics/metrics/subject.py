"""What numbers are told about: a ladder with its published versions, and the things to reach on it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from django.utils.translation import gettext as _

from analytics.cubes.measures import Measure
from milestones.ladders.spec import RungSpec, VersionSpec


@dataclass(frozen=True)
class Subject:
    """A ladder as it is measured. `versions` are the published ones, oldest first, at least one."""

    key: str
    name: str
    role: str
    versions: tuple[VersionSpec, ...]

    @property
    def latest(self) -> VersionSpec:
        return self.versions[-1]

    @property
    def archived(self) -> bool:
        """Nobody begins it any more; its numbers stay."""
        return self.latest.closed_at is not None

    @cached_property
    def rungs(self) -> tuple[RungSpec, ...]:
        """The rungs of the latest version, then those that only older versions have."""
        newest = {rung.key for rung in self.latest.rungs}
        older: dict[str, RungSpec] = {}
        for version in reversed(self.versions[:-1]):
            for rung in version.rungs:
                if rung.key not in newest:
                    older.setdefault(rung.key, rung)
        return (*self.latest.rungs, *older.values())

    def rung(self, key: str) -> RungSpec | None:
        return next((rung for rung in self.rungs if rung.key == key), None)

    @property
    def start_name(self) -> str:
        """What beginning means: the start event's name."""
        return self.latest.start.event if self.latest.start else _("First seen")

    @property
    def same_funnel(self) -> tuple[VersionSpec, ...]:
        """The versions whose ordered funnel is the latest one's; steps of another order don't add up with it."""
        return tuple(version for version in self.versions if version.funnel == self.latest.funnel)


@dataclass(frozen=True)
class Goal:
    """Something to reach: a measure and, for each version that has it at all, the rung's key there.

    People who began on versions without it are not in its denominator.
    """

    measure: Measure
    keys: Mapping[int, str]


def first_value(subject: Subject) -> Goal:
    """First value on the version that they were on by then: its own first-value rung."""
    return _goal(Measure.VALUE, {v.version_id: "" for v in subject.versions})


def rung(subject: Subject, key: str) -> Goal:
    """The rung, in whatever order."""
    having = [v for v in subject.versions if any(rung.key == key for rung in v.rungs)]
    return _goal(Measure.COMPLETED, {v.version_id: key for v in having})


def in_order(subject: Subject, key: str) -> Goal:
    """The step of the latest version's ordered funnel."""
    return _goal(Measure.IN_ORDER, {v.version_id: key for v in subject.same_funnel})


def finished(subject: Subject) -> Goal:
    """Every rung of one of the versions that the person was on."""
    return _goal(Measure.FINISHED, {v.version_id: "" for v in subject.versions})


def _goal(measure: Measure, keys: dict[int, str]) -> Goal:
    return Goal(measure, MappingProxyType(keys))
