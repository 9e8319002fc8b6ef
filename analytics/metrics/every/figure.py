"""One number with what it takes to believe it, as data for JSON."""

from dataclasses import dataclass

from analytics.metrics.as_data import Data
from analytics.metrics.sizes import caution


@dataclass(frozen=True)
class Figure:
    """`told` is the number as data, or why there is none (`not_computable`).

    `n` are the people (or accounts) in it, `immature` those who would be, were they not too new. `about` says of what
    it is, where a metric has several; `value` of which value of the trait that was asked for, None for everybody.
    """

    told: Data
    n: int
    immature: int = 0
    about: str = ""
    value: str | None = None
    window_days: int | None = None

    def data(self, trait: str) -> Data:
        everyone = self.n + self.immature
        return {
            "about": self.about or None,
            "segment": None if self.value is None else {"trait": trait, "value": self.value},
            "window_days": self.window_days,
            "n": self.n,
            "immature_people": self.immature,
            "immature_share": self.immature / everyone if everyone else None,
            "caution": caution(self.n).value or None,
            **self.told,
        }
