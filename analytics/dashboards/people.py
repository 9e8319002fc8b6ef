"""The people behind a figure: the very ones that it counts."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from analytics.dashboards.asked import Asked
from analytics.metrics.days import Days
from analytics.metrics.question import Unanswerable
from analytics.metrics.segments import NOT_SET
from onboarding.progress.models import Completion, Journey


class State(StrEnum):
    """Which of those who began.

    `began` everybody, `mature` who has been watched for the whole window, `reached` who reached the rung in it (in
    order), `stuck` who reached the step before the rung and not the rung, `waiting` who is on the way to the rung,
    `done` who has reached it in whatever order and at any time; `value` who reached first value in the window,
    `no-value` who is on the way to it, `finished` who reached every rung in the window.
    """

    BEGAN = "began"
    MATURE = "mature"
    REACHED = "reached"
    STUCK = "stuck"
    WAITING = "waiting"
    DONE = "done"
    VALUE = "value"
    NO_VALUE = "no-value"
    FINISHED = "finished"


IN_ORDER = (State.MATURE, State.REACHED, State.STUCK)  # told from the ordered funnel
WATCHED = (*IN_ORDER, State.VALUE, State.FINISHED)  # of those who have been watched for the whole window


@dataclass(frozen=True)
class Selection:
    """`rung` is a rung, or '' for the beginning; `value` of `trait` narrows to a segment, `version` to its number."""

    asked: Asked
    state: State
    rung: str
    begun: Days
    trait: str = ""
    value: str = ""
    version: int | None = None
    crossed: tuple[str, str] = ("", "")
    """A second trait and its value."""

    @property
    def before(self) -> str:
        """The step of the funnel before the rung; '' is the beginning."""
        funnel = self.asked.subject.latest.funnel
        place = funnel.index(self.rung)
        return funnel[place - 1] if place else ""

    def people(self) -> QuerySet[Journey]:
        """Their journeys, the latest to begin first; of a rung that they reached, whether `by_hand`. Inside a scope.

        People count under the version that they began on, also those who were moved since.
        """
        subject, as_of = self.asked.subject, self.asked.as_of
        versions = subject.same_funnel if self.state in IN_ORDER else subject.versions
        if self.state in (State.WAITING, State.DONE):
            versions = tuple(v for v in versions if any(rung.key == self.rung for rung in v.rungs))
        last = self.begun.last
        if self.state in WATCHED:
            last = min(last, as_of.last_mature_day(self.asked.window_days))
        found = Journey.objects.filter(
            began_version_id__in=[v.version_id for v in versions if self.version in (None, v.number)],
            cohort_on__gte=self.begun.first,
            cohort_on__lte=last,
        )
        for number, (trait, value) in enumerate(((self.trait, self.value), self.crossed)):
            if trait:
                name = f"segment_value_{number}"
                found = found.alias(**{name: KeyTextTransform(trait, "segment")})
                found = found.filter(**{f"{name}__isnull": True} if value == NOT_SET else {name: value})
        valued = Q(first_value_at__lt=as_of.until)
        if self.state is State.VALUE:
            elapsed = ExpressionWrapper(F("first_value_at") - F("started_at"), output_field=DurationField())
            found = found.filter(valued).alias(elapsed=elapsed).filter(elapsed__lte=self._window)
        elif self.state is State.NO_VALUE:
            found = found.exclude(valued)
        elif self.state is State.FINISHED:
            elapsed = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
            done = found.filter(finished_at__lt=as_of.until)
            found = done.alias(elapsed=elapsed).filter(elapsed__lte=self._window)
        elif self.rung and self.state is not State.BEGAN:
            reached = self._reached(self.rung)
            if self.state is State.REACHED:
                by_hand = Exists(self._completions(self.rung).filter(ruling__isnull=False))
                found = found.filter(reached).annotate(by_hand=by_hand)
            elif self.state is State.WAITING:
                found = found.filter(~Exists(self._completions(self.rung)))
            elif self.state is State.DONE:
                found = found.filter(Exists(self._completions(self.rung)))
            elif self.state is State.STUCK:
                found = found.filter(~reached)
                if self.before:
                    found = found.filter(self._reached(self.before))
        return found.select_related("person").order_by("-started_at", "-id")

    @property
    def _window(self) -> timedelta:
        return timedelta(days=self.asked.window_days)

    def _completions(self, rung: str) -> QuerySet[Completion]:
        return Completion.objects.filter(
            journey_id=OuterRef("pk"), rung_key=rung, completed_at__lt=self.asked.as_of.until
        )

    def _reached(self, rung: str) -> Exists:
        """In order and within the window, both ends counted."""
        elapsed = ExpressionWrapper(F("in_order_at") - OuterRef("started_at"), output_field=DurationField())
        return Exists(
            Completion.objects.filter(journey_id=OuterRef("pk"), rung_key=rung, in_order_at__lt=self.asked.as_of.until)
            .alias(elapsed=elapsed)
            .filter(elapsed__lte=self._window)
        )


def read_state(text: str) -> State:
    """Raises Unanswerable."""
    try:
        return State(text or State.BEGAN)
    except ValueError:
        raise Unanswerable(
            _("People can be %(states)s; “%(text)s” is none of these.") % {"states": ", ".join(State), "text": text}
        ) from None


def read_rung(asked: Asked, key: str, state: State) -> str:
    """A rung of the latest version's funnel, or '' . Raises Unanswerable."""
    if key and asked.subject.rung(key) is None:
        raise Unanswerable(_("“%(ladder)s” has no rung “%(key)s”.") % {"ladder": asked.subject.name, "key": key})
    if key and state in (State.REACHED, State.STUCK) and key not in asked.subject.latest.funnel:
        raise Unanswerable(
            _("The rung “%(key)s” is not a step of the funnel, so nobody can be stuck before it.") % {"key": key}
        )
    if not key and state in (State.REACHED, State.STUCK, State.WAITING, State.DONE):
        raise Unanswerable(_("Name the rung that people have reached, are stuck before or are on the way to."))
    return key


def read_version(asked: Asked, text: str) -> int | None:
    """The number of a published version, or None for all. Raises Unanswerable."""
    if not text:
        return None
    numbers = {str(version.number): version.number for version in asked.subject.versions}
    if text not in numbers:
        raise Unanswerable(_("“%(ladder)s” has no version “%(text)s”.") % {"ladder": asked.subject.name, "text": text})
    return numbers[text]
