"""From the bytes of a body to plain values, whatever the bytes are.

The usual body goes through orjson. What orjson refuses although a client may well send it (half of a surrogate pair
where a title was cut inside an emoji, bytes that are no UTF-8, NaN, 10,000 brackets in one event) is read a second
time, leniently, so that it costs its own event something and its neighbours nothing.
"""

import json
import re
import secrets
import zlib
from typing import Any

import orjson

from onboarding.intake.limits import KB, MAX_BODY_BYTES, MAX_DEPTH
from onboarding.intake.reasons import Drop, Reason

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
MOST_GZIP_MEMBERS = 16

# orjson reads integers beyond 64 bits as rounded floats without a word, so runs of 19 digits go the exact way.
_DIGITS = bytes(ord("0") if ord("0") <= byte <= ord("9") else ord(" ") for byte in range(256))
_LONG_NUMBER = b"0" * 19
# Beyond 308 digits no double can hold a number; Python bounds the conversion at 4,300 for its cost.
_MAX_DIGITS = 308

# A batch is two levels around its events.
_CUT_DEPTH = MAX_DEPTH + 3
# Stands for what was cut. Made anew in every process, so that nobody can send it.
CUT = f"[nested too deeply to be shown {secrets.token_hex(8)}]"
# Whole strings, so that brackets inside them don't count; an unfinished one reaches to the end (possessively: a body
# of quotes and backslashes costs no second look).
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.?[^"\\]*+)*+"?|[\[{]+|[\]}]+', re.DOTALL)


def unpack(body: bytes, *, limit: int = MAX_BODY_BYTES) -> bytes:
    """The body without gzip, which its first bytes tell (headers get lost on the way). Never more than `limit`."""
    if not body.startswith(GZIP):
        return _bounded(body, limit)
    unpacked = b""
    rest = body
    members = 0
    try:
        while rest.startswith(GZIP):  # gzip allows several members after one another
            members += 1
            if members > MOST_GZIP_MEMBERS:  # each costs a copy of what follows it
                raise Drop(Reason.BAD_GZIP, f"The gzip body has more than {MOST_GZIP_MEMBERS} members; send one.")
            stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
            unpacked += stream.decompress(rest, limit + 1 - len(unpacked))
            _bounded(unpacked, limit)
            if not stream.eof:
                raise Drop(Reason.BAD_GZIP, "The gzip body ends in the middle; send it again whole.")
            rest = stream.unused_data
    except zlib.error as error:
        raise Drop(Reason.BAD_GZIP, f"The body starts like gzip but cannot be decompressed ({error}).") from None
    return unpacked


def _bounded(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise Drop(
            Reason.BODY_TOO_LARGE, f"The body is larger than {limit // KB} KB (decompressed); send smaller batches."
        )
    return body


def parse(body: bytes) -> tuple[Any, bool]:
    """The JSON value of the body, and whether it is suspect: it may hold what the log cannot (see storable.mend).

    Of a key that an object has twice, the last value counts. Raises Drop(BAD_JSON).
    """
    body = body.removeprefix(BYTE_ORDER_MARK)
    if b"\\u0000" not in body and _LONG_NUMBER not in body.translate(_DIGITS):
        try:
            return orjson.loads(body), False
        except orjson.JSONDecodeError:
            pass
    return _parse_leniently(body.decode("utf-8", "surrogateescape")), True


def _parse_leniently(text: str) -> Any:
    try:
        return _DECODER.decode(_cut_depth(text))
    except json.JSONDecodeError as error:
        raise Drop(
            Reason.BAD_JSON, f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float("inf")


# strict=False lets control characters stand raw in strings.
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer)


def _cut_depth(text: str) -> str:
    """The text with CUT in place of every value nested deeper than an event may be. Costs one linear look."""
    if text.count("[") + text.count("{") <= _CUT_DEPTH:
        return text
    kept: list[str] = []
    depth = keep_from = cut_at = 0
    for match in _STRUCTURE.finditer(text):
        brackets = match[0]
        if brackets[0] == '"':
            continue
        before = depth
        if brackets[0] in "[{":
            depth += len(brackets)
            if before <= _CUT_DEPTH < depth:
                cut_at = match.start() + _CUT_DEPTH - before
        else:
            depth -= len(brackets)
            if depth <= _CUT_DEPTH < before:
                kept += text[keep_from:cut_at], f'"{CUT}"'
                keep_from = match.start() + before - _CUT_DEPTH
    if depth > _CUT_DEPTH:  # never closed, so no JSON in any case
        return "".join(kept) + text[keep_from:cut_at]
    return "".join(kept) + text[keep_from:]
