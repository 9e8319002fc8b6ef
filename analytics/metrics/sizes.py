"""How many people a number needs before it is shown, and before it is shown without a warning. Pure."""

from enum import StrEnum

# Below five, a number says more about single people than about onboarding. Below thirty, the usual rule of thumb for
# the normal approximations behind intervals, one person still moves a share by more than three points.
WITHHELD_BELOW = 5
WARNED_BELOW = 30


class Caution(StrEnum):
    NONE = ""
    SMALL = "small"
    WITHHELD = "withheld"


def caution(people: int) -> Caution:
    if people < WITHHELD_BELOW:
        return Caution.WITHHELD
    return Caution.SMALL if people < WARNED_BELOW else Caution.NONE
