"""One number with what it takes to believe it, as data for JSON; and whether it may be told at all."""

from dataclasses import dataclass, field

from analytics.metrics.as_data import Data
from analytics.metrics.sizes import FEW, WITHHELD_BELOW, Caution, caution
from analytics.metrics.triangles import WITHHELD
from analytics.stats import NotComputable


@dataclass(frozen=True)
class Figure:
    """One number of a metric, as every surface tells it or withholds it.

    `found` is the number as data, or why there is none (`not_computable`). `n` are the people (or accounts) in it,
    `immature` those who would be, were they not too new; None where nobody can be, or nobody knows. `about` says of
    what it is, where a metric has several; `value` of which value of the trait that was asked for, None for everybody.

    A number of fewer than five is withheld, whatever it is, and how many they are with it. So is one that is `hidden`,
    as those of fewer could be reckoned from it. `counts` is a number of people that says nothing of them but that they
    are there: it is told of one, too, as a list of them opens anyway. `beside` is of other people, by their own number.
    """

    found: Data
    n: int
    immature: int | None = None
    about: str = ""
    value: str | None = None
    window_days: int | None = None
    hidden: bool = False
    counts: bool = False
    beside: Data = field(default_factory=dict)
    few: NotComputable = FEW

    @property
    def withheld(self) -> bool:
        return self.hidden or (0 < self.n < WITHHELD_BELOW and not self.counts)

    @property
    def told(self) -> Data:
        if not self.withheld:
            return self.found | self.beside
        return {"not_computable": WITHHELD.reason if self.hidden else self.few.reason} | self.beside

    @property
    def n_told(self) -> int | None:
        return None if self.withheld else self.n

    @property
    def immature_told(self) -> int | None:
        return None if self.withheld else self.immature

    @property
    def caution(self) -> Caution:
        if self.withheld:
            return Caution.WITHHELD
        return Caution.SMALL if self.n and caution(self.n) is not Caution.NONE else Caution.NONE

    def data(self, trait: str) -> Data:
        new = self.immature_told
        everyone = 0 if new is None else self.n + new
        return {
            "about": self.about or None,
            "segment": None if self.value is None else {"trait": trait, "value": self.value},
            "window_days": self.window_days,
            "n": self.n_told,
            "immature_people": self.immature_told,
            "immature_share": new / everyone if new is not None and everyone else None,
            "caution": self.caution.value or None,
            **self.told,
        }
