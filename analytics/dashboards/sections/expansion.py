"""Whether accounts grew after their first person began, by each value that the workspace named."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.resting import Rest
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics.expansion import AFTER_DAYS, Expansion, Moved, counted_accounts, expansion
from analytics.metrics.reasons import reason
from analytics.metrics.sizes import FEW_ACCOUNTS, WARNED_BELOW
from workspaces.tenants.models import Workspace


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    """No card before the workspace has named a value; nothing is told of fewer than five accounts."""
    if not workspace.values:
        return None
    found = [
        expansion(trait, counted_accounts(asked.subject, asked.begun, asked.as_of, trait), asked.as_of)
        for trait in workspace.values
    ]
    told = [one for one in found if one.known and not one.withheld]
    return {
        "rows": [{"told": one in told, "of": one, "why_not": _why_not(one)} for one in found],
        "first": told[0] if told else None,
        "grows": bool(told) and told[0].clearly is Moved.HIGHER,
        "shrinks": bool(told) and told[0].clearly is Moved.LOWER,
        "few": any(one.known < WARNED_BELOW for one in told),
        "after_days": AFTER_DAYS,
        "window": AFTER_DAYS,
        "rests": [Rest(one.known, one.immature, one.trait, accounts=True) for one in told],
    }


def _why_not(one: Expansion) -> str:
    if not one.mature:
        too_new = _("no account is %(days)d days old yet") % {"days": AFTER_DAYS}
        return too_new if one.immature else _("no account began in the period")
    if not one.known:
        return _("no number was said of any of these accounts")
    return reason(FEW_ACCOUNTS)


SECTION = Section(
    key="expansion",
    title=gettext_noop("Expansion of accounts"),
    template="dashboards/sections/expansion.html",
    figures=figures,
    metrics=("expansion",),
    height=Height.MEDIUM,
    tables=("counted",),
)
