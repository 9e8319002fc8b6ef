"""What readers do with the widget: kept as where they stand (WidgetState) and as a line of its own (WidgetEvent)."""

from dataclasses import dataclass

from django.utils import timezone

from milestones.ladders.models import LadderVersion
from onboarding.progress.models import Journey
from onboarding.widget.embed.identity import Refused
from onboarding.widget.models import WidgetEvent, WidgetState

Kind = WidgetEvent.Kind

REASONS = {
    Kind.SKIPPED: ("later", "not-relevant", "elsewhere", "unclear"),
    Kind.DISMISSED: ("later", "know-it", "not-useful", "done"),
}
OF_A_STEP = (Kind.STEP_CLICKED, Kind.STEP_COMPLETED, Kind.SKIPPED, Kind.UNSKIPPED)
# After these the checklist looks different.
CHANGING = (Kind.DISMISSED, Kind.RESUMED, Kind.SKIPPED, Kind.UNSKIPPED)


@dataclass(frozen=True)
class Act:
    kind: str
    step: str = ""
    reason: str = ""


def do(act: Act, *, sender: str, journey: Journey) -> None:
    """Note what the reader did. Raises Refused for what cannot be: the step must be one, what is completed complete.

    Completions come from events alone, so nothing here makes anybody progress.
    """
    _check(act, journey)
    now = timezone.now()
    state, _ = WidgetState.objects.get_or_create(sender=sender, ladder=journey.ladder, defaults={"began_at": now})
    state = WidgetState.objects.select_for_update().get(pk=state.pk)
    match act.kind:
        case Kind.SEEN if state.seen_on == now.date():
            return
        case Kind.SEEN:
            state.seen_on = now.date()
        case Kind.OPENED:
            if state.opened_at is None:
                state.opened_at = now
            if state.kickoff_seen_at is None and (journey.version.kickoff or journey.version.done_looks_like):
                state.kickoff_seen_at = now
        case Kind.DISMISSED:
            state.dismissed_at, state.dismiss_reason, state.changed_at = now, act.reason, now
        case Kind.RESUMED:
            state.dismissed_at, state.dismiss_reason, state.changed_at = None, "", now
        case Kind.SKIPPED | Kind.UNSKIPPED:
            state.skipped = {**state.skipped, act.step: act.reason}
            state.changed_at = now
    state.save()
    _add(act, sender=sender, version=journey.version)


def _check(act: Act, journey: Journey) -> None:
    if act.kind not in Kind.values:
        raise Refused("unknown_act", f"The kind must be one of {', '.join(Kind.values)}.")
    if (act.kind in OF_A_STEP) != bool(act.step):
        raise Refused("bad_step", "Name the step, and only where it is about one.")
    if act.step and act.step not in journey.version.rungs.values_list("key", flat=True):
        raise Refused("bad_step", "The checklist has no such step.")
    if act.reason not in REASONS.get(Kind(act.kind), ("",)):
        raise Refused("bad_reason", f"The reason must be one of {', '.join(REASONS.get(Kind(act.kind), ('none',)))}.")
    if act.kind == Kind.STEP_COMPLETED and not journey.completions.filter(rung_key=act.step).exists():
        raise Refused("not_completed", "The step is not completed; only events complete it.")
    if act.kind == Kind.COMPLETED and journey.finished_at is None:
        raise Refused("not_completed", "The checklist is not finished; only events finish it.")


def _add(act: Act, *, sender: str, version: LadderVersion) -> None:
    """What happens to a reader once is there once, however many tabs tell of it."""
    event = WidgetEvent(
        sender=sender,
        ladder=version.ladder,
        version_number=version.number,
        kind=act.kind,
        rung_key=act.step,
        reason=act.reason,
    )
    WidgetEvent.objects.bulk_create([event], ignore_conflicts=act.kind in WidgetEvent.ONCE)
