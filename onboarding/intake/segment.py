"""Segment's HTTP API: what is sent is in the event log before the answer says so."""

import functools
import re
from http import HTTPStatus
from typing import Any

import orjson

from onboarding.intake import steps
from onboarding.intake.endpoint import Answer, Request, Route, failure, refusal, take_sent
from onboarding.intake.reasons import Reason
from onboarding.intake.taking import Taken
from workspaces.keys.models import ApiKey

PREFIX = "/v1/"
DONE = Answer(b'{"success": true}')
_SETTINGS = re.compile(r"projects/([^/]+)/settings")


def route(path: str) -> Route:
    """What an address below PREFIX does."""
    below = path[len(PREFIX) :]
    call = below.removesuffix("/")  # SDKs are configured with a host and sometimes with a slash too many
    if call in steps.CALLS:
        return _CALLS[call]
    if found := _SETTINGS.fullmatch(below):
        return Route(("GET",), functools.partial(settings, write_key=found[1]))
    return _OTHERS.get(below, _UNKNOWN)


def receive(request: Request, call: str) -> Answer:
    """A single call or a batch. 200 once everything good in it is durable; what was not taken is listed beside."""
    _, taken = take_sent(request, functools.partial(steps.decode, call=call))
    if not taken.dropped and not taken.mended:
        return DONE
    if call != "batch" and taken.dropped:
        return refusal(taken.dropped[0].drop)
    return Answer(orjson.dumps(_account(taken)))


def _account(taken: Taken) -> dict[str, Any]:
    """The long answer, for when not everything could be taken as it was sent."""
    account: dict[str, Any] = {"success": True, "accepted": taken.accepted}
    if taken.dropped:
        account["rejected"] = [
            {"index": dropped.place, "code": dropped.drop.reason, "message": dropped.drop.sentence}
            for dropped in taken.dropped
        ]
    if taken.mended:
        account["mended"] = [{"index": place, "values": values} for place, values in taken.mended]
    return account


def settings(request: Request, write_key: str) -> Answer:
    """What Segment's browser SDK asks first: where to send."""
    if ApiKey.find(write_key, ApiKey.Kind.WRITE) is None:
        return failure(HTTPStatus.NOT_FOUND, Reason.BAD_KEY, "No workspace has this write key.")
    scheme, host = request.origin()
    destination = {"apiKey": write_key, "apiHost": f"{host}/v1", "protocol": scheme}
    return Answer(orjson.dumps({"integrations": {"Segment.io": destination}}))


def unknown(request: Request) -> Answer:
    """Anything else below PREFIX."""
    calls = ", ".join(steps.CALLS)
    return failure(HTTPStatus.NOT_FOUND, "unknown_call", f"There is no {request.path}; the calls are {calls}.")


_CALLS = {name: Route(("POST",), functools.partial(receive, call=call)) for name, call in steps.CALLS.items()}
_OTHERS: dict[str, Route] = {}
_UNKNOWN = Route(("GET", "POST"), unknown)
