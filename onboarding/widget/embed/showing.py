"""What the frame shows and tells of its reader's checklist. Inside a scope."""

import html
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from onboarding.features.evaluation import features_on
from onboarding.people.models import Person
from onboarding.progress.models import Journey
from onboarding.widget.checklist import Checklist, Step
from onboarding.widget.embed import glance
from onboarding.widget.embed.identity import Refused
from onboarding.widget.embed.session import Reader
from onboarding.widget.embed.standing import Standing, standing_of, states_of, told_of
from onboarding.widget.models import WidgetState
from onboarding.widget.showing import checklist_of, journey_to_show, person_behind
from onboarding.widget.words import Words, choose, words_of
from workspaces.tenants.models import Workspace


@dataclass(frozen=True)
class View:
    """How somebody asked to see it: every step, and in which language (`asked` for, or as the browser `accepts`)."""

    everything: bool = False
    asked: str = ""
    accepts: str = ""

    def words_for(self, person: Person | None, workspace: Workspace) -> Words:
        traits = person.traits if person is not None else {}
        return words_of(choose(asked=self.asked, traits=traits, accepts=self.accepts, offered=workspace.offers))


class Showing:
    """One look at the checklist: `tag` is cheap and says whether it changed, `data` is what the frame is told.

    `everything`: all steps rather than the five in sight.
    """

    def __init__(self, reader: Reader, view: "View") -> None:
        self.reader, self.everything = reader, view.everything
        self._glance = glance.take(reader.workspace, reader.session.sender)
        self.words = words_of(self._glance.language(asked=view.asked, accepts=view.accepts))
        self.tag = glance.tag_of(
            self._glance,
            language=self.words.tag,
            everything=view.everything,
            began=reader.session.began,
            now=timezone.localtime(),
            by_accounts=self.features if self._glance.by_accounts else (),
        )

    @cached_property
    def person(self) -> Person | None:
        return person_behind(self.reader.session.sender)

    @cached_property
    def states(self) -> list[WidgetState]:
        return states_of(self.person) if self.person else []

    @cached_property
    def features(self) -> list[str]:
        return sorted(features_on(self.person)) if self.person else []

    @cached_property
    def journey(self) -> Journey | None:
        return journey_to_show(self.person) if self.person else None

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.states, self.journey.ladder_id) if self.journey else Standing()

    def _opened_before(self, opened_at: datetime | None) -> bool:
        """Whether the reader opened it in an earlier session: what greets them stays while they look at it first."""
        return opened_at is not None and opened_at.timestamp() < self.reader.session.began

    def climbed(self) -> Journey:
        """The climb that is shown. Raises Refused where there is none yet."""
        if self.journey is None:
            raise Refused("no_checklist", "There is no checklist yet for this reader.")
        return self.journey

    @cached_property
    def checklist(self) -> Checklist | None:
        if self.journey is None:
            return None
        shown = checklist_of(
            self.journey,
            now=timezone.now(),
            language=self.words.tag,
            authored=self.reader.workspace.language,
            skipped=self.standing.skipped,
        )
        return _in_the_host(shown, self.reader.session.origin)

    def data(self) -> dict[str, Any]:
        shown = self.checklist
        return {
            "tag": self.tag,
            "html": self._html(shown),
            "words": _own_words(self.words),
            "fresh": self._fresh(shown),
            "names": {step.key: step.name for step in shown.steps if step.state == "done"} if shown else {},
            "state": self._state(shown),
        }

    def _html(self, shown: Checklist | None) -> str:
        opened = shown.unfolded if shown else ""
        context = {
            "frame": True,
            "words": self.words,
            "checklist": shown,
            "steps": () if shown is None else shown.steps if self.everything else shown.in_sight(opened=opened),
            "everything": self.everything,
            "opened": opened,
            "token": "",
            "workspace_name": self.reader.workspace.name,
            "dismissed": self.standing.dismissed,
            "opened_before": self._opened_before(self.standing.opened_at),
        }
        return render_to_string("widget/embed/_panel.html", context)

    def _fresh(self, shown: Checklist | None) -> list[str]:
        """What was done since the widget came into sight, and was not celebrated yet."""
        began = self.standing.began_at
        if shown is None or self.journey is None or began is None:
            return []
        done = [step.key for step in shown.steps if step.done_at is not None and step.done_at >= began]
        told = told_of(self.reader.session.sender, self.journey.ladder) if done else set()
        return [key for key in done if key not in told]

    def _state(self, shown: Checklist | None) -> dict[str, Any]:
        """What the page is told: enough for the launcher, and for its own code."""
        counted = {"done": shown.done, "total": shown.total} if shown else {}
        return {
            "show": shown is not None,
            "done": shown.done if shown else 0,
            "total": shown.total if shown else 0,
            "finished": shown is not None and shown.finished,
            "dismissed": self.standing.dismissed,
            "text": _plain(self.words.say("pill", **counted)) if shown else "",
            "label": _plain(self.words.say("pill_label", title=shown.title, **counted)) if shown else "",
            "position": self.reader.settings.position,
            "features": self.features,
        }


def _own_words(words: Words) -> dict[str, str]:
    """What the frame's script says or writes itself."""
    own = {key: _plain(words.say(key)) for key in ("close", "offline", "all_done")}
    filled_in = {key: str(words.texts[key]) for key in ("news", "next")}
    return {"lang": words.tag, "dir": words.direction, **own, **filled_in}


def _plain(text: str) -> str:
    """A text of ours as text: scripts put it where no markup is read."""
    return html.unescape(text)


def _in_the_host(shown: Checklist, origin: str) -> Checklist:
    """The checklist with paths leading into the page that holds the frame, not into the frame's own site."""

    def there(step: Step) -> Step:
        return replace(step, action_url=origin + step.action_url) if step.action_url.startswith("/") else step

    return replace(shown, steps=tuple(there(step) for step in shown.steps))
