"""ETags: a read that found nothing new costs no body; a write that names what it saw overwrites nothing unseen."""

import hashlib
import zlib

from django.db import connection
from django.utils.http import parse_etags

from workspaces.api.problems import Refused
from workspaces.scope import current_workspace_id


def etag_of(content: bytes) -> str:
    """Strong: the same exactly when the bytes are."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_known(header: str, etag: str) -> bool:
    """If-None-Match, by the weak comparison (RFC 9110, 13.1.2)."""
    known = [tag.removeprefix("W/") for tag in parse_etags(header)]
    return "*" in known or etag in known


def check(header: str, etag: str) -> None:
    """If-Match, by the strong comparison (13.1.1). Raises Refused."""
    if header.strip() != "*" and etag not in parse_etags(header):
        raise Refused("precondition_failed", headers={"ETag": etag})


def one_at_a_time(path: str) -> None:
    """Whoever writes at this path next waits until this transaction ends, so that what was compared stays true."""
    name = f"{current_workspace_id()} {path}".encode("utf-8", "surrogatepass")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7, %s)", [zlib.crc32(name) - 2**31])
