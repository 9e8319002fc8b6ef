"""The storm as text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from trial.ledger import Ledger
from trial.storm import Struck
from trial.watch import Watch, first_after, longest_gap


def of_the_storm(happened: Sequence[Struck], ledger: Ledger, watch: Watch, *, seconds: float) -> str:
    lines = [
        f"{len(ledger.sent):,} messages in {ledger.requests:,} accepted requests, {len(happened)} failures "
        f"in {seconds:.0f} s.",
        f"Sent again because of: {_counted(ledger.retries) or 'nothing'}.",
        f"Longest time without a 200: {longest_gap(ledger.answers_at):.1f} s; "
        + "without a completion: "
        + ", ".join(f"{longest_gap(moments):.1f} s in {name}" for name, moments in watch.changed_at.items())
        + ".",
        "",
        f"{'seconds from mending until …':34}{'times':>6}{'the next 200':>18}{'the next completion':>22}",
        f"{'':34}{'':>6}{'median':>9}{'longest':>9}{'median':>12}{'longest':>10}",
    ]
    for name, struck in _by_kind(happened).items():
        answers = [first_after(ledger.answers_at, one.mended_at) for one in struck]
        completions = [first_after(moments, one.mended_at) for one in struck for moments in watch.changed_at.values()]
        lines.append(f"{name:34}{len(struck):>6}{_middle_and_most(answers, 9)}{_middle_and_most(completions, 11)}")
    return "\n".join(lines)


def of_the_logs(expected: Mapping[str, Counter[str]]) -> str:
    """Tracebacks that are explained by a server that was down."""
    told = [f"{process}: {_counted(counts)}" for process, counts in sorted(expected.items()) if counts]
    return "Tracebacks of servers that were gone: " + ("; ".join(told) or "none") + "."


def _by_kind(happened: Sequence[Struck]) -> dict[str, list[Struck]]:
    found: dict[str, list[Struck]] = {}
    for struck in happened:
        found.setdefault(struck.kind.name, []).append(struck)
    return dict(sorted(found.items()))


def _middle_and_most(values: Sequence[float | None], width: int) -> str:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return f"{'never':>{width}}{'':>{width}}"
    return f"{median(known):>{width}.1f}{max(known):>{width}.1f}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}×" for name, count in sorted(counts.items()))
