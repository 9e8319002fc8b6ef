"""What a reader has done with the widget so far, over all the names that they go by. Inside a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from milestones.ladders.models import Ladder
from onboarding.people.models import Person, Sender
from onboarding.widget.models import WidgetEvent, WidgetState


@dataclass(frozen=True)
class Standing:
    """`skipped`: by rung key why. `began_at`: None when the widget was never in sight."""

    began_at: datetime | None = None
    opened_at: datetime | None = None  # first
    dismissed: bool = False
    skipped: Mapping[str, str] = field(default_factory=dict)


def states_of(person: Person) -> list[WidgetState]:
    """Of every ladder and every name that the person goes by, what was changed last at the end."""
    names = Sender.objects.filter(person=person).values("key")
    rows = WidgetState.objects.filter(Q(sender=person.key) | Q(sender__in=names))
    return list(rows.order_by("changed_at", "pk"))


def standing_of(states: Sequence[WidgetState], ladder_id: int) -> Standing:
    """Of several names of a person, after a merge, what was done last counts."""
    states = [state for state in states if state.ladder_id == ladder_id]
    if not states:
        return Standing()
    skipped: dict[str, str] = {}
    for state in states:
        skipped |= state.skipped
    return Standing(
        began_at=min(state.began_at for state in states),
        opened_at=min((state.opened_at for state in states if state.opened_at is not None), default=None),
        dismissed=states[-1].dismissed_at is not None,
        skipped={key: reason for key, reason in skipped.items() if reason},
    )


def told_of(sender: str, ladder: Ladder) -> set[str]:
    """The rungs whose completion this reader was shown in the widget."""
    told = WidgetEvent.objects.filter(sender=sender, ladder=ladder, kind=WidgetEvent.Kind.STEP_COMPLETED)
    return set(told.values_list("rung_key", flat=True))
