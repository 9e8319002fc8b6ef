"""The description of intake in OpenAPI 3.1, made of the very limits and reasons that the code goes by.

Served at /v1/openapi.json. tests/onboarding/intake/test_openapi.py holds it and the answers to one another.
"""

from typing import Any

from onboarding.intake.limits import KB, MAX_BODY_BYTES, MAX_EVENT_BYTES, MAX_EVENTS, MAX_IDENTIFIER, MAX_MESSAGE_ID
from onboarding.intake.openapi_posthog import paths as posthog_paths
from onboarding.intake.openapi_posthog import schemas as posthog_schemas
from onboarding.intake.reasons import Reason
from onboarding.intake.steps import CALLS, TYPES

Json = dict[str, Any]

SUMMARIES = {
    "identify": "Say the traits of a person",
    "track": "Say that something was done",
    "group": "Say that a person belongs to an account, and the account's traits",
    "page": "Say that a page was viewed",
    "screen": "Say that a screen was viewed",
    "alias": "Say that two ids are one person",
    "batch": "Send many calls at once",
}
NEEDED = {"track": ["event"], "group": ["groupId"], "alias": ["userId", "previousId"]}
# What is no event's or batch's fault.
OTHER_CODES = ("unknown_call", "method_not_allowed", "rate_limited", "unavailable", "internal_error")


def document() -> Json:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Firstmile intake",
            "version": "1",
            "description": "Segment's HTTP API, and PostHog's capture calls. Bodies are JSON whatever their "
            f"Content-Type says, packed by gzip or not: at most {MAX_EVENT_BYTES // KB} KB an event, "
            f"{MAX_BODY_BYTES // KB} KB and {MAX_EVENTS} events a batch. What is answered with 200 is on disk.",
        },
        "security": [{"basic": []}, {"bearer": []}, {}],
        "paths": {
            **{f"/v1/{name}": _call(name, call) for name, call in CALLS.items()},
            "/v1/projects/{writeKey}/settings": SETTINGS,
            **posthog_paths(failure),
        },
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "The write key, with an empty password."},
                "bearer": {"type": "http", "scheme": "bearer", "description": "The write key."},
            },
            "schemas": {
                **{call.title(): _event(call) for call in sorted(TYPES)},
                "Batch": BATCH,
                "Taken": TAKEN,
                "Rejected": REJECTED,
                "Failure": FAILURE,
                **posthog_schemas(),
            },
        },
    }


def failure(description: str, *, retry: bool = False, schema: str = "Failure") -> Json:
    """The description of an answer that something was not taken."""
    found = {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
    if retry:
        seconds = {"type": "integer", "minimum": 1}
        found["headers"] = {"Retry-After": {"required": True, "description": "Seconds to wait.", "schema": seconds}}
    return found


def _call(name: str, call: str) -> Json:
    responses = {
        "200": {
            "description": "Everything that could be taken is on disk. `rejected` and `mended` say what was not, "
            "or not as it was.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Taken"}}},
        },
        "400": failure("Not JSON, or not a call, or (alone) an event that cannot be taken: the same will fail again."),
        "401": failure("No such write key."),
        "405": failure("Send POST."),
        "413": failure("The body is too large."),
        "429": failure("More than the workspace's share; nothing was stored.", retry=True),
        "500": failure("A defect here."),
        "503": failure("Nothing was stored; send the same again.", retry=True),
    }
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{call.title()}"}}},
    }
    return {"post": {"operationId": name, "summary": SUMMARIES[call], "requestBody": body, "responses": responses}}


def _event(call: str) -> Json:
    return {
        "type": "object",
        "properties": _PROPERTIES | ({"type": {"const": call}} if call in TYPES else {}),
        "required": NEEDED.get(call, []),
        "anyOf": [
            {"required": [name], "properties": {name: _IDENTIFIER}} for name in ("userId", "anonymousId")
        ],
    }  # fmt: skip


