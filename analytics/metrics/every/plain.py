"""Figures as a table of plain text."""

from collections.abc import Callable, Iterable

from rich.console import Console

from analytics.metrics.as_data import Data
from analytics.metrics.every.figure import Figure
from analytics.metrics.plain import duration, table
from analytics.metrics.registry import METRICS
from analytics.stats import NotComputable


def show_every(found: dict[str, list[Figure] | NotComputable], trait: str, console: Console) -> None:
    """One table a metric, under its name and what it says."""
    for key, figures in found.items():
        metric = METRICS[key]
        console.print(f"\n[b]{metric.name}[/b] (definition {metric.version}): {metric.sentence}")
        if isinstance(figures, NotComputable):
            console.print(f"Not computable: {figures.reason}.")
            continue
        columns = ["Of", *([trait] if trait else []), "Number", "n", "Too new"]
        rows = table("", columns)
        for one in figures:
            of = [one.about or "everybody", *([one.value or "everybody"] if trait else [])]
            sizes = ("–" if n is None else f"{n:,}" for n in (one.n_told, one.immature_told))
            rows.add_row(*of, words(one.told), *sizes)
        console.print(rows)


def words(told: Data) -> str:
    """The number in it as text, or why there is none."""
    if "not_computable" in told:
        return f"not computable: {told['not_computable']}"
    if "time_s" in told:
        time = told["time_s"]
        return "not yet reached" if time is None else duration(time) + _within(told, "_s", duration)
    if told.get("share") is not None:
        return f"{told['share']:.1%}" + _within(told, "", "{:.1%}".format)
    if "score" in told:
        return f"{told['score']:+.0f}" + _within(told, "", "{:+.0f}".format)
    return ", ".join(_few(told))


def _few(told: Data) -> Iterable[str]:
    for key, value in told.items():
        if isinstance(value, dict):
            rest = ", ".join(_few(value)) if key in ("coverage", "did", "did_not") else ""
            if rest:
                yield f"{key.replace('_', ' ')}: {rest}"
        elif isinstance(value, float):
            yield f"{key.replace('_', ' ')} {value:.3g}"
        elif value is not None and not isinstance(value, list):
            yield f"{key.replace('_', ' ')} {value}"


def _within(told: Data, unit: str, write: Callable[[float], str]) -> str:
    ends = ["…" if told.get(f"{end}{unit}") is None else write(told[f"{end}{unit}"]) for end in ("low", "high")]
    return f" ({ends[0]} to {ends[1]})"
