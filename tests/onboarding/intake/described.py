"""Holding an answer to the description of intake in OpenAPI."""

import functools
import json
from collections.abc import Mapping

import jsonschema_rs

from onboarding.intake import openapi

DOCUMENT = openapi.document()
FAILURE = {"$ref": "#/components/schemas/Failure"}


def assert_described(method: str, path: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
    """The answer is one that the description allows for this call."""
    path = path.partition("?")[0]
    known = next((name for name in (path, path + "/", path.rstrip("/")) if name in DOCUMENT["paths"]), "")
    operation = DOCUMENT["paths"].get(known, {}).get(method.lower())
    if operation is None:
        assert status in (404, 405), f"{method} {path} is described nowhere, and answers {status}"
        response = {"content": {"application/json": {"schema": FAILURE}}}
    else:
        assert str(status) in operation["responses"], f"{method} {path} may not answer {status}"
        response = operation["responses"][str(status)]
    for name, header in response.get("headers", {}).items():
        assert int(headers[name]) >= header["schema"]["minimum"]
    _validator(json.dumps(response["content"]["application/json"]["schema"])).validate(json.loads(content))


@functools.cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for({**json.loads(schema), "components": DOCUMENT["components"]})
