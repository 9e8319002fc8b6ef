"""What every figure that leaves the house says of itself: which definition, of whom, within which time, as of when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from analytics.dashboards.asked import SPLIT_NOTHING, SPLIT_TRAIT, SPLIT_VERSION
from analytics.dashboards.board import Board
from analytics.metrics.days import Days
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.sizes import WITHHELD_BELOW

# The metrics that a figure of the page shows; of one that is not named here, all of them are told.
SHOWN_BY = {
    "curve": ("time_to_first_value",),
    "funnel": ("rung_conversion", "drop_off"),
    "rungs": ("rung_conversion", "time_to_first_value"),
    "cohorts": ("cohort_activation",),
    "segments": ("segment_pace", "activation", "time_to_first_value"),
    "versions": ("version_change", "activation", "time_to_first_value"),
    # Lists of people, by which of them (dashboards.people.State).
    "people began": ("began",),
    "people mature": ("rung_conversion",),
    "people reached": ("rung_conversion",),
    "people stuck": ("drop_off",),
    "people waiting": ("rung_conversion",),
    "people done": ("rung_conversion",),
    "people done-in-time": ("rung_conversion",),
    "people value": ("activation",),
    "people no-value": ("time_to_first_value",),
    "people finished": ("ladder_completion",),
    "people watched": ("activation",),
    "people too-new": ("activation",),
    "people immature": ("rung_conversion",),
    "people passed": ("stuck",),
    "people followed": ("time_to_first_value",),
    "people unfollowed": ("time_to_first_value",),
    "people value-so-far": ("forecast",),
    "people has-value": ("time_to_first_value",),
    "people at-risk": ("time_to_first_value",),
    "people elsewhere": ("rung_conversion",),
    "people by-hand": ("rung_conversion",),
    "people early": ("early_steps",),
    "people not-early": ("early_steps",),
}


@dataclass(frozen=True)
class Provenance:
    """`segment` is what people are split by; `immature` of `people` are too new for the window."""

    ladder: str
    begun: Days
    window_days: int
    segment: str
    people: int
    immature: int
    as_of: datetime

    @property
    def immature_share(self) -> float | None:
        """None of fewer than five people, as it would tell of single ones."""
        return self.immature / self.people if self.people >= WITHHELD_BELOW else None


def provenance(board: Board) -> Provenance:
    asked = board.asked
    return Provenance(
        ladder=asked.subject.name,
        begun=asked.begun,
        window_days=asked.window_days,
        segment=split_words(board.split),
        people=board.people,
        immature=board.now.within.immature,
        as_of=asked.as_of.until.astimezone(asked.as_of.zone),
    )


def split_words(split: str) -> str:
    if split == SPLIT_VERSION:
        return _("before and after the newest version")
    if split in ("", SPLIT_NOTHING):
        return _("everybody")
    return _("by %(trait)s") % {"trait": split.removeprefix(SPLIT_TRAIT)}


def definitions(key: str = "") -> tuple[Metric, ...]:
    """The metrics behind a figure, or all of them."""
    return tuple(METRICS[name] for name in SHOWN_BY.get(key, METRICS))
