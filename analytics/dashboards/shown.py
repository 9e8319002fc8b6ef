"""What the adoption page shows of a question: one context, wherever it is shown (page, mail, PDF, shared link)."""

from dataclasses import dataclass
from typing import Any

from analytics.dashboards.asked import WINDOWS_DAYS, Asked
from analytics.dashboards.board import Board, board
from analytics.dashboards.by_hand import completions_by_hand
from analytics.dashboards.freshness import freshness
from analytics.dashboards.page import figures
from analytics.dashboards.sections.ordered import sections, tiles
from analytics.metrics import fetch
from analytics.metrics.period import PERIODS_DAYS
from workspaces.tenants.models import Workspace


@dataclass(frozen=True)
class Shown:
    """A template and its context but for `request` and `workspace`; `board` is None when no ladder is published."""

    template: str
    context: dict[str, Any]
    board: Board | None


def shown(workspace: Workspace, asked: Asked | None, *, outside: bool = False) -> Shown:
    """Inside the scope. `outside`: for whoever is no member, and may not see single people."""
    context: dict[str, Any] = {
        "asked": asked,
        "subjects": fetch.subjects(),
        "periods": PERIODS_DAYS,
        "windows": WINDOWS_DAYS,
        "freshness": freshness(),
    }
    if asked is None:
        return Shown("dashboards/nothing.html", context, None)
    counts = fetch.counts(asked.subject, asked.begun, before=asked.before, as_of=asked.as_of)
    found = board(asked, counts, workspace.segments, outside=outside)
    context |= {"board": found, "traits": workspace.segments, "by_hand": completions_by_hand(asked)}
    if not found.people:
        last = fetch.last_begun(asked.subject, asked.as_of)
        return Shown("dashboards/nobody.html", context | {"last_begun_on": last}, found)
    context |= {"sections": sections(), "tiles": tiles(), **figures(found, workspace.pk)}
    return Shown("dashboards/adoption.html", context, found)
