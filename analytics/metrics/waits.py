"""How long a step usually takes, told from those who passed it; who waits longer than nearly all of them is stuck.

Pure. Those who have not passed yet have no wait to compare with, so the usual time is a little too short where many
never pass; that is why it takes nine of ten, not half, before anybody is called stuck.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from analytics.metrics.sizes import WARNED_BELOW

LATEST_PASSED = 500
STUCK_BEYOND = 0.9
# With fewer, the ninth tenth rests on one or two people.
FEWEST_PASSED = WARNED_BELOW


@dataclass(frozen=True)
class Usual:
    """The waits, in seconds and ascending, of those who passed a step."""

    waits_s: tuple[float, ...]

    @classmethod
    def of(cls, waits_s: Sequence[float]) -> "Usual":
        return cls(tuple(sorted(waits_s)))

    @property
    def passed(self) -> int:
        return len(self.waits_s)

    @property
    def is_known(self) -> bool:
        """Whether enough people passed to call any wait unusual."""
        return self.passed >= FEWEST_PASSED

    @property
    def half_s(self) -> float:
        return self._quantile(0.5)

    @property
    def limit_s(self) -> float:
        """The wait that nine of ten who passed did not exceed."""
        return self._quantile(STUCK_BEYOND)

    def share_shorter(self, wait_s: float) -> float:
        """The share of those who passed who took less than this."""
        return bisect_left(self.waits_s, wait_s) / self.passed

    def _quantile(self, share: float) -> float:
        """The smallest wait that at least this share did not exceed (inverse of the empirical distribution)."""
        return self.waits_s[ceil(share * self.passed) - 1]
