"""What a request says, checked whole before anything is done, so that every mistake is told at once."""

from collections.abc import Mapping
from typing import Any

from django.http import UnreadablePostError
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from workspaces.api.contract import READS, Operation
from workspaces.api.json_bodies import MOST_BYTES, gather
from workspaces.api.paging import written
from workspaces.api.problems import At, Refused, places


def body_of(op: Operation, request: Request) -> Mapping[str, Any]:
    """What the body says. Raises Refused or ValidationError."""
    if request.method in (*READS, "DELETE") and op.body is None:
        return {}
    gather(request._request, op.raw or MOST_BYTES)
    if op.raw:
        return _bytes(op, request)
    if _length(request) > MOST_BYTES:
        raise Refused("parse_error", f"The body is larger than {MOST_BYTES // 1024} KB.")
    sent = request._request.body  # before it is parsed: the fingerprint of idempotency.py reads it, too
    if op.body is None:
        if sent.strip() not in (b"", b"{}", b"null"):
            raise Refused("invalid", "This operation takes no body.", errors=[At("Leave it out.")])
        return {}
    serializer = op.body(data=request.data if sent else {})
    serializer.is_valid(raise_exception=True)
    found: Mapping[str, Any] = serializer.validated_data
    return found


def _bytes(op: Operation, request: Request) -> Mapping[str, Any]:
    try:
        content = request._request.read(op.raw + 1)
    except (UnreadablePostError, OSError):
        raise Refused("bad_request", "The bytes ended before their stated length; send them again.") from None
    if len(content) > op.raw:
        raise Refused("bad_request", f"At most {op.raw:,} bytes are taken at once.")
    return {"content": content}


def _length(request: Request) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def query_of(op: Operation, request: Request) -> Mapping[str, Any]:
    """What the parameters of the address say. Raises Refused."""
    shape = _query_shape(op)
    if shape is None:
        unknown = list(request.query_params)
        known: list[str] = []
        found: Mapping[str, Any] = {}
        errors: list[At] = []
    else:
        serializer = shape(data=request.query_params.dict())
        known = list(serializer.fields)
        unknown = [name for name in request.query_params if name not in known]
        errors = []
        if not serializer.is_valid():
            errors = [At(at.detail, parameter=at.pointer.strip("/")) for at in places(serializer.errors)]
        found = {} if errors else serializer.validated_data
    what = f"known are {', '.join(known)}" if known else "there are none"
    errors += [At(f"There is no such parameter here; {what}.", parameter=name[:60]) for name in unknown]
    if errors:
        sentence = "; ".join(f"{at.parameter}: {at.detail}" for at in errors[:3])
        raise Refused("bad_query", sentence, errors=errors)
    return found


def _query_shape(op: Operation) -> type[Serializer] | None:
    if op.pages:
        return written(op.query)
    return op.query


def defaults_of(op: Operation) -> Mapping[str, Any]:
    """What they say where none is given."""
    shape = _query_shape(op)
    if shape is None:
        return {}
    serializer = shape(data={})
    serializer.is_valid(raise_exception=True)
    found: Mapping[str, Any] = serializer.validated_data
    return found
