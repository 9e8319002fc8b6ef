"""Statistics as values in, values out: no clock, no database, no formatting.

Everything counts people in sufficient statistics that add (so many at such a time), which is what the
cubes hold. Where an answer does not exist, the result is a `NotComputable` with the reason.
"""

from analytics.stats.at_risk import AtRisk, risk_table
from analytics.stats.back_test import BackTest, Outcome, back_test
from analytics.stats.counts import median_of_counts, rates_differ
from analytics.stats.forecast import Forecast, Waiting, forecast
from analytics.stats.funnels import Happened, Order, furthest, people_at_steps
from analytics.stats.incidence import Chance, Ends, Incidence, cumulative_incidence
from analytics.stats.logrank import LogRank, log_rank
from analytics.stats.moments import Moment, Moments
from analytics.stats.promoters import PromoterScore, promoter_score
from analytics.stats.restricted_mean import MeanDifference, RestrictedMean, mean_difference, restricted_mean
from analytics.stats.results import Interval, NotComputable, NotReached
from analytics.stats.retention import RetentionCell, RetentionMode, Returns, pooled, retention
from analytics.stats.shares import Difference, Share, apart, difference, share
from analytics.stats.survival import Curve, Quantile, Step, kaplan_meier
from analytics.stats.time_to_convert import Bin, Histogram, histogram, joined
from analytics.stats.withholding import Withheld, withhold

__all__ = [
    "AtRisk",
    "BackTest",
    "Bin",
    "Chance",
    "Curve",
    "Difference",
    "Ends",
    "Forecast",
    "Happened",
    "Histogram",
    "Incidence",
    "Interval",
    "LogRank",
    "MeanDifference",
    "Moment",
    "Moments",
    "NotComputable",
    "NotReached",
    "Order",
    "Outcome",
    "PromoterScore",
    "Quantile",
    "RestrictedMean",
    "RetentionCell",
    "RetentionMode",
    "Returns",
    "Share",
    "Step",
    "Waiting",
    "Withheld",
    "apart",
    "back_test",
    "cumulative_incidence",
    "difference",
    "forecast",
    "furthest",
    "histogram",
    "joined",
    "kaplan_meier",
    "log_rank",
    "mean_difference",
    "median_of_counts",
    "people_at_steps",
    "pooled",
    "promoter_score",
    "rates_differ",
    "restricted_mean",
    "retention",
    "risk_table",
    "share",
    "withhold",
]
