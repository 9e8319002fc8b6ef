"""JSON bodies of the REST API, whatever they are."""

from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpRequest, UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_BYTES = 1024 * 1024
MOST_DRAINED = 16 * MOST_BYTES
AT_ONCE = 64 * 1024


class BoundedJSON(JSONParser):
    """JSON of bounded size and depth; anything else is a 400 that says so."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        length = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        if length > MOST_BYTES:
            raise ParseError(f"The body is larger than {MOST_BYTES // 1024} KB.")
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("The body nests objects and lists too deeply.") from None


def drain(request: HttpRequest) -> None:
    """Read what was not read of a body that is refused: a client that is still sending when the connection closes
    would see a reset, and not why.
    """
    if hasattr(request, "_body"):  # it was read to its end
        return
    drained = 0
    try:
        while drained < MOST_DRAINED and (piece := request.read(AT_ONCE)):
            drained += len(piece)
    except (UnreadablePostError, OSError):
        return
