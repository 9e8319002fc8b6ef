"""How many people a number needs before it is shown, and before it is shown without a warning. Pure."""

from enum import StrEnum
from typing import TypeVar

from analytics.stats import NotComputable

Result = TypeVar("Result")

# Below five, a number says more about single people than about onboarding. Below thirty, the usual rule of thumb for
# the normal approximations behind intervals, one person still moves a share by more than three points.
WITHHELD_BELOW = 5
WARNED_BELOW = 30

FEW = NotComputable("withheld: fewer than five people")
FEW_ACCOUNTS = NotComputable("withheld: fewer than five accounts")


class Caution(StrEnum):
    NONE = ""
    SMALL = "small"
    WITHHELD = "withheld"


def caution(people: int) -> Caution:
    if people < WITHHELD_BELOW:
        return Caution.WITHHELD
    return Caution.SMALL if people < WARNED_BELOW else Caution.NONE


def of_enough(people: int, result: Result) -> Result | NotComputable:
    """What is told of so many people: a number of fewer than five is withheld. Of nobody there is nothing to hide."""
    return FEW if 0 < people < WITHHELD_BELOW else result
