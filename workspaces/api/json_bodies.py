"""JSON bodies of the REST API, whatever they are."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_BYTES = 1024 * 1024


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
