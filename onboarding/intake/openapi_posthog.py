"""The part of intake's description that is PostHog's: its capture calls."""

from collections.abc import Callable
from typing import Any

from onboarding.intake.limits import MAX_EVENTS, MAX_IDENTIFIER

Json = dict[str, Any]

BATCHES = ("/batch/", "/i/v0/ai/batch/")
SINGLE = ("/capture/", "/e/", "/i/v0/e/")


def paths(failure: Callable[..., Json]) -> Json:
    """PostHog's addresses, at the root; each works without the slash at its end, too."""
    failures = {
        "400": failure("Not JSON, or no event, or a single event that cannot be taken.", schema="PostHogFailure"),
        "401": failure("No such key.", schema="PostHogFailure"),
        "405": failure("Send POST.", schema="PostHogFailure"),
        "413": failure("The body is too large.", schema="PostHogFailure"),
        "429": failure("More than the workspace's share; nothing was stored.", retry=True, schema="PostHogFailure"),
        "500": failure("A defect here.", schema="PostHogFailure"),
        "503": failure("Nothing was stored; send the same again.", retry=True, schema="PostHogFailure"),
    }

    def post(path: str, summary: str, body: str, answer: str, responses: Json = failures) -> Json:
        return {
            "post": {
                "operationId": "posthog" + path.replace("/", "_"),
                "summary": summary,
                "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(body)}}},
                "responses": {
                    "200": {"description": "Done.", "content": {"application/json": {"schema": _ref(answer)}}},
                    **responses,
                },
            }
        }

    return {
        **{path: post(path, "PostHog's capture, in batches", "PostHogBatch", "PostHogTaken") for path in BATCHES},
        **{path: post(path, "PostHog's capture", "PostHogEvent", "PostHogTaken") for path in SINGLE},
        "/i/v1/analytics/events": post("/v1", "PostHog's newer capture", "PostHogBatch", "PostHogResults"),
        **{
            path: post(path, "There are no flags", "Anything", "PostHogFlags", {"500": failures["500"]})
            for path in ("/flags/", "/decide/")
        },
    }


def schemas() -> Json:
    return {
        "PostHogEvent": {
            "type": "object",
            "required": ["event", "distinct_id"],
            "properties": {
                "event": {"type": "string", "minLength": 1},
                "distinct_id": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": MAX_IDENTIFIER,
                    "pattern": "^[^\\u0000]+$",
                },
                "uuid": {"type": "string", "format": "uuid"},
                "timestamp": {"type": "string", "format": "date-time"},
                "properties": {"type": "object"},
                "api_key": {"type": "string"},
            },
        },
        "PostHogBatch": {
            "type": "object",
            "required": ["batch"],
            "properties": {
                "api_key": {"type": "string"},
                "batch": {"type": "array", "maxItems": MAX_EVENTS, "items": _ref("PostHogEvent")},
                "sent_at": {"type": "string", "format": "date-time"},
                "historical_migration": {"type": "boolean"},
            },
        },
        "PostHogTaken": {
            "type": "object",
            "required": ["status"],
            "additionalProperties": False,
            "properties": {
                "status": {"const": 1},
                "accepted": {"type": "integer", "minimum": 0},
                "rejected": {"type": "array", "minItems": 1, "items": _ref("Rejected")},
            },
        },
        "PostHogResults": {
            "type": "object",
            "required": ["results"],
            "properties": {
                "results": {
                    "type": "object",
                    "description": "What became of each event, by its uuid.",
                    "additionalProperties": {
                        "type": "object",
                        "required": ["result"],
                        "properties": {"result": {"enum": ["ok", "drop"]}, "details": {"type": "string"}},
                    },
                }
            },
        },
        "PostHogFailure": {
            "allOf": [_ref("Failure")],
            "required": ["type", "detail", "attr"],
            "properties": {
                "type": {"enum": ["validation_error", "authentication_error", "throttled_error", "server_error"]},
                "detail": {"type": "string", "minLength": 1},
            },
        },
        "PostHogFlags": {
            "type": "object",
            "required": ["flags", "featureFlags"],
            "properties": {name: {"type": "object", "maxProperties": 0} for name in ("flags", "featureFlags")},
        },
        "Anything": {},
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
