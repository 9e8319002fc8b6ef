"""One line for each rung: how many reached it, and when. Pure."""

from dataclasses import dataclass

from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.counts import Counts
from analytics.metrics.pace import Pace, pace
from analytics.metrics.subject import Subject


@dataclass(frozen=True)
class RungLine:
    """`pace` is of everybody who began on a version that has the rung."""

    key: str
    name: str
    phase: str
    first_value: bool
    pace: Pace


def rung_table(counts: Counts, subject: Subject, as_of: AsOf, *, window_days: int) -> tuple[RungLine, ...]:
    """Every rung of the latest version, then those that only older ones have; in whatever order they were reached."""
    lines = []
    for rung in subject.rungs:
        on_rung = pace(rung.name, counts.towards(goals.rung(subject, rung.key)), as_of, window_days=window_days)
        lines.append(RungLine(rung.key, rung.name, rung.phase, rung.first_value, on_rung))
    return tuple(lines)
