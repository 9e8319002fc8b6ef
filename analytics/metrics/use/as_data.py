"""The numbers of use as plain data for JSON, in the same manner as the others (as_data.py of the room)."""

from collections.abc import Iterable

from analytics.metrics.as_data import Data, quantile_data, share_data
from analytics.metrics.sizes import WITHHELD_BELOW, caution
from analytics.metrics.use.adoption import FeatureAdoption
from analytics.metrics.use.answer import Use
from analytics.metrics.use.frequency import Spread, WorkflowUse
from analytics.metrics.use.retention import Retention
from analytics.stats import NotComputable, Share
from analytics.stats.retention import RetentionCell


def parted_use_data(uses: Iterable[tuple[str | None, Use]]) -> Data:
    """Of everybody (None), and beside it of the people with each value of the trait that was asked for."""
    (_, everybody), *parts = uses
    segments = [{"value": value, **use_data(use)} for value, use in parts]
    return use_data(everybody) | {"segments": segments or None}


def use_data(use: Use) -> Data:
    return {
        "retention": [retention_data(found) for found in use.retention.values()],
        "features": [feature_data(found) for found in use.features],
        "workflows": [workflow_data(found) for found in use.workflows],
        "active_days": spread_data(use.active_days),
        "key_events": spread_data(use.key_events),
    }


def retention_data(found: Retention) -> Data:
    return {
        "by": found.grain.value,
        "mode": found.mode.value,
        "began": found.people,
        "overall": [retention_cell_data(cell, found.told(cell)) for cell in found.overall],
        "cohorts": [
            {
                "from": row.days.first.isoformat(),
                "to": row.days.last.isoformat(),
                "began": row.people,
                "caution": row.caution.value or None,
                "periods": [retention_cell_data(cell, found.told_of(row, cell)) for cell in row.cells],
            }
            for row in found.rows
        ],
    }


def retention_cell_data(cell: RetentionCell, told: Share | NotComputable) -> Data:
    return {"period": cell.period, "immature_people": cell.immature, **share_data(told)}


def feature_data(found: FeatureAdoption) -> Data:
    return {
        "feature": found.feature,
        "unlocked": None if 0 < found.people < WITHHELD_BELOW else found.people,
        "within_days": found.days,
        "immature_people": found.immature,
        "caution": caution(found.people).value or None,
        **share_data(found.share),
        "time_to_first_use": quantile_data(found.median),
    }


def workflow_data(found: WorkflowUse) -> Data:
    return {
        "workflow": found.workflow.name,
        "window_days": found.again.window_days,
        "reach": {**share_data(found.reach), "immature_people": found.reach_immature},
        "repeated": {**share_data(found.repeated), "immature_people": found.again.immature},
        "days_of_use": spread_data(found.again),
    }


def spread_data(found: Spread) -> Data:
    median = found.median
    told = {"not_computable": median.reason} if isinstance(median, NotComputable) else {"median": median}
    return {
        "window_days": found.window_days,
        "mature": None if 0 < found.mature < WITHHELD_BELOW else found.mature,
        "immature_people": None if 0 < found.people < WITHHELD_BELOW else found.immature,
        **told,
        "people_by_number": [{"from": one.low, "to": one.high, "people": one.people} for one in found.numbers],
    }
