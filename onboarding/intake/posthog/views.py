"""PostHog's capture calls, answered as its SDKs expect. What is sent goes through the very steps of Segment's calls."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from onboarding.intake import steps
from onboarding.intake.limits import MAX_POSTHOG_BODY_BYTES
from onboarding.intake.posthog.reading import Capture, decode
from onboarding.intake.reasons import Drop
from onboarding.intake.taking import Taken, take
from onboarding.intake.views import answering, body_of, workspace_of

View = Callable[..., HttpResponse]

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


def in_its_words(view: View) -> View:
    """Failures with the names under which PostHog's SDKs look for them, beside our own."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        response = view(request, **arguments)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        said = json.loads(response.content)
        kind = {HTTPStatus.UNAUTHORIZED: "authentication_error", HTTPStatus.TOO_MANY_REQUESTS: "throttled_error"}.get(
            HTTPStatus(response.status_code),
            "server_error" if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else "validation_error",
        )
        response.content = json.dumps(said | {"type": kind, "detail": said["message"], "attr": None})
        return response

    return answer


@in_its_words
@answering("POST")
def capture(request: HttpRequest) -> HttpResponse:
    """Events, one or many. 200 once everything good is durable; a single event that is bad is 400."""
    sent, taken = _take(request)
    if sent.alone and taken.dropped:
        raise taken.dropped[0].drop
    answer: dict[str, Any] = {"status": 1}
    if taken.dropped:
        refused = _refused(taken)
        answer["accepted"] = sent.sent - len(refused)
        answer["rejected"] = [
            {"index": place, "code": drop.reason, "message": drop.sentence} for place, drop in refused.items()
        ]
    return JsonResponse(answer)


@in_its_words
@answering("POST")
def events(request: HttpRequest) -> HttpResponse:
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
    return JsonResponse({"results": results})


@in_its_words
@answering("GET", "POST")
def flags(request: HttpRequest) -> HttpResponse:
    """There are none: SDKs that ask go on with their defaults."""
    return JsonResponse(NO_FLAGS)


def _take(request: HttpRequest) -> tuple[Capture, Taken]:
    received_at = timezone.now()
    sent = decode(
        body_of(request, limit=MAX_POSTHOG_BODY_BYTES),
        query=request.META.get("QUERY_STRING", ""),
        sent_at=request.headers.get("PostHog-Request-Timestamp", ""),
    )
    workspace_id = steps.authenticate(request.META.get("HTTP_AUTHORIZATION", ""), sent, find=workspace_of)
    return sent, take(workspace_id, sent, received_at=received_at)


def _refused(taken: Taken) -> dict[int, Drop]:
    """Why an event was not taken, or not all of it, by its place."""
    return {dropped.place: dropped.drop for dropped in sorted(taken.dropped, key=lambda d: d.place)}
