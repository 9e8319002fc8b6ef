"""Noting whole requests of which nothing could be taken, for the workspace to see why nothing arrives.

What came is no event yet, so there is nothing to send again; the beginning of it is kept to recognise it by. A sender
who does it wrong does it often: each reason is noted once a minute. Nothing here changes the answer.
"""

import logging
import time

from django.db import DatabaseError
from django.utils import timezone

from onboarding.intake import log, pressure, steps
from onboarding.intake.reasons import Drop, Reason
from workspaces.keys.known import KeyRevoked, sender_of

logger = logging.getLogger(__name__)

OF_A_WHOLE_REQUEST = frozenset(
    (Reason.BODY_TOO_LARGE, Reason.BAD_GZIP, Reason.BAD_JSON, Reason.NOT_A_BATCH, Reason.TOO_MANY_EVENTS)
)
NOTED_EVERY_SECONDS = 60
MOST_REMEMBERED = 10_000
EXCERPT_BYTES = 2_000

_noted: dict[tuple[int, str], float] = {}


def note(drop: Drop, body: bytes, *, authorization: str) -> None:
    """Note it in the workspace whose key the header carries; without a valid one there is nobody to tell."""
    if drop.reason not in OF_A_WHOLE_REQUEST:
        return
    try:
        with pressure.turn():
            sender = steps.authenticate(authorization, steps.Envelope("batch", []), find=sender_of)
            now = time.monotonic()
            if now - _noted.get((sender.workspace_id, drop.reason), float("-inf")) < NOTED_EVERY_SECONDS:
                return
            if len(_noted) >= MOST_REMEMBERED:
                _noted.clear()
            _noted[sender.workspace_id, drop.reason] = now
            text = body[:EXCERPT_BYTES].decode("utf-8", "replace")
            log.append(sender.workspace_id, [], received_at=timezone.now(), rejections=[(text, drop)], sender=sender)
    except (Drop, KeyRevoked):
        return
    except DatabaseError as error:
        logger.warning("A refused request could not be noted (%s)", str(error).partition("\n")[0])
