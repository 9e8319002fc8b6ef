"""The description of the REST API, as it is served at /api/openapi.json and lies in docs/openapi.json."""

import functools
import json
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import spectacular_settings


@functools.cache
def document() -> dict[str, Any]:
    """The whole description, in OpenAPI 3.1."""
    found: dict[str, Any] = SchemaGenerator(api_version=spectacular_settings.VERSION).get_schema(public=True)
    return found


@functools.cache
def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
