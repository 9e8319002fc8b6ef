"""Sending a rejected message again after it was mended: through the very steps of live messages. In a scope.

The message keeps the moment at which it came first: a clock's skew is told by that, and a message that states no time
happened then. What was sent again with success is marked, once; to send it again after that changes nothing.
"""

from dataclasses import dataclass, replace

from django.utils import timezone

from onboarding.intake import steps, taking
from onboarding.intake.limits import KB, MAX_EVENT_BYTES
from onboarding.intake.models import Rejection
from onboarding.intake.reasons import Drop, Reason
from workspaces.audit.models import Entry, signature
from workspaces.scope import current_workspace_id
from workspaces.tenants.models import Member

LONGEST_TEXT = 4 * MAX_EVENT_BYTES  # of an event that is written with line breaks and indents


@dataclass(frozen=True)
class Replayed:
    """Under which messageId the message is in the log, and whether it was there before."""

    message_id: str
    duplicate: bool


def send_again(rejection_id: int, text: str, *, by: Member) -> Replayed:
    """Take this text in place of the rejected one. Raises Drop if it is no better, and Rejection.DoesNotExist."""
    rejection = Rejection.objects.select_for_update().get(pk=rejection_id)
    if rejection.replayed_at is not None:
        return Replayed(rejection.replayed_as, duplicate=True)
    if len(text) > LONGEST_TEXT:
        raise Drop(Reason.EVENT_TOO_LARGE, f"The text is longer than {LONGEST_TEXT // KB} KB.")
    envelope = replace(steps.decode(text.encode("utf-8", "surrogatepass"), call=""), call="batch")
    taken, messages = taking.read(enumerate(envelope.events), envelope, received_at=rejection.received_at)
    if taken.dropped:
        raise taken.dropped[0].drop
    now = timezone.now()
    taking.store(current_workspace_id(), taken, messages, received_at=now)
    if taken.dropped:  # by the database itself
        raise taken.dropped[0].drop
    message_id = messages[0].message_id
    name = signature(by)
    Rejection.objects.filter(pk=rejection.pk).update(replayed_at=now, replayed_by=name, replayed_as=message_id)
    Entry.record(
        by=by,
        action="rejection.replayed",
        target=rejection,
        reason=rejection.reason,
        message_id=message_id,
        event=messages[0].event or messages[0].type,
    )
    return Replayed(message_id, duplicate=bool(taken.duplicates))
