"""What the frame is told of its reader's checklist, made of a glance and of what versions say."""

import functools
import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from django.utils import timezone

from onboarding.features.standing import features_on
from onboarding.progress.models import Journey
from onboarding.widget import kept
from onboarding.widget.checklist import Checklist, Step, checklist
from onboarding.widget.embed import glance, standing
from onboarding.widget.embed.glance import Climb, Glance
from onboarding.widget.embed.identity import Refused
from onboarding.widget.embed.panel import Panel
from onboarding.widget.embed.session import Reader, Session
from onboarding.widget.embed.standing import Standing, standing_of
from onboarding.widget.kept import Said
from onboarding.widget.models import WidgetSettings
from onboarding.widget.showing import person_behind, telling_of, with_impact
from onboarding.widget.values import of_journey
from onboarding.widget.words import Words, choose, words_of
from workspaces.tenants.models import Workspace


@dataclass(frozen=True)
class View:
    """How somebody asked to see it: every step, and in which language (`asked` for, or as the browser `accepts`)."""

    everything: bool = False
    asked: str = ""
    accepts: str = ""

    def words_for_nobody(self, workspace: Workspace) -> Words:
        """As long as it is not known who reads."""
        return words_of(choose(asked=self.asked, accepts=self.accepts, offered=workspace.offers))


class NotAtHand(Exception):
    """It takes what is not in this process; the page fetches it."""


class Source(Protocol):
    """Where it comes from what a glance does not show. Raises NotAtHand."""

    def said(self, key: kept.Key) -> Said: ...

    def told(self, ladder_id: int) -> set[str]: ...

    def values(self, climb: Climb, shown: Checklist, *, workspace: str) -> dict[str, str]: ...


@dataclass(frozen=True)
class Scope:
    """The database, inside the workspace's scope."""

    sender: str

    def said(self, key: kept.Key) -> Said:
        return kept.of_key(key)

    def told(self, ladder_id: int) -> set[str]:
        return standing.told_of(self.sender, ladder_id)

    def values(self, climb: Climb, shown: Checklist, *, workspace: str) -> dict[str, str]:
        journey = Journey.objects.select_related("person").get(pk=climb.id)
        return of_journey(journey, shown, workspace=workspace, now=timezone.now())


