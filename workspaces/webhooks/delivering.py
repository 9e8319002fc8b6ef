"""One worker's turn at delivering what is due in one workspace.

Attempts run in threads, which touch no database; this thread claims and settles. A slow endpoint has AT_ONCE threads
at most, and there are enough for all endpoints, so it holds up none but itself. Only so many workers deliver at the
same time as settings.WEBHOOKS_AT_ONCE says (an advisory lock for each); after TURN nothing more is claimed, so that
the next workspace gets its turn.
"""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

from workspaces.scope import scope
from workspaces.webhooks import signing
from workspaces.webhooks.claims import AT_ONCE, Claim, claim, settle
from workspaces.webhooks.models import MOST_ENDPOINTS, Endpoint
from workspaces.webhooks.transport import Answer, Rules, post

log = logging.getLogger(__name__)

TURN = 5.0  # seconds
LOOK_AGAIN = 0.5  # seconds, for what has come meanwhile
_LOCK = 0x1F12E  # the advisory locks' first key


def rules() -> Rules:
    allowed = settings.WEBHOOK_ALLOW_PRIVATE
    return Rules(allow_private=allowed, allow_http=allowed or not settings.PRODUCTION)


def deliver(workspace_id: int, using: Rules | None = None) -> bool:
    """Deliver what is due, for one turn. Returns whether something is left that is due now."""
    with _slot() as free:
        if free:
            _deliver(workspace_id, using or rules())
    return is_due(workspace_id)


def is_due(workspace_id: int) -> bool:
    with scope(workspace_id):
        return Endpoint.asked(timezone.now()).exists()


def _deliver(workspace_id: int, using: Rules) -> None:
    until = time.monotonic() + TURN
    under_way: dict[Future[tuple[Answer, datetime]], Claim] = {}
    with ThreadPoolExecutor(max_workers=MOST_ENDPOINTS * AT_ONCE, thread_name_prefix="webhook") as threads:
        while True:
            if time.monotonic() < until:
                for claimed in claim(workspace_id, timezone.now()):
                    under_way[threads.submit(_attempt, claimed, using)] = claimed
            if not under_way:
                return
            done, _ = wait(under_way, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)
            for future in done:
                claimed = under_way.pop(future)
                answer, at = future.result()
                if not settle(claimed, answer, at=at, now=timezone.now()):
                    log.warning("Delivery %s was somebody else's before it was settled", claimed.delivery_id)


def _attempt(claimed: Claim, using: Rules) -> tuple[Answer, datetime]:
    at = timezone.now()
    if claimed.problem:
        return Answer(error=claimed.problem), at
    headers = signing.headers(claimed.uid, claimed.body, at=at, keys=claimed.keys)
    return post(claimed.url, claimed.body, headers, using), at


@contextmanager
def _slot() -> Iterator[bool]:
    """Whether this worker may deliver now, beside others. The locks go with the connection if the worker is killed."""
    with connection.cursor() as cursor:
        for slot in range(settings.WEBHOOKS_AT_ONCE):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, slot])
            if cursor.fetchone()[0]:
                break
        else:
            yield False
            return
    try:
        yield True
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, slot])
