"""One operation of the REST API: what it needs, takes and answers is said in one place, and done the same everywhere.

A handler fetches, calls the verb that the page calls, and returns what is to be rendered. Around it, in this order:
1. the key, its scope and the limit (views.py);
2. the body and the parameters, checked whole, so that every mistake is told at once;
3. the workspace's scope and time zone, which is one transaction: what fails leaves nothing behind;
4. Idempotency-Key of a POST (idempotency.py), If-Match of a change, ETag and If-None-Match of a read (etags.py).
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from workspaces.api import etags, idempotency
from workspaces.api.acting import holder, vouched_for
from workspaces.api.contract import JSON, READS, Operation
from workspaces.api.describing import described
from workspaces.api.paging import Page
from workspaces.api.problems import Refused
from workspaces.api.said import body_of, defaults_of, query_of
from workspaces.api.views import KeyedView
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import PERMISSIONS
from workspaces.tenants.models import Member, Workspace

Handler = Callable[..., Any]


@dataclass(frozen=True)
class Call:
    """Who asks what: the key as verbs take it, the workspace, and the request's parts, checked."""

    by: Member
    workspace: Workspace
    asked: Mapping[str, Any]
    body: Mapping[str, Any]
    request: Request

    @property
    def key(self) -> ApiKey:
        assert isinstance(self.request.auth, ApiKey)
        return self.request.auth


def operation(
    name: str,
    permission: str,
    summary: str,
    **said: Any,
) -> Callable[[Handler], Handler]:
    """Make a method of a KeyedView this Operation. The method takes a Call, and what the address names."""
    said.setdefault("status", 200 if said.get("answer") or said.get("media") else 204)
    op = Operation(name, permission, summary, **said)
    assert permission in PERMISSIONS, permission

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def handle(view: KeyedView, request: Request, **named: Any) -> HttpResponse:
            key = request.auth
            assert isinstance(key, ApiKey)
            workspace = Workspace.objects.get(pk=key.workspace_id)
            request._request.workspace = workspace  # type: ignore[attr-defined]  # for the access log
            by = holder(key, workspace)
            if op.vouched:
                by = vouched_for(by)
            if not by.may(permission):  # where more is asked for than the key's own level
                raise Refused("level_too_low")
            body = body_of(op, request)
            asked = query_of(op, request)
            with scope(workspace), timezone.override(workspace.zone):
                call = Call(by, workspace, asked, body, request)
                return _in_scope(op, view, call, handler, named)

        handle.permission = permission  # type: ignore[attr-defined]
        handle.operation = op  # type: ignore[attr-defined]
        handle.bare = handler  # type: ignore[attr-defined]
        return described(op)(handle)

    return decorate


def _in_scope(op: Operation, view: KeyedView, call: Call, handler: Handler, named: Mapping[str, Any]) -> HttpResponse:
    request = call.request

    def do() -> HttpResponse:
        return _rendered(op, handler(view, call, **named), call)

    if request.method in READS:
        response = do()
        if response.status_code == 200:
            return _unless_known(request, response)
        return response
    if op.matches:
        _check_match(view, call, named)
    key = request.headers.get(idempotency.HEADER)
    if request.method == "POST" and key is not None:
        return idempotency.once(request, key, do)
    response = do()
    if op.matches and op.answer is not None and response.status_code == 200:
        response["ETag"] = etags.etag_of(_current(view, call, named))
    return response


def _check_match(view: KeyedView, call: Call, named: Mapping[str, Any]) -> None:
    header = call.request.headers.get("If-Match")
    if header is None:
        raise Refused("precondition_required")
    etags.one_at_a_time(call.request.path)
    etags.check(header, etags.etag_of(_current(view, call, named)))


def _current(view: KeyedView, call: Call, named: Mapping[str, Any]) -> bytes:
    """What a read of the same address would answer now."""
    read = view.get  # type: ignore[attr-defined]
    bare = Call(call.by, call.workspace, defaults_of(read.operation), {}, call.request)
    return _rendered(read.operation, read.bare(view, bare, **named), bare).content


def _unless_known(request: Request, response: HttpResponse) -> HttpResponse:
    if not response.has_header("ETag"):  # whoever streams a file says of which
        response["ETag"] = etags.etag_of(response.content)
    etag = response["ETag"]
    known = request.headers.get("If-None-Match")
    if known is not None and etags.is_known(known, etag):
        headers = {name: response[name] for name in ("ETag", "Link") if response.has_header(name)}
        return HttpResponse(status=304, headers=headers)
    return response


def _rendered(op: Operation, found: Any, call: Call) -> HttpResponse:
    if isinstance(found, HttpResponseBase):  # those that stream are no HttpResponse
        return cast(HttpResponse, found)
    headers: dict[str, str] = {}
    status = op.status
    if isinstance(found, Answer):
        headers, status, found = found.headers, found.status or status, found.of
    if op.media != JSON:
        return HttpResponse(found, status=status, content_type=op.media, headers=headers)
    if op.answer is None:
        return HttpResponse(status=status, headers=headers)
    if op.pages:
        assert isinstance(found, Page)
        after = found.after
        items = found.items if op.plain else op.answer(found.items, many=True).data
        data: Any = {"data": items, "next": after}
        data |= dict(found.more)
        if after:
            query = {**call.request.query_params.dict(), "cursor": after}
            headers["Link"] = f'<{call.request.build_absolute_uri(call.request.path)}?{urlencode(query)}>; rel="next"'
    else:
        data = found if op.plain else op.answer(found).data
    return HttpResponse(JSONRenderer().render(data), status=status, content_type=JSON, headers=headers)


def in_a_while(seconds: int) -> HttpResponse:
    """The answer while a worker makes what is asked for: ask again after so many seconds."""
    sentence = f"It is being made; ask again in {seconds} seconds."
    body = JSONRenderer().render({"detail": sentence})
    return HttpResponse(body, status=202, content_type=JSON, headers={"Retry-After": str(seconds)})


@dataclass(frozen=True)
class Answer:
    """What a handler returns when there is more to say than the operation says of itself."""

    of: Any
    status: int | None = None
    headers: dict[str, str] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.headers is None:
            object.__setattr__(self, "headers", {})
