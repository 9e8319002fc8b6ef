"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same request again gets the same answer.

1. The first writes a row under the key, before it does anything, in the transaction of what it does.
2. A second one at the same time waits at that row until the first is through, a few seconds at most (then 409).
3. Whoever finds a row answers from it, if method, path and body are the same (else 422).
4. A request that fails leaves no row: nothing was done, so it may be sent again under the same key.

What was asked is kept as a keyed digest alone: it may have named somebody who is to be forgotten.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.request import Request

from workspaces.api.models import KeptAnswer
from workspaces.api.problems import Refused
from workspaces.keys.models import ApiKey
from workspaces.keys.sealed import Unreadable, seal, unseal
from workspaces.scope.bulk import insert_rows

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=24)
PATIENCE = "10s"
KEPT_HEADERS = ("Location", "ETag")
LOCK_NOT_AVAILABLE = "55P03"

_SANE = re.compile(r"[\x21-\x7e]{1,255}")


def once(request: Request, key: str, do: Callable[[], HttpResponse]) -> HttpResponse:
    """What `do` answers, or answered when it was asked under this key before. In the workspace's scope."""
    if not _SANE.fullmatch(key):
        raise Refused("bad_idempotency_key")
    fingerprints = _fingerprints(request)
    row = {"key": key, "fingerprint": fingerprints[0], "status": 0, "headers": {}, "body": ""}
    KeptAnswer.objects.filter(key=key, created_at__lt=timezone.now() - KEPT).delete()
    made = _insert({**row, "created_at": timezone.now()})
    if not made:
        return _again(key, fingerprints)
    response = do()
    kept = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    if response.has_header("Content-Type"):
        kept["Content-Type"] = response["Content-Type"]
    body = seal(response.content)
    KeptAnswer.objects.filter(key=key).update(status=response.status_code, headers=kept, body=body)
    return response


def _insert(row: dict[str, object]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    try:
        found = insert_rows(KeptAnswer, [row], on_conflict="(workspace_id, key) DO NOTHING", returning=("id",))
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == LOCK_NOT_AVAILABLE:
            raise Refused("in_progress") from None
        raise
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    return bool(found)


def _again(key: str, fingerprints: list[str]) -> HttpResponse:
    kept = KeptAnswer.objects.filter(key=key).first()
    if kept is None:  # forgotten between two statements
        raise Refused("in_progress")
    if not any(constant_time_compare(kept.fingerprint, one) for one in fingerprints):
        raise Refused("idempotency_key_reused")
    try:
        content = unseal(kept.body)
    except Unreadable:
        raise Refused("conflict", "It was done, but its answer cannot be read any more; read what it made.") from None
    headers = {name: value for name, value in kept.headers.items() if name != "Content-Type"}
    type_ = kept.headers.get("Content-Type")
    response = HttpResponse(content, status=kept.status, content_type=type_, headers=headers)
    response[REPLAYED] = "true"
    return response


def _fingerprints(request: Request) -> list[str]:
    """Of the key, the method, the address and the body: under the server's secret of now, and those of before it."""
    assert isinstance(request.auth, ApiKey)
    parts = (request.auth.digest, request.method, request.get_full_path())
    said = "".join(f"{part}\n" for part in parts).encode("utf-8", "surrogatepass") + request._request.body
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac("firstmile.idempotency", said, secret=one, algorithm="sha256").hexdigest() for one in secrets]
