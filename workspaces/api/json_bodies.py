"""JSON bodies of the REST API, whatever they are."""

import io
import json
from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpRequest, UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_BYTES = 1024 * 1024
MOST_DRAINED = 16 * MOST_BYTES
AT_ONCE = 64 * 1024


class BoundedJSON(JSONParser):
    """JSON of bounded size and depth, and of whole characters; anything else is a 400 that says so."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        length = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        if length > MOST_BYTES:
            raise ParseError(f"The body is larger than {MOST_BYTES // 1024} KB.")
        try:
            found: dict[str, Any] = super().parse(stream, media_type, parser_context)
            json.dumps(found, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("The body nests objects and lists too deeply.") from None
        except UnicodeEncodeError:
            raise ParseError(
                "The body has half a character in it: a surrogate, such as \\ud800, without its other half."
            ) from None
        return found


def gather(request: HttpRequest, most: int) -> None:
    """A body sent in pieces, without saying how long it is (RFC 9112, 7.1), which Django would take for empty.

    One byte more than `most` is taken at most, so that whoever looks at its length sees that it is too long.
    """
    if not _in_pieces(request) or hasattr(request, "_body"):
        return
    content, read = b"", request.META["wsgi.input"].read
    try:
        while len(content) <= most and (piece := read(min(AT_ONCE, most + 1 - len(content)))):
            content += piece
    except OSError:
        raise ParseError("The body ended in the middle; send it again.") from None
    request.META["CONTENT_LENGTH"] = str(len(content))
    request._stream = io.BytesIO(content)  # what Django reads from


def drain(request: HttpRequest) -> None:
    """Read what was not read of a body that is refused: a client that is still sending when the connection closes
    would see a reset, and not why.
    """
    if hasattr(request, "_body") and not _in_pieces(request):  # it was read to its end
        return
    read = request.META["wsgi.input"].read if _in_pieces(request) else request.read
    drained = 0
    try:
        while drained < MOST_DRAINED and (piece := read(AT_ONCE)):
            drained += len(piece)
    except (UnreadablePostError, OSError):
        return


def _in_pieces(request: HttpRequest) -> bool:
    return "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
