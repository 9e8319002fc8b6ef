"""The people behind a figure: the very ones that it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from analytics.cubes.steps import ENDS, step_of
from analytics.dashboards.asked import Asked
from analytics.dashboards.states import (
    BY_THE_LANDMARK,
    IMMATURE,
    MATURE,
    OF_THE_FUNNEL,
    WHOEVER_HAS_THE_RUNG,
    State,
)
from analytics.dashboards.then import as_known
from analytics.metrics.as_of import DAY_S
from analytics.metrics.conversion import MOST_PEOPLE as MOST_CONVERTED
from analytics.metrics.days import Days
from analytics.metrics.early_steps import MOST_PEOPLE
from analytics.metrics.landmark import landmark_days
from analytics.metrics.segments import NOT_SET
from analytics.metrics.stuck import passed
from milestones.ladders.spec import VersionSpec
from onboarding.progress.models import Completion, Journey


class Having(NamedTuple):
    """A trait that had one of these values when the journey began."""

    trait: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """`rung` is a rung, or '' for the beginning; `traits` narrow to a segment, `version` to its number."""

    asked: Asked
    state: State
    rung: str
    begun: Days
    traits: tuple[Having, ...] = ()
    version: int | None = None
    took: tuple[int, int] | None = None
    """Of `reached`: only who took so many seconds at least, and less than so many, from the step before."""

    @property
    def before(self) -> str:
        """The step of the funnel before the rung; '' is the beginning."""
        funnel = self.asked.subject.latest.funnel
        place = funnel.index(self.rung)
        return funnel[place - 1] if place else ""

    def people(self) -> QuerySet[Journey]:
        """Their journeys as they were known, the latest to begin first; of a rung, whether `by_hand`. Inside a scope.

        People count under the version that they began on, also those who were moved since.
        """
        if self.state is State.PASSED:
            latest = Journey.objects.filter(pk__in=passed(self.asked, self.rung))
            return self._listed(latest)
        days = self.days()
        found = Journey.objects.filter(
            began_version_id__in=self.version_ids(),
            cohort_on__gte=days.first,
            cohort_on__lte=days.last,
        )
        found = narrowed(found, self.traits)
        found = self._by_the_landmark(found) if self.state in BY_THE_LANDMARK else self._in_state(found)
        return self._listed(found)

    def _listed(self, found: QuerySet[Journey]) -> QuerySet[Journey]:
        return as_known(found, self.asked.as_of).select_related("person").order_by("-started_at", "-id")

    def version_ids(self) -> list[int]:
        """On which of the ladder's versions they began."""
        return [v.version_id for v in self._versions() if self.version in (None, v.number)]

    def _versions(self) -> tuple[VersionSpec, ...]:
        subject = self.asked.subject
        if self.state in (*OF_THE_FUNNEL, *BY_THE_LANDMARK):
            return subject.same_funnel
        if self.state is State.ELSEWHERE:
            return tuple(version for version in subject.versions if version not in subject.same_funnel)
        if self.state in WHOEVER_HAS_THE_RUNG:
            return tuple(v for v in subject.versions if any(rung.key == self.rung for rung in v.rungs))
        return subject.versions

    def days(self) -> Days:
        """On which days they began: those asked for, as far as they have been watched for so long."""
        first, last = self.begun
        as_of = self.asked.as_of
        if self.state in MATURE:
            last = min(last, as_of.last_mature_day(self.asked.window_days))
        elif self.state in IMMATURE:
            first = max(first, as_of.last_mature_day(self.asked.window_days) + timedelta(days=1))
        elif self.state is State.FOLLOWED:
            last = min(last, self._last_followed())
        elif self.state is State.UNFOLLOWED:
            first = max(first, self._last_followed() + timedelta(days=1))
        return Days(first, last)

    def _last_followed(self) -> date:
        day = self.asked.as_of.day
        while not self.asked.as_of.followed_s(day):
            day -= timedelta(days=1)
        return day

    def _in_state(self, found: QuerySet[Journey]) -> QuerySet[Journey]:
        valued = Q(first_value_at__lt=self.asked.as_of.until)
        if self.state in (State.VALUE, State.VALUE_SO_FAR):
            return _within(found.filter(valued), "first_value_at", self._window)
        if self.state is State.HAS_VALUE:
            return found.filter(valued)
        if self.state is State.NO_VALUE:
            return found.exclude(valued)
        if self.state is State.AT_RISK:
            return found.alias(elapsed=_since_start("first_value_at")).exclude(
                valued & Q(elapsed__lte=timedelta(seconds=self.before_the_end_s))
            )
        if self.state is State.FINISHED:
            return _within(found.filter(finished_at__lt=self.asked.as_of.until), "finished_at", self._window)
        if self.state is State.BY_HAND:
            return found.filter(Exists(self._completions().filter(ruling__isnull=False)))
        if self.state is State.REACHED:
            by_hand = Exists(self._completions(self.rung).filter(ruling__isnull=False))
            found = found.filter(self._reached(self.rung)).annotate(by_hand=by_hand)
            return found if self.took is None else self._in_time(found, *self.took)
        if self.state is State.STUCK:
            found = found.filter(~self._reached(self.rung))
            return found.filter(self._reached(self.before)) if self.before else found
        if self.state is State.WAITING:
            return found.filter(~Exists(self._completions(self.rung)))
        if self.state is State.DONE:
            return found.filter(Exists(self._completions(self.rung)))
        if self.state is State.DONE_IN_TIME:
            return found.filter(self._reached(self.rung, at="completed_at"))
        return found

    def _by_the_landmark(self, found: QuerySet[Journey]) -> QuerySet[Journey]:
        """As metrics.early_steps takes them: the latest who were watched so long, without first value then."""
        landmark = timedelta(days=landmark_days(self.asked.window_days))
        latest = found.filter(started_at__lte=self.asked.as_of.until - landmark).order_by("-cohort_on", "-started_at")
        waiting = Journey.objects.filter(pk__in=latest.values("pk")[:MOST_PEOPLE])
        waiting = waiting.exclude(
            Q(first_value_at__lt=self.asked.as_of.until) & Q(first_value_at__lte=F("started_at") + landmark)
        )
        done = Exists(self._completions(self.rung).filter(completed_at__lte=OuterRef("started_at") + landmark))
        return waiting.filter(done if self.state is State.EARLY else ~done)

    def _in_time(self, found: QuerySet[Journey], low: int, high: int) -> QuerySet[Journey]:
        """Of the latest, as metrics.conversion takes them."""
        latest = Journey.objects.filter(
            began_version_id__in=[version.version_id for version in self._versions()],
            cohort_on__gte=self.days().first,
            cohort_on__lte=self.days().last,
        ).order_by("-cohort_on", "-started_at")
        at = self._completions(self.rung).values("in_order_at")[:1]
        since = Subquery(self._completions(self.before).values("in_order_at")[:1]) if self.before else F("started_at")
        took = ExpressionWrapper(Subquery(at) - since, output_field=DurationField())
        return (
            found.filter(pk__in=latest.values("pk")[:MOST_CONVERTED])
            .alias(took=took)
            .filter(took__gte=timedelta(seconds=low), took__lt=timedelta(seconds=high))
        )

    @property
    def _window(self) -> timedelta:
        return timedelta(days=self.asked.window_days)

    @property
    def before_the_end_s(self) -> int:
        """What is told of the window's last step of time counts as at its end: whoever got there in it was at risk."""
        return int(ENDS[step_of(self.asked.window_days * DAY_S) - 1])

    def _completions(self, rung: str = "") -> QuerySet[Completion]:
        found = Completion.objects.filter(journey_id=OuterRef("pk"), completed_at__lt=self.asked.as_of.until)
        return found.filter(rung_key=rung) if rung else found

    def _reached(self, rung: str, *, at: str = "in_order_at") -> Exists:
        """In order (or, by `completed_at`, in whatever) and within the window, both ends counted."""
        elapsed = ExpressionWrapper(F(at) - OuterRef("started_at"), output_field=DurationField())
        reached = Completion.objects.filter(
            **{"journey_id": OuterRef("pk"), "rung_key": rung, f"{at}__lt": self.asked.as_of.until}
        )
        return Exists(reached.alias(elapsed=elapsed).filter(elapsed__lte=self._window))


def narrowed(found: QuerySet[Journey], traits: Iterable[Having]) -> QuerySet[Journey]:
    """Only journeys that began with these values."""
    for number, (trait, values) in enumerate(traits):
        name = f"segment_value_{number}"
        found = found.alias(**{name: KeyTextTransform(trait, "segment")})
        wanted = Q(**{f"{name}__in": [value for value in values if value != NOT_SET]})
        found = found.filter(wanted | Q(**{f"{name}__isnull": True}) if NOT_SET in values else wanted)
    return found


def _within(found: QuerySet[Journey], at: str, window: timedelta) -> QuerySet[Journey]:
    return found.alias(elapsed=_since_start(at)).filter(elapsed__lte=window)


def _since_start(at: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(at) - F("started_at"), output_field=DurationField())
