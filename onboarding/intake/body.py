"""The raw body of a request, never more of it than one batch may have."""

from collections.abc import Callable

from onboarding.intake.limits import KB, MAX_BODY_BYTES
from onboarding.intake.reasons import Drop, Reason

MAX_DRAINED_BYTES = 16 * MAX_BODY_BYTES

Read = Callable[[int], bytes]


def read_bounded(read: Read, *, limit: int = MAX_BODY_BYTES, length: int | None = None) -> bytes:
    """The body that `read` gives piece by piece; `length` is what the client said, where it did. Raises Drop."""
    expected = limit + 1 if length is None else min(length, limit + 1)
    body = _piece(read, expected)
    while len(body) < expected and (rest := _piece(read, expected - len(body))):
        body += rest
    if len(body) > limit:
        _drain(read, len(body))
        raise Drop(Reason.BODY_TOO_LARGE, f"The body is larger than {limit // KB} KB; send smaller batches.")
    if length is not None and len(body) < length:
        raise _cut_off()
    return body


def _drain(read: Read, drained: int) -> None:
    """A client that is still sending when the connection closes would see a reset, and not why."""
    while drained < MAX_DRAINED_BYTES and (rest := _piece(read, MAX_BODY_BYTES)):
        drained += len(rest)


def _piece(read: Read, size: int) -> bytes:
    try:
        return read(size)
    except OSError:
        raise _cut_off() from None


def _cut_off() -> Drop:
    return Drop(Reason.BODY_UNREADABLE, "The body ended before its stated length; send it again.")