# (NUL is the one character that no id can hold.)
_IDENTIFIER: Json = {"type": "string", "minLength": 1, "maxLength": MAX_IDENTIFIER, "pattern": "^[^\\u0000]+$"}
_ID_OR_NONE: Json = {"anyOf": [_IDENTIFIER, {"type": "integer"}, {"type": "null"}]}
_TIME: Json = {"type": "string", "format": "date-time", "description": "ISO 8601; without an offset it is UTC."}
_OBJECT: Json = {"type": "object"}
_NAME: Json = {**_IDENTIFIER, "pattern": "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$"}
_PROPERTIES: Json = {
    "messageId": {
        **_IDENTIFIER,
        "maxLength": MAX_MESSAGE_ID,
        "description": "The same one again has no second effect.",
    },
    "userId": _ID_OR_NONE,
    "anonymousId": _ID_OR_NONE,
    "event": {**_NAME, "description": "Of track: what was done."},
    "groupId": _IDENTIFIER,
    "previousId": _IDENTIFIER,
    "properties": _OBJECT,
    "traits": _OBJECT,
    "context": {"type": "object", "properties": {"groupId": _ID_OR_NONE, "traits": _OBJECT}},
    "timestamp": {**_TIME, "description": "When it happened."},
    "originalTimestamp": {**_TIME, "description": "The same by the client's clock, corrected by sentAt."},
    "sentAt": _TIME,
    "writeKey": {"type": "string"},
}
BATCH: Json = {
    "type": "object",
    "required": ["batch"],
    "properties": {
        "batch": {
            "type": "array",
            "maxItems": MAX_EVENTS,
            "items": {"description": "Any of the calls, with its `type`. A bad one is rejected by itself."},
        },
        "sentAt": _TIME,
        "writeKey": {"type": "string"},
    },
}
REJECTED: Json = {
    "type": "object",
    "required": ["index", "code", "message"],
    "additionalProperties": False,
    "properties": {
        "index": {"type": "integer", "minimum": 0, "description": "Its place in the batch, from 0."},
        "code": {"enum": [reason.value for reason in Reason]},
        "message": {"type": "string", "minLength": 1},
    },
}
TAKEN: Json = {
    "type": "object",
    "required": ["success"],
    "additionalProperties": False,
    "properties": {
        "success": {"const": True},
        "accepted": {"type": "integer", "minimum": 0},
        "rejected": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Rejected"}},
        "mended": {
            "type": "array",
            "minItems": 1,
            "description": "Events in which values were replaced that no database can hold.",
            "items": {
                "type": "object",
                "required": ["index", "values"],
                "properties": {"index": {"type": "integer"}, "values": {"type": "integer", "minimum": 1}},
            },
        },
    },
}
FAILURE: Json = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"enum": [*(reason.value for reason in Reason), *OTHER_CODES]},
        "message": {"type": "string", "minLength": 1, "description": "What happened, and what to do."},
    },
}
SETTINGS: Json = {
    "get": {
        "operationId": "settings",
        "summary": "Where Segment's browser SDK sends",
        "security": [{}],
        "parameters": [
            {"name": "writeKey", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        ],
        "responses": {
            "200": {
                "description": "The address under which this was asked.",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["integrations"],
                            "properties": {
                                "integrations": {
                                    "type": "object",
                                    "required": ["Segment.io"],
                                    "properties": {
                                        "Segment.io": {
                                            "type": "object",
                                            "required": ["apiKey", "apiHost", "protocol"],
                                            "properties": {"protocol": {"enum": ["http", "https"]}},
                                        }
                                    },
                                }
                            },
                        }
                    }
                },
            },
            "400": failure("The server does not answer under this name."),
            "404": failure("No such write key."),
            "405": failure("Send GET."),
            "500": failure("A defect here."),
            "503": failure("The database does not answer.", retry=True),
        },
    }
}
