"""PDFs of playbooks: made at once where that is quick, by a task where it is not.

The task is handed its document under the document's own hash, and leaves the PDF beside it. Both are kept for a while
in the cache and follow from the database, so losing them costs a second try.
"""

import hashlib
import logging

import redis
from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError

from analytics.review.pdf import pdf_of

log = logging.getLogger(__name__)

# Up to this many characters of HTML it takes less than half a second; an ordinary playbook has 20,000.
QUICK = 300_000
KEPT_S = 900
# A task that has not answered by then is called again.
WAITING_S = 300


def print_soon(html: str, workspace_id: int) -> bytes | None:
    """The PDF of the document; None while a task makes it, then ask again."""
    if len(html) <= QUICK:
        return pdf_of(html)
    digest = hashlib.sha256(html.encode()).hexdigest()
    try:
        made: bytes | None = cache.get(_key("pdf", workspace_id, digest))
        if made is None and cache.add(_key("called", workspace_id, digest), 1, WAITING_S):
            cache.set(_key("html", workspace_id, digest), html, KEPT_S)
            current_app.send_task("review.print", args=[workspace_id, digest], retry=False)
    except (redis.RedisError, OperationalError, OSError) as error:
        log.warning("A long document is printed in the request, as no task can be called (%s)", error)
        return pdf_of(html)
    return made


def print_kept(workspace_id: int, digest: str) -> None:
    """Make the PDF of a document that waits for it."""
    html = cache.get(_key("html", workspace_id, digest))
    if html is not None:
        cache.set(_key("pdf", workspace_id, digest), pdf_of(html), KEPT_S)


def _key(what: str, workspace_id: int, digest: str) -> str:
    return f"review:{what}:{workspace_id}:{digest}"
