"""How many people reach each step within a window, and where they stop. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.counts import Counts
from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.metrics.subject import Goal, Subject
from analytics.metrics.tally import Within, count_of
from analytics.stats import NotComputable, Share, share
from analytics.stats.shares import wilson

# A claim that one step loses more people than any other needs an interval of this level that leaves out one half.
CLEAR_LEVEL = 0.99


class Mode(StrEnum):
    """`ordered`: each step after the one before it. `any order`: each rung by itself."""

    ORDERED = "ordered"
    ANY_ORDER = "any order"


@dataclass(frozen=True)
class Step:
    """A step of a funnel. `people` are all who reached it in the window; the shares and `lost` leave out the immature.

    `lost` are the people watched for the whole window who reached the step before and not this one.
    """

    key: str  # '' for the beginning
    name: str
    people: int
    within: Within
    of_previous: Share | NotComputable
    lost: int


@dataclass(frozen=True)
class Funnel:
    """`began` people, `mature` of them watched for the whole window; `elsewhere` are on versions of another order."""

    mode: Mode
    window_days: int
    began: int
    mature: int
    elsewhere: int
    steps: tuple[Step, ...]

    @property
    def immature(self) -> int:
        return self.began - self.mature

    @property
    def withheld(self) -> bool:
        """Whether so few have been watched for the window that nothing of it is told."""
        return 0 < self.mature < WITHHELD_BELOW


@dataclass(frozen=True)
class DropOff:
    """The step at which most people stop. `clear` when it loses clearly more of them than the runner-up."""

    step: Step
    before: str
    runner_up: Step | None
    clear: bool


def funnel(counts: Counts, subject: Subject, as_of: AsOf, *, window_days: int, mode: Mode) -> Funnel:
    """The funnel over everybody in `counts`.

    The denominator of every share is all who began and were watched for the whole window, because whoever reached a
    step is no random sample; the share of the step before is given beside it. Ordered over the latest version's
    funnel (versions of another order are left out and counted as `elsewhere`), or in any order over all rungs.
    """
    ordered = mode is Mode.ORDERED
    if ordered:
        wanted = [(key, goals.in_order(subject, key)) for key in subject.latest.funnel]
        start = Goal(goals.Measure.BEGAN, {v.version_id: "" for v in subject.same_funnel})
    else:
        wanted = [(rung.key, goals.rung(subject, rung.key)) for rung in subject.latest.rungs]
        start = Goal(goals.Measure.BEGAN, {v.version_id: "" for v in subject.versions})
    begun = counts.towards(start)
    everybody = begun.within(window_days, as_of)
    previous = count_of(everybody.mature)
    steps = [Step("", subject.start_name, begun.people, everybody, NotComputable(_("it is the beginning")), 0)]
    for key, goal in wanted:
        within = counts.towards(goal).within(window_days, as_of)
        reached = count_of(within.mature)
        rung = subject.rung(key)
        steps.append(
            Step(
                key,
                rung.name if rung else key,
                count_of(within.of_all),
                within,
                # In any order the rung before is not a stage on the way, so nothing can be a share of it.
                share(min(reached, previous), previous)
                if ordered
                else NotComputable(_("the rungs have no order here")),
                max(previous - reached, 0) if ordered else 0,
            )
        )
        previous = reached
    mature = count_of(everybody.mature)
    all_who_began = counts.towards(Goal(goals.Measure.BEGAN, {v.version_id: "" for v in subject.versions})).people
    return Funnel(mode, window_days, begun.people, mature, all_who_began - begun.people, tuple(steps))


def drop_off(of: Funnel) -> DropOff | NotComputable:
    """The step of an ordered funnel that loses most people, among those watched for the whole window.

    Losses at two steps are compared by the share of the larger in both: given their sum, an equal chance makes it
    one half (a sign test, by Wilson's interval at 99%).
    """
    if of.mode is not Mode.ORDERED:
        return NotComputable(_("only an ordered funnel has steps to stop at"))
    if of.mature == 0:
        return NotComputable(_("nobody has been watched for the whole window yet"))
    pairs = list(zip(of.steps, of.steps[1:], strict=False))
    by_loss = sorted(pairs, key=lambda pair: -pair[1].lost)
    if not by_loss or by_loss[0][1].lost == 0:
        return NotComputable(_("nobody has been lost"))
    (before, worst), *others = by_loss
    second = others[0][1] if others else None
    rival = second.lost if second else 0
    interval = wilson(worst.lost, worst.lost + rival, level=CLEAR_LEVEL)
    return DropOff(worst, before.name, second, not interval.covers(0.5))
