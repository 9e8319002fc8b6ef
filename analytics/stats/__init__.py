"""Statistics as values in, values out: no clock, no database, no formatting.

Everything counts people in sufficient statistics that add (so many at such a time), which is what the
cubes hold. Where an answer does not exist, the result is a `NotComputable` with the reason.
"""

from analytics.stats.counts import median_of_counts
from analytics.stats.logrank import LogRank, log_rank
from analytics.stats.moments import Moment, Moments
from analytics.stats.results import Interval, NotComputable, NotReached
from analytics.stats.shares import Difference, Share, difference, share
from analytics.stats.survival import Curve, Quantile, Step, kaplan_meier

__all__ = [
    "Curve",
    "Difference",
    "Interval",
    "LogRank",
    "Moment",
    "Moments",
    "NotComputable",
    "NotReached",
    "Quantile",
    "Share",
    "Step",
    "difference",
    "kaplan_meier",
    "log_rank",
    "median_of_counts",
    "share",
]
