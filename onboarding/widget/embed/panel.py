"""The panel's HTML: the checklist's own templates, whose pieces a process keeps once they were rendered.

A piece is a step, or all that stands around the steps. Its key holds everything that its template reads: which version
says it in which language (so of which workspace), how far the step is, and dates where the template says days. What is
filled in about somebody (the impact) is never kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from onboarding.widget import kept
from onboarding.widget.checklist import Checklist, Step
from onboarding.widget.words import Words

MOST_KEPT = 10_000
_kept: dict[tuple[Any, ...], str] = {}

# Where the steps go. What is authored is escaped, so it cannot say this.
_STEPS = "<!--steps-->"
_LINES = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Panel:
    """`shown`: None where there is no checklist yet. `key`: under which its version is kept; None: it is not.

    `origin` is the host's site, into which the steps lead. Within the workspace's time zone.
    """

    words: Words
    workspace: str  # its name
    shown: Checklist | None
    key: kept.Key | None
    origin: str
    everything: bool  # all steps rather than the five in sight
    dismissed: bool
    opened_before: bool

    def html(self) -> str:
        around = self._around()
        if _STEPS not in around or self.shown is None:
            return around
        opened = self.shown.unfolded
        today = timezone.localdate()
        steps = "".join(self._step(step, opened, today) for step in self._in_sight)
        return around.replace(_STEPS, steps, 1)

    @cached_property
    def _in_sight(self) -> tuple[Step, ...]:
        if self.shown is None:
            return ()
        return self.shown.steps if self.everything else self.shown.in_sight(opened=self.shown.unfolded)

    def _around(self) -> str:
        shown = self.shown
        opened = shown.unfolded if shown else ""
        context = {
            **self._context(opened),
            "checklist": shown,
            "steps": self._in_sight,
            "steps_html": mark_safe(_STEPS),  # noqa: S308
            "everything": self.everything,
            "dismissed": self.dismissed,
            "opened_before": self.opened_before,
        }
        if shown is None:
            return _piece("widget/embed/_panel.html", context, (self.words.tag, self.dismissed, self.opened_before))
        telling = shown.telling
        done = tuple(step.key for step in shown.steps if step.state == "done")
        own = (done, shown.finished, shown.minutes_left, opened, len(context["steps"]), telling.title, telling.story)
        how = (self.everything, self.dismissed, self.opened_before, shown.all_aside)
        personal = telling.before or telling.after
        return _piece("widget/embed/_panel.html", context, None if personal else self._key(*own, *how))

    def _step(self, step: Step, opened: str, today: date) -> str:
        times = (today, step.overdue, _day(step.due_at), _day(step.done_at), _minute(step.waits_until))
        key = self._key(step.key, step.state, step.skipped, step.waits_for, step.key == opened, *times)
        return _piece("widget/_step.html", {**self._context(opened), "step": step}, key)

    def _key(self, *parts: Any) -> tuple[Any, ...] | None:
        return (self.key, self.workspace, self.origin, *parts) if self.key else None

    def _context(self, opened: str) -> dict[str, Any]:
        return {
            "frame": True,
            "words": self.words,
            "opened": opened,
            "token": "",
            "workspace_name": self.workspace,
        }


def _piece(template: str, context: Mapping[str, Any], key: tuple[Any, ...] | None) -> str:
    found = _kept.get(key) if key else None
    if found is None:
        # Ends of lines mean no more than a blank here, and what they are indented by nothing.
        found = _LINES.sub("\n", render_to_string(template, dict(context)))
        if key:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = found
    return found


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def _minute(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
