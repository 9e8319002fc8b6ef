"""What a reader has done with the widget so far, over all the names that they go by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onboarding.widget.embed.glance import State
from onboarding.widget.models import WidgetEvent


@dataclass(frozen=True)
class Standing:
    """`skipped`: by rung key why. `began_at`: None when the widget was never in sight."""

    began_at: datetime | None = None
    opened_at: float | None = None  # first; seconds since 1970
    dismissed: bool = False
    skipped: Mapping[str, str] = field(default_factory=dict)


def standing_of(states: Sequence[State], ladder_id: int) -> Standing:
    """Of several names of a person, after a merge, what was done last counts."""
    states = [state for state in states if state.ladder_id == ladder_id]
    if not states:
        return Standing()
    skipped: dict[str, str] = {}
    for state in states:
        skipped |= state.skipped
    return Standing(
        began_at=min(datetime.fromisoformat(state.began_at) for state in states),
        opened_at=min((state.opened_at for state in states if state.opened_at is not None), default=None),
        dismissed=states[-1].dismissed_at is not None,
        skipped={key: reason for key, reason in skipped.items() if reason},
    )


def told_of(sender: str, ladder_id: int) -> set[str]:
    """The rungs whose completion this reader was shown in the widget. Inside a scope."""
    told = WidgetEvent.objects.filter(sender=sender, ladder_id=ladder_id, kind=WidgetEvent.Kind.STEP_COMPLETED)
    return set(told.values_list("rung_key", flat=True))
