"""What the engine looks for in one workspace: its published versions, and the signals and traits that they read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from milestones.ladders.spec import VersionSpec
from milestones.library.conditions import EventCondition, Rule, TraitCondition, leaves, rule_matches
from milestones.library.operators import MISSING
from onboarding.progress.facts import Facts

Need = tuple[str, str]  # kind and key, as in Tracked


@dataclass(frozen=True)
class Plan:
    """`segments` are the traits that the workspace's numbers split by; `zone` says when its days begin."""

    versions: tuple[VersionSpec, ...]
    segments: tuple[str, ...]
    zone: ZoneInfo

    @cached_property
    def signals(self) -> dict[str, EventCondition]:
        return {key: condition for version in self.versions for key, condition in version.signals.items()}

    @cached_property
    def traits(self) -> frozenset[str]:
        """Every trait that a criterion, a role's rule or a segment reads."""
        read = [leaf for version in self.versions for rung in version.rungs for leaf in leaves(rung.criterion)]
        read += [leaf for version in self.versions for leaf in leaves(version.rule)]
        return frozenset(leaf.trait for leaf in read if isinstance(leaf, TraitCondition)) | frozenset(self.segments)

    @cached_property
    def ladders(self) -> dict[int, list[VersionSpec]]:
        """Per ladder its published versions, the newest first."""
        ladders: dict[int, list[VersionSpec]] = {}
        for version in sorted(self.versions, key=lambda version: -version.number):
            ladders.setdefault(version.ladder_id, []).append(version)
        return ladders

    @cached_property
    def rungs_by_signal(self) -> dict[tuple[int, str], list[str]]:
        """Per version and signal, the keys of the rungs that read it; the start reads as ''."""
        readers: dict[tuple[int, str], list[str]] = {}
        for version in self.versions:
            if version.start is not None:
                readers.setdefault((version.version_id, version.start.signal), []).append("")
            for rung in version.rungs:
                for leaf in leaves(rung.criterion):
                    if isinstance(leaf, EventCondition):
                        readers.setdefault((version.version_id, leaf.signal), []).append(rung.key)
        return readers

    @cached_property
    def needs(self) -> frozenset[Need]:
        """All whose history must have been taken into account before the news can be."""
        return frozenset(
            [("signal", key) for key in self.signals]
            + [("trait", name) for name in self.traits]
            + [("version", str(version.version_id)) for version in self.versions]
            + [("segment", name) for name in self.segments]
            + [("zone", self.zone.key)]
        )

    def role_of(self, traits: Mapping[str, Any]) -> str:
        """The role of a person with these traits: of those that match, the one with the smallest precedence."""
        for _, key, rule in self._roles:
            if rule_matches(rule, traits):
                return key
        return ""

    @cached_property
    def _roles(self) -> list[tuple[int, str, Rule]]:
        latest = {v.role_key: (v.role_precedence, v.role_key, v.rule) for v in sorted(self.versions, key=_age)}
        return sorted(latest.values(), key=lambda role: role[:2])

    def role_traits(self, facts: Facts, start: Any) -> dict[str, Any]:
        """The traits that roles read, as they were at the start."""
        names = {leaf.trait for _, _, rule in self._roles for leaf in leaves(rule) if isinstance(leaf, TraitCondition)}
        found = {name: facts.trait_at_start(name, start) for name in names}
        return {name: value for name, value in found.items() if value is not MISSING}


def by_event(conditions: Iterable[EventCondition]) -> dict[str, list[EventCondition]]:
    """The conditions by the name of the event that they ask for."""
    found: dict[str, list[EventCondition]] = {}
    for condition in conditions:
        found.setdefault(condition.event, []).append(condition)
    return found


def _age(version: VersionSpec) -> tuple[int, int]:
    return version.number, version.version_id
