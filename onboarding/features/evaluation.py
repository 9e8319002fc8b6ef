"""Whether somebody has a feature, and why. Pure.

Three things switch a feature on for a person:
- *completion*: a step that they did themselves. What was unlocked stays, whatever later versions of the ladder say:
  credit is kept by the step's key. Revoking the completion takes it away again.
- *account*: a step that anybody in an account of theirs did, where the feature is for everyone in the account.
- *grant*: a member's word, to the person or to an account of theirs, until it expires.
The first of these that there is, in this order, is said to be the source; of several grants the one that lasts longest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Source = Literal["completion", "account", "grant"]
Reason = Literal["TARGETING_MATCH", "DEFAULT", "DISABLED"]

ON, OFF = "on", "off"
_RANK = {"completion": 0, "account": 1, "grant": 2}
_FOR_EVER = "9999"


@dataclass(frozen=True, slots=True)
class Known:
    """A feature as the workspace knows it."""

    key: str
    named: bool = True
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that switches a feature on. Moments are ISO 8601 in UTC, which sorts as they do."""

    feature: str
    source: Source
    since: str
    until: str = ""  # of a grant; empty: for good
    ladder: str = ""  # of a step
    step: str = ""
    account: str = ""  # where it comes by an account


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`reason` is one of OpenFeature's; `metadata` is flat, and has no empty values."""

    key: str
    value: bool
    reason: Reason
    metadata: Mapping[str, str | bool] = field(default_factory=dict)

    @property
    def variant(self) -> str:
        return ON if self.value else OFF

    @property
    def as_data(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "value": self.value,
            "reason": self.reason,
            "variant": ON if self.value else OFF,
            "metadata": self.metadata,
        }


def evaluate(feature: Known, given: Iterable[Given]) -> Evaluation:
    """Whether somebody has the feature to whom all this is given (also what concerns other features)."""
    metadata: dict[str, str | bool] = {}
    if not feature.named:
        metadata["named"] = False
    if feature.archived:
        return Evaluation(feature.key, False, "DISABLED", metadata)
    best = source_of(feature.key, given)
    if best is None:
        return Evaluation(feature.key, False, "DEFAULT", metadata)
    metadata["source"] = best.source
    for name in ("ladder", "step", "account", "since", "until"):
        if value := getattr(best, name):
            metadata[name] = value
    return Evaluation(feature.key, True, "TARGETING_MATCH", metadata)


def source_of(key: str, given: Iterable[Given]) -> Given | None:
    """What is said to switch the feature on; None when nothing does."""
    found = [one for one in given if one.feature == key]
    if len(found) > 1:
        rank = min(_RANK[one.source] for one in found)
        found = [one for one in found if _RANK[one.source] == rank]
        lasting = max(one.until or _FOR_EVER for one in found)
        found = [one for one in found if (one.until or _FOR_EVER) == lasting]
        found.sort(key=lambda one: (one.since, one.account, one.ladder, one.step))
    return found[0] if found else None


def evaluate_all(features: Sequence[Known], given: Sequence[Given]) -> list[Evaluation]:
    """Every feature that is known, or that is given though nobody has noted it yet, in the order of their keys."""
    of: dict[str, list[Given]] = {}
    for one in given:
        of.setdefault(one.feature, []).append(one)
    known = {feature.key: feature for feature in features}
    return [evaluate(known.get(key) or Known(key), of.get(key, ())) for key in sorted(known.keys() | of.keys())]
