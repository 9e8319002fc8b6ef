"""Questions of the adoption page that are kept, to be asked again later: what reports and links have in common."""

from urllib.parse import urlencode

from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.metrics.period import DEFAULT_PERIOD_DAYS, PERIODS_DAYS
from analytics.metrics.question import DEFAULT_WINDOW_DAYS
from milestones.library.content import LONGEST_KEY
from workspaces.scope import TenantModel

PERIODS = {30: _("30 days"), 90: _("90 days"), 365: _("12 months")}


class AskedAgain(TenantModel):
    """A question of the adoption page that is kept, to be asked again later."""

    ladder_key = models.CharField(max_length=LONGEST_KEY)
    period_days = models.PositiveSmallIntegerField(
        choices=[(days, PERIODS[days]) for days in PERIODS_DAYS],
        default=DEFAULT_PERIOD_DAYS,
    )
    window_days = models.PositiveSmallIntegerField(default=DEFAULT_WINDOW_DAYS)
    split = models.CharField(max_length=100, blank=True, help_text="As in the page's address.")

    class Meta(TenantModel.Meta):
        abstract = True

    def query(self, **more: str) -> str:
        """The question as the adoption page's address has it."""
        return address_of(self.ladder_key, self.period_days, self.window_days, self.split, **more)


def address_of(ladder_key: str, period_days: int, window_days: int, split: str, **more: str) -> str:
    said = {"ladder": ladder_key, "period": period_days, "window": window_days, "split": split, **more}
    return urlencode({name: value for name, value in said.items() if value not in ("", None)})
