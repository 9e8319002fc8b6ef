"""What a client of OFREP asks, read from its body; and how it is told what was wrong with it. Pure."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson

from onboarding.intake.endpoint import Answer
from onboarding.intake.limits import KB, MAX_IDENTIFIER

MAX_BODY_BYTES = 64 * KB


@dataclass
class Refused(Exception):
    """Why there is no evaluation: OpenFeature's error code, and a sentence that says what to do."""

    status: int
    code: str
    details: str
    retry_after: int | None = None

    def answer(self, *, key: str = "") -> Answer:
        told: dict[str, Any] = {"errorCode": self.code, "errorDetails": self.details}
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}
        return Answer(orjson.dumps({"key": key} | told if key else told), self.status, headers)


class About(NamedTuple):
    """Whom the question is about: their userId, and the account in which they are ('' for any of theirs)."""

    user: str
    account: str


def asked_about(body: bytes) -> About:
    """The body's context: `targetingKey` and, where given, `groupId`; whatever else it holds is passed over.

    Raises Refused.
    """
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _bad("PARSE_ERROR", f"The body is not JSON: {error.msg}.") from None
    if not isinstance(asked, dict):
        raise _bad("PARSE_ERROR", 'The body must be a JSON object such as {"context": {"targetingKey": "dora"}}.')
    context = asked.get("context")
    if context is None:
        raise _bad("TARGETING_KEY_MISSING", "The body has no context; its targetingKey is the user's id.")
    if not isinstance(context, dict):
        raise _bad("INVALID_CONTEXT", "The context must be a JSON object.")
    user = context.get("targetingKey")
    if user is None or user == "":
        raise _bad("TARGETING_KEY_MISSING", "The context needs targetingKey: the user's id, as in identify.")
    account = context.get("groupId")
    return About(_identifier(user, "targetingKey"), "" if account is None else _identifier(account, "groupId"))


def _identifier(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise _bad("INVALID_CONTEXT", f"{name} must be text.")
    if len(value) > MAX_IDENTIFIER:
        raise _bad("INVALID_CONTEXT", f"{name} is longer than {MAX_IDENTIFIER} characters, so nobody's.")
    if "\0" in value:
        raise _bad("INVALID_CONTEXT", f"{name} holds the character NUL, so it is nobody's.")
    return value


def _bad(code: str, details: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, code, details)
