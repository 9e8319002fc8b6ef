"""PostHog's capture calls, answered as its SDKs expect. What is sent goes through the very steps of Segment's calls."""

import json
from http import HTTPStatus
from typing import Any

import orjson

from onboarding.intake.endpoint import Answer, Request, Route, refusal, take_sent
from onboarding.intake.limits import MAX_POSTHOG_BODY_BYTES
from onboarding.intake.posthog.reading import Capture, decode
from onboarding.intake.reasons import Drop
from onboarding.intake.taking import Taken

# What PostHog's SDKs ask for beside sending. There are no flags here, and nothing to switch on in the browser.
NO_FLAGS: dict[str, Any] = {
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
    "config": {"enable_collect_everything": False},
    "supportedCompression": ["gzip", "gzip-js"],
    "sessionRecording": False,
    "autocapture_opt_out": True,
}
KINDS = {HTTPStatus.UNAUTHORIZED: "authentication_error", HTTPStatus.TOO_MANY_REQUESTS: "throttled_error"}


def route(path: str) -> Route | None:
    """What an address does, or None when it is none of PostHog's. They lie at the root: SDKs are told a host."""
    return ROUTES.get(path[1:].removesuffix("/"))


def capture(request: Request) -> Answer:
    """Events, one or many. 200 once everything good is durable; a single event that is bad is 400."""
    sent, taken = _take(request)
    if sent.alone and taken.dropped:
        return refusal(taken.dropped[0].drop)
    answer: dict[str, Any] = {"status": 1}
    if taken.dropped:
        refused = _refused(taken)
        answer["accepted"] = sent.sent - len(refused)
        answer["rejected"] = [
            {"index": place, "code": drop.reason, "message": drop.sentence} for place, drop in refused.items()
        ]
    return Answer(orjson.dumps(answer))


def events(request: Request) -> Answer:
    """The newer protocol: an answer for each event, by its uuid."""
    sent, taken = _take(request)
    refused = _refused(taken)
    results: dict[str, dict[str, str]] = {}
    for place, uuid in enumerate(sent.uuids):
        if isinstance(uuid, str):
            drop = refused.get(place)
            results[uuid] = (
                {"result": "drop", "details": f"{drop.reason}: {drop.sentence}"} if drop else {"result": "ok"}
            )
    return Answer(json.dumps({"results": results}).encode())


def flags(request: Request) -> Answer:
    """There are none: SDKs that ask go on with their defaults."""
    return Answer(orjson.dumps(NO_FLAGS))


def in_its_words(answer: Answer) -> Answer:
    """A failure with the names under which PostHog's SDKs look for it, beside our own."""
    said = orjson.loads(answer.body)
    server = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = KINDS.get(HTTPStatus(answer.status), "server_error" if server else "validation_error")
    body = orjson.dumps(said | {"type": kind, "detail": said["message"], "attr": None})
    return Answer(body, answer.status, answer.headers)


def _take(request: Request) -> tuple[Capture, Taken]:
    def read(body: bytes) -> Capture:
        return decode(body, query=request.query, sent_at=request.header("PostHog-Request-Timestamp"))

    return take_sent(request, read, limit=MAX_POSTHOG_BODY_BYTES)


def _refused(taken: Taken) -> dict[int, Drop]:
    """Why an event was not taken, or not all of it, by its place."""
    return {dropped.place: dropped.drop for dropped in sorted(taken.dropped, key=lambda d: d.place)}


ROUTES = {
    **dict.fromkeys(
        ("batch", "capture", "e", "i/v0/e", "i/v0/ai/batch"), Route(("POST",), capture, retell=in_its_words)
    ),
    "i/v1/analytics/events": Route(("POST",), events, retell=in_its_words),
    **dict.fromkeys(("flags", "decide"), Route(("GET", "POST"), flags, retell=in_its_words)),
}
