"""Whether people who did a step early reach first value sooner: a landmark analysis. Pure.

"Those who ever did X" have had to live without first value until they did X: comparing them with the rest credits X
with that time (immortal time). So a day is fixed before looking, the landmark. Who has reached first value by then is
left out, as is who has not been watched until then; the others are parted by what they had done by the landmark, and
their time counts from there.

J. R. Anderson, K. C. Cain and R. D. Gelber, "Analysis of survival by tumor response", Journal of Clinical Oncology 1
(1983) 710–719. What it finds is an association all the same: nobody was told to do X early.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _

from analytics.metrics.as_of import DAY_S
from analytics.metrics.pace import CLEAR_P
from analytics.metrics.sizes import WARNED_BELOW, WITHHELD_BELOW
from analytics.stats import Curve, LogRank, Moment, NotComputable, kaplan_meier, log_rank

HOUR_S = 3_600


def landmark_days(window_days: int) -> int:
    """A quarter of the window, at least a day: by the question alone, never by what is found."""
    return max(1, window_days // 4)


@dataclass(frozen=True)
class Watched:
    """One person: seconds from beginning until first value (None: not yet), until now, and until each step done."""

    value_s: float | None
    followed_s: float
    done_s: Mapping[str, float]


@dataclass(frozen=True)
class Side:
    """`people` had no first value at the landmark; `curve` is from there on, `share` of them by the window's end."""

    people: int
    curve: Curve | NotComputable
    share: float | None

    @property
    def told(self) -> float | None:
        """The share, of five people or more."""
        return self.share if self.people >= WITHHELD_BELOW else None


@dataclass(frozen=True)
class Early:
    """A step: those who had done it by the landmark against those who had not. `p` allows for the steps looked at."""

    key: str
    did: Side
    did_not: Side
    test: LogRank | NotComputable
    p: float | None

    @property
    def people(self) -> int:
        return self.did.people + self.did_not.people

    @property
    def withheld(self) -> bool:
        """Whether both sides together are so few that nothing is told of them."""
        return 0 < self.people < WITHHELD_BELOW

    @property
    def is_few(self) -> bool:
        """Whether one side is of one to four people; how many is all less the other."""
        return any(0 < side.people < WITHHELD_BELOW for side in (self.did, self.did_not))

    @property
    def clear(self) -> bool:
        """Whether to claim that those who had done it get there sooner.

        That they get there later is never claimed: where a step helps fast, those whom it helped have first value by
        the landmark and are left out, and the rest look slow.
        """
        return self.sooner and self.p is not None and self.p < CLEAR_P

    @property
    def sooner(self) -> bool:
        """Whether those who had done it reach first value sooner."""
        return not isinstance(self.test, NotComputable) and self.test.observed[0] > self.test.expected[0]


def early(people: Iterable[Watched], keys: Sequence[str], *, landmark: int, window: int) -> list[Early]:
    """Each step against first value; `landmark` and `window` in days from beginning."""
    from_s = landmark * DAY_S
    at_risk = [one for one in people if one.followed_s >= from_s and (one.value_s is None or one.value_s > from_s)]
    parted = {key: _parted(at_risk, key, from_s) for key in keys}
    # A step that hardly anybody or nearly everybody did early is not looked at, so it costs no correction.
    looked_at = [key for key in keys if min(len(side) for side in parted[key]) >= WARNED_BELOW]
    found = []
    for key in keys:
        did, did_not = parted[key]
        test: LogRank | NotComputable = NotComputable(_("fewer than thirty people on one side"))
        if key in looked_at:
            test = log_rank([did, did_not])
        p = None if isinstance(test, NotComputable) else min(1.0, test.p * len(looked_at))
        rest_s = window * DAY_S - from_s
        found.append(Early(key, _side(did, rest_s), _side(did_not, rest_s), test, p))
    return found


def _parted(people: Sequence[Watched], key: str, from_s: int) -> tuple[list[Moment], list[Moment]]:
    did: list[Moment] = []
    did_not: list[Moment] = []
    for one in people:
        done = one.done_s.get(key)
        side = did if done is not None and done <= from_s else did_not
        seen = one.value_s is not None and one.value_s <= one.followed_s
        until = one.value_s if seen and one.value_s is not None else one.followed_s
        # In whole hours: finer would be work without meaning. An event counts at its hour's end, so the window's end
        # is in the window; who is waiting has been watched for the hours that are over.
        waited = until - from_s
        side.append(Moment(ceil(waited / HOUR_S), 1, 0) if seen else Moment(waited // HOUR_S, 0, 1))
    return did, did_not


def _side(moments: Sequence[Moment], rest_s: float) -> Side:
    curve = kaplan_meier(moments)
    at = curve if isinstance(curve, NotComputable) else curve.at(rest_s / HOUR_S)
    return Side(len(moments), curve, None if isinstance(at, NotComputable) else 1 - at.survival)
