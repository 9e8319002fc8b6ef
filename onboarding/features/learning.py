"""Which features there are: those that published ladders name. Nobody needs to make one by hand."""

from collections.abc import Iterable
from typing import NamedTuple

from milestones.ladders.models import Ladder
from milestones.ladders.spec import VersionSpec
from milestones.ladders.specs import published_specs
from milestones.library.keys import feature_name
from onboarding.features.models import Feature
from workspaces.scope.bulk import insert_rows


class Place(NamedTuple):
    """A step that switches a feature on; `number` is the newest version of the ladder that says so.

    `current`: whether that is the ladder's current version, and the ladder in use. Else only people who are still on
    an older version get there.
    """

    feature: str
    ladder_key: str
    ladder_name: str
    number: int
    step_key: str
    step_name: str
    current: bool


def learn() -> None:
    """Know every feature that a published version names, and which of them are named now. Inside a scope."""
    specs = published_specs()
    named = {rung.unlock for spec in _current(specs) for rung in spec.rungs if rung.unlock}
    known = dict(Feature.objects.values_list("key", "named"))
    ever = {rung.unlock for spec in specs for rung in spec.rungs if rung.unlock}
    new = [
        {"key": key, "name": feature_name(key), "description": "", "reach": Feature.Reach.PERSON, "named": key in named}
        for key in sorted(ever - known.keys())
    ]
    insert_rows(Feature, new, on_conflict="(workspace_id, key) DO NOTHING")
    for state in (True, False):
        changed = [key for key, was in known.items() if was != state and (key in named) == state]
        if changed:
            Feature.objects.filter(key__in=changed).update(named=state)


def places() -> dict[str, list[Place]]:
    """By feature, the steps that switch it on, of the newest version of each ladder that says so. Inside a scope."""
    specs = published_specs()
    current = {spec.version_id for spec in _current(specs)}
    names = dict(Ladder.objects.values_list("pk", "name"))
    found: dict[tuple[str, int, str], Place] = {}
    for spec in specs:  # a ladder's newest last
        for rung in spec.rungs:
            if rung.unlock:
                found[rung.unlock, spec.ladder_id, rung.key] = Place(
                    rung.unlock,
                    spec.ladder_key,
                    names[spec.ladder_id],
                    spec.number,
                    rung.key,
                    rung.name,
                    spec.version_id in current,
                )
    by_feature: dict[str, list[Place]] = {}
    for place in found.values():
        by_feature.setdefault(place.feature, []).append(place)
    return by_feature


def _current(specs: Iterable[VersionSpec]) -> list[VersionSpec]:
    """Of each ladder in use the newest version."""
    newest = {spec.ladder_id: spec for spec in specs}
    return [spec for spec in newest.values() if spec.closed_at is None]
