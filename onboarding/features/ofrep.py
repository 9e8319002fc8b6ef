"""OpenFeature's remote evaluation protocol (OFREP 0.3), answered the short way (onboarding.intake.gateway).

A flag is a feature's key; its value says whether the user whose id is the context's targetingKey has the feature now.
The key of the workspace comes as Bearer or as X-API-Key: a flags key or a secret key.
"""

import functools
import hashlib
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings

from milestones.library.content import LONGEST_KEY
from onboarding.features import measures, openapi
from onboarding.features.asking import KB, MAX_BODY_BYTES, Refused, asked_about
from onboarding.features.evaluation import Known, evaluate, evaluate_all
from onboarding.features.learning import learn
from onboarding.features.models import Feature
from onboarding.features.standing import Standing, standing_for
from onboarding.intake import rate
from onboarding.intake.endpoint import Answer, Request, Route
from onboarding.intake.reasons import Drop, Reason
from workspaces.keys.header import UnreadableHeader, key_in
from workspaces.keys.known import KeyRevoked, Sender, asker_of
from workspaces.scope import scope

PREFIX = "/ofrep/v1/"
FLAGS = f"{PREFIX}evaluate/flags"

LIMIT = rate.Bucket(
    "flags:",
    lambda workspace_id: settings.FLAGS_PER_SECOND,
    "More than {:,} evaluations a second on average; ask again later, or ask for all flags of a user at once.",
)


def find(path: str) -> Route | None:
    """What an address does, or None when it is none of OFREP's."""
    if not path.startswith(PREFIX):
        return None
    if path.startswith(FLAGS):
        below = path[len(FLAGS) :]
        if below in ("", "/"):
            return _BULK
        if below.startswith("/"):
            key = _as_text(below[1:])
            told = functools.partial(_in_its_words, key=key)
            return Route(("POST",), functools.partial(single, key=key), told, measures.answered)
    return _DESCRIPTION if path == f"{PREFIX}openapi.json" else _UNKNOWN


def single(request: Request, key: str) -> Answer:
    """One flag."""
    try:
        asker, about = _asker(request), asked_about(_body(request))
        if not key or len(key) > LONGEST_KEY or "\0" in key:
            raise _no_such_flag()
        standing = standing_for(asker, about.user, feature=key, account=about.account)
        feature = _known(asker, key, standing)
    except KeyRevoked:
        return _bad_key().answer(key=key)
    except Refused as refused:
        return refused.answer(key=key)
    return Answer(orjson.dumps(evaluate(feature, standing.given).as_data))


def bulk(request: Request) -> Answer:
    """Every flag of the workspace. 304 while the ETag that the client has is still right."""
    try:
        asker, about = _asker(request), asked_about(_body(request))
        standing = standing_for(asker, about.user, account=about.account)
    except KeyRevoked:
        return _bad_key().answer()
    except Refused as refused:
        return refused.answer()
    found = evaluate_all(standing.features, standing.given)
    body = orjson.dumps({"flags": [one.as_data for one in found]})
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    if _holds(request.header("If-None-Match"), tag):
        return Answer(b"", HTTPStatus.NOT_MODIFIED, {"ETag": tag})
    return Answer(body, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


def description(request: Request) -> Answer:
    """All of this, in OpenAPI 3.1."""
    return Answer(orjson.dumps(openapi.document()))


def unknown(request: Request) -> Answer:
    """Anything else below PREFIX."""
    details = f"There is nothing at this address; flags are evaluated at {FLAGS} and {FLAGS}/KEY."
    return Refused(HTTPStatus.NOT_FOUND, "GENERAL", details).answer()


def _asker(request: Request) -> Sender:
    try:
        token = key_in(request.header("Authorization")) or request.header("X-API-Key").strip()
    except UnreadableHeader:
        token = ""
    asker = asker_of(token)
    if asker is None:
        raise _bad_key()
    try:
        rate.admit(asker.workspace_id, 1, LIMIT)
    except Drop as drop:
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "GENERAL", drop.sentence, retry_after=drop.retry_after) from None
    return asker


def _body(request: Request) -> bytes:
    try:
        return request.body(MAX_BODY_BYTES)
    except Drop as drop:
        if drop.reason != Reason.BODY_TOO_LARGE:
            raise Refused(HTTPStatus.BAD_REQUEST, "PARSE_ERROR", drop.sentence) from None
        details = f"The body is larger than {MAX_BODY_BYTES // KB} KB; of the context only targetingKey is read."
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "INVALID_CONTEXT", details) from None


def _known(asker: Sender, key: str, standing: Standing) -> Known:
    """The feature as it was found; one that was named a moment ago may not have been noted yet."""
    if standing.features:
        return standing.features[0]
    if standing.given:
        return Known(key)
    with scope(asker.workspace_id):
        learn()
        if Feature.objects.filter(key=key).exists():
            return Known(key)
    raise _no_such_flag()


def _no_such_flag() -> Refused:
    return Refused(
        HTTPStatus.NOT_FOUND, "FLAG_NOT_FOUND", "No published ladder of the workspace has ever named this feature."
    )


def _bad_key() -> Refused:
    details = "Send a flags key or a secret key of the workspace, as Authorization: Bearer or X-API-Key. "
    return Refused(HTTPStatus.UNAUTHORIZED, "GENERAL", details + "No workspace has this one, or it was revoked.")


def _holds(header: str, tag: str) -> bool:
    """Whether an If-None-Match header names the tag (weakly compared, RFC 9110 13.1.2)."""
    return any(part.strip().removeprefix("W/") in (tag, "*") for part in header.split(",")) if header else False


def _as_text(path: str) -> str:
    """Part of a path as the web server gives it, bytes read as Latin-1, or as Django does, read already."""
    try:
        return path.encode("latin-1").decode()
    except UnicodeError:
        return path


def _in_its_words(answer: Answer, key: str = "") -> Answer:
    """What is said of any endpoint's trouble, as OFREP says it."""
    said = orjson.loads(answer.body)
    if "errorCode" in said:
        return answer
    details = _DETAILS.get(said["code"], said["message"])
    told: dict[str, Any] = {"errorCode": "GENERAL", "errorDetails": details}
    return Answer(orjson.dumps({"key": key} | told if key else told), answer.status, answer.headers)


_DETAILS = {
    "unavailable": "The database does not answer; ask again after a while.",
    "internal_error": "Something is wrong here, not with what was asked.",
}
_BULK = Route(("POST",), bulk, _in_its_words, measures.answered)
_DESCRIPTION = Route(("GET",), description, _in_its_words, measures.answered)
_UNKNOWN = Route(("GET", "POST"), unknown, _in_its_words, measures.answered)