class Showing:
    """One look at the checklist: `tag` is cheap and says whether it changed, `data` is what the frame is told.

    `by_accounts`: the features that the reader has, where they may come by accounts. Within the workspace's time zone.
    """

    def __init__(
        self, seen: Glance, session: Session, view: View, source: Source, *, by_accounts: Sequence[str] | None = None
    ) -> None:
        self._glance, self._session, self._source, self.everything = seen, session, source, view.everything
        self.words = words_of(seen.language(asked=view.asked, accepts=view.accepts))
        self.features = seen.features if by_accounts is None else list(by_accounts)
        self.tag = glance.tag_of(
            seen,
            language=self.words.tag,
            view="all" if view.everything else "",
            began=session.began,
            now=timezone.localtime(),
            by_accounts=by_accounts or (),
        )

    @property
    def known(self) -> bool:
        """Whether anything was ever heard of the reader."""
        return self._glance.person is not None

    @cached_property
    def climb(self) -> Climb | None:
        """Of several climbs the one that matters now: unfinished before finished, then by the role's precedence."""
        climbs = [climb for climb in self._glance.climbs if not climb.archived]
        if len(climbs) < 2:
            return climbs[0] if climbs else None
        return min(
            climbs,
            key=lambda climb: (
                climb.finished_at is not None,
                self._said(climb).role.get("precedence", 0),
                -climb.started_at.timestamp(),
            ),
        )

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self._glance.states, self.climb.ladder_id) if self.climb else Standing()

    def climbed(self) -> Journey:
        """The climb that is shown. Raises Refused where there is none yet. Inside a scope."""
        if self.climb is None:
            raise Refused("no_checklist", "There is no checklist yet for this reader.")
        return Journey.objects.select_related("version__ladder").get(pk=self.climb.id)

    @cached_property
    def checklist(self) -> Checklist | None:
        """Raises NotAtHand where its source does."""
        return self._checklist(self.climb) if self.climb else None

    def data(self) -> dict[str, Any]:
        """Raises NotAtHand where its source does."""
        shown = self.checklist
        return {
            "tag": self.tag,
            "html": self._html(shown),
            "words": _own_words(self.words.tag),
            "fresh": self._fresh(shown),
            "names": {step.key: step.name for step in shown.steps if step.state == "done"} if shown else {},
            "state": self._state(shown),
        }

    def _said(self, climb: Climb) -> Said:
        authored = self._glance.workspace[0]
        of = (self._session.workspace_id, climb.version_id, climb.fingerprint)
        return self._source.said(kept.Key(*of, self.words.tag, authored))

    def _checklist(self, climb: Climb) -> Checklist:
        said, (*_, industry) = self._said(climb), self._glance.person or ("",)
        shown = checklist(
            version=said.spec,
            telling=telling_of(said, ladder=climb.ladder, industry=str(industry or "")),
            contents=said.contents,
            started_at=climb.started_at,
            completed=self._glance.completed(climb),
            now=timezone.now(),
            finished=climb.finished_at is not None,
            skipped=self.standing.skipped,
        )
        if said.texts["impact"] and climb.first_value_at is not None:
            values = self._source.values(climb, shown, workspace=self._glance.workspace[3])
            shown = with_impact(shown, said, values)
        return _in_the_host(shown, self._session.origin)

    def _html(self, shown: Checklist | None) -> str:
        return Panel(
            words=self.words,
            workspace=self._glance.workspace[3],
            shown=shown,
            key=self._said(self.climb).key if self.climb else None,
            origin=self._session.origin,
            everything=self.everything,
            dismissed=self.standing.dismissed,
            opened_before=self._opened_before(),
        ).html()

    def _opened_before(self) -> bool:
        """Whether the reader opened it in an earlier session: what greets them stays while they look at it first."""
        opened_at = self.standing.opened_at
        return opened_at is not None and opened_at < self._session.began

    def _fresh(self, shown: Checklist | None) -> list[str]:
        """What was done since the widget came into sight, and was not celebrated yet."""
        began = self.standing.began_at
        if shown is None or self.climb is None or began is None:
            return []
        done = [step.key for step in shown.steps if step.done_at is not None and step.done_at >= began]
        told = self._source.told(self.climb.ladder_id) if done else set()
        return [key for key in done if key not in told]

    def _state(self, shown: Checklist | None) -> dict[str, Any]:
        """What the page is told: enough for the launcher, and for its own code."""
        text, label = _pill(self.words.tag, shown.title, shown.done, shown.total) if shown else ("", "")
        settings = self._glance.settings
        return {
            "show": shown is not None,
            "done": shown.done if shown else 0,
            "total": shown.total if shown else 0,
            "finished": shown is not None and shown.finished,
            "dismissed": self.standing.dismissed,
            "text": text,
            "label": label,
            "position": settings[2] if settings else WidgetSettings.Position.BOTTOM_RIGHT,
            "features": self.features,
        }


def look(reader: Reader, view: View) -> Showing:
    """The checklist of somebody who was let in, inside of their workspace's scope."""
    sender = reader.session.sender
    seen = glance.take(reader.workspace.pk, sender)
    by_accounts: list[str] | None = None
    if seen.by_accounts and (person := person_behind(sender)):
        by_accounts = sorted(features_on(person))
    return Showing(seen, reader.session, view, Scope(sender), by_accounts=by_accounts)


@functools.cache
def _own_words(language: str) -> dict[str, str]:
    """What the frame's script says or writes itself."""
    words = words_of(language)
    own = {key: _plain(words.say(key)) for key in ("close", "offline", "all_done")}
    filled_in = {key: str(words.texts[key]) for key in ("news", "next")}
    return {"lang": words.tag, "dir": words.direction, **own, **filled_in}


@functools.lru_cache(maxsize=2_000)
def _pill(language: str, title: str, done: int, total: int) -> tuple[str, str]:
    """What the launcher shows, and what it is called."""
    words = words_of(language)
    text, label = (
        words.say("pill", done=done, total=total),
        words.say("pill_label", title=title, done=done, total=total),
    )
    return _plain(text), _plain(label)


def _plain(text: str) -> str:
    """A text of ours as text: scripts put it where no markup is read."""
    return html.unescape(text)


def _in_the_host(shown: Checklist, origin: str) -> Checklist:
    """The checklist with paths leading into the page that holds the frame, not into the frame's own site."""

    def there(step: Step) -> Step:
        return replace(step, action_url=origin + step.action_url) if step.action_url.startswith("/") else step

    return replace(shown, steps=tuple(there(step) for step in shown.steps))
