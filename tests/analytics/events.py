"""Events through the real log and engine, folded into the cubes."""

from datetime import datetime, timedelta

from analytics.cubes.fold import fold
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.progress import engine


def track(user: str, event: str, at: datetime, message_id: str = "") -> Message:
    message = Message(type="track", sender=f"u:{user}", client_at=at, occurred_at=at)
    message.event = event
    message.message_id = message_id or f"{user}-{event}-{at.isoformat()}"
    return message


def identify(user: str, at: datetime, **traits: object) -> Message:
    message = Message(type="identify", sender=f"u:{user}", client_at=at, occurred_at=at)
    message.traits = traits
    message.message_id = f"{user}-identify-{at.isoformat()}"
    return message


def group(user: str, at: datetime, account: str, **traits: object) -> Message:
    message = Message(type="group", sender=f"u:{user}", client_at=at, occurred_at=at)
    message.group_id = account
    message.traits = traits
    message.message_id = f"{user}-group-{at.isoformat()}"
    return message


def climb(user: str, start: datetime, *, plan: str = "", **after: timedelta) -> list[Message]:
    """Somebody who signs up at `start` and, so long after, sends an event for a rung: connect, invite or report."""
    events = {"connect": "Connected", "invite": "Invited", "report": "Reported"}
    said = [identify(user, start, plan=plan)] if plan else []
    return [*said, track(user, "Signed Up", start), *(track(user, events[k], start + t) for k, t in after.items())]


def send(workspace, messages: list[Message]) -> None:
    """Log, progress and cubes, as the workers would do it."""
    append(workspace.pk, messages)
    engine.settle(workspace.pk)
    fold(workspace.pk)
