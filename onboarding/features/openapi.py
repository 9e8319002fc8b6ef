"""The description of the evaluation of flags in OpenAPI 3.1. Served at /ofrep/v1/openapi.json.

tests/onboarding/features/test_openapi.py holds it and the answers to one another.
"""

from typing import Any

from milestones.library.content import LONGEST_KEY
from onboarding.features.asking import KB, MAX_BODY_BYTES
from onboarding.intake.limits import MAX_IDENTIFIER

Json = dict[str, Any]

ERROR_CODES = ["PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "GENERAL"]
REASONS = ["TARGETING_MATCH", "DEFAULT", "DISABLED"]


def document() -> Json:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Firstmile flags",
            "version": "1",
            "description": "OpenFeature's remote evaluation protocol (OFREP). A flag is a feature that steps of "
            "ladders switch on; its value says whether the user of targetingKey has it now. A flag decided in a "
            f"browser is no authorisation. Bodies are JSON of at most {MAX_BODY_BYTES // KB} KB.",
        },
        "security": [{"bearer": []}, {"apiKey": []}],
        "paths": {
            "/ofrep/v1/evaluate/flags/{key}": {"post": _operation("flag", "Evaluate one flag", SINGLE, [KEY])},
            "/ofrep/v1/evaluate/flags": {"post": _operation("flags", "Evaluate every flag", BULK, [IF_NONE_MATCH])},
        },
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A flags key or a secret key."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
            "schemas": {"Request": REQUEST, "Evaluation": EVALUATION, "Flags": FLAGS, "Failure": FAILURE},
        },
    }


def _operation(name: str, summary: str, responses: Json, parameters: list[Json]) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Request")}}},
        "responses": responses | COMMON,
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(description: str, schema: str, headers: Json | None = None) -> Json:
    found: Json = {"description": description, "content": {"application/json": {"schema": _ref(schema)}}}
    return found | ({"headers": headers} if headers else {})


_SECONDS = {"required": True, "description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
_ETAG = {"required": True, "description": "Of these very evaluations.", "schema": {"type": "string"}}
_IDENTIFIER = {"type": "string", "minLength": 1, "maxLength": MAX_IDENTIFIER, "pattern": "^[^\\u0000]+$"}

KEY: Json = {
    "name": "key",
    "in": "path",
    "required": True,
    "description": "The feature's key.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[a-z0-9._-]+$"},
}
IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of an earlier answer.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
}
SINGLE: Json = {
    "200": _json("Whether the user has the feature, and why.", "Evaluation"),
    "404": _json("FLAG_NOT_FOUND: no published ladder has ever named the feature.", "Failure"),
}
BULK: Json = {
    "200": _json("Every flag, for this user.", "Flags", {"ETag": _ETAG}),
    "304": {"description": "As it was under the ETag that was sent.", "headers": {"ETag": _ETAG}},
}
COMMON: Json = {
    "400": _json("The body or its context is not as it must be.", "Failure"),
    "401": _json("No such key.", "Failure"),
    "405": _json("Send POST.", "Failure"),
    "413": _json("The body is too large.", "Failure"),
    "429": _json("More than the workspace's share.", "Failure", {"Retry-After": _SECONDS}),
    "500": _json("A defect here.", "Failure"),
    "503": _json("The database does not answer.", "Failure", {"Retry-After": _SECONDS}),
}

REQUEST: Json = {
    "type": "object",
    "required": ["context"],
    "properties": {
        "context": {
            "type": "object",
            "required": ["targetingKey"],
            "description": "What else it holds is passed over.",
            "properties": {
                "targetingKey": {**_IDENTIFIER, "description": "The user's id, as in identify."},
                "groupId": {
                    "anyOf": [{**_IDENTIFIER, "minLength": 0, "pattern": "^[^\\u0000]*$"}, {"type": "null"}],
                    "description": "The account in which the user is now; without it, all of theirs count.",
                },
            },
        }
    },
}
EVALUATION: Json = {
    "type": "object",
    "required": ["key", "value", "reason", "variant", "metadata"],
    "additionalProperties": False,
    "properties": {
        "key": {"type": "string", "minLength": 1},
        "value": {"type": "boolean"},
        "reason": {"enum": REASONS},
        "variant": {"enum": ["on", "off"]},
        "metadata": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "source": {"enum": ["completion", "account", "grant"]},
                "ladder": {"type": "string", "description": "The ladder's key."},
                "step": {"type": "string", "description": "The step's key."},
                "account": {"type": "string", "description": "The account by which it comes."},
                "since": {"type": "string", "format": "date-time"},
                "until": {"type": "string", "format": "date-time", "description": "Of a grant that expires."},
                "named": {"const": False, "description": "No ladder's current version names it any more."},
            },
        },
    },
}
FLAGS: Json = {
    "type": "object",
    "required": ["flags"],
    "additionalProperties": False,
    "properties": {"flags": {"type": "array", "items": _ref("Evaluation")}},
}
FAILURE: Json = {
    "type": "object",
    "required": ["errorCode", "errorDetails"],
    "additionalProperties": False,
    "properties": {
        "key": {"type": "string"},
        "errorCode": {"enum": [*ERROR_CODES, "FLAG_NOT_FOUND"]},
        "errorDetails": {"type": "string", "minLength": 1, "description": "What happened, and what to do."},
    },
}
