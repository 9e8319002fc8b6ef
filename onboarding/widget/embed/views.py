"""What the frame asks for while it stands: the checklist as it changes, a new session, and to note what was done."""

from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from onboarding.intake import rate
from onboarding.intake.reasons import Drop
from onboarding.widget.embed import acts, admission, limits, session
from onboarding.widget.embed.admission import Asked
from onboarding.widget.embed.frame import begun
from onboarding.widget.embed.identity import Refused
from onboarding.widget.embed.session import Reader
from onboarding.widget.embed.showing import View, look
from onboarding.widget.models import WidgetSettings
from workspaces.scope import scope

MOST_BYTES = 16 * 1024

Answer = Callable[[HttpRequest, Reader], HttpResponse]


def _for_readers(answer: Answer) -> Callable[[HttpRequest], HttpResponse]:
    """Let whoever has a session in, inside of their workspace's scope; renew a session that grows old."""

    @csrf_exempt
    @never_cache
    @gzip_page
    def enter(request: HttpRequest) -> HttpResponse:
        try:
            with session.resume(request.headers.get("Authorization", "")) as reader:
                limits.admit_asking(reader.workspace.pk, reader.session.sender)
                response = answer(request, reader)
        except Drop as drop:
            return _busy(drop)
        except Refused as refused:
            return _refused(refused)
        if reader.renewed:
            response["Firstmile-Session"] = reader.renewed
        return response

    return enter


@require_GET
@_for_readers
def steps(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The checklist as it is now; 304 while the tag that the frame sends is still right. `all=1`: every step."""
    showing = look(reader, _view(request, request.GET.get("lang"), request.GET.get("all") == "1"))
    if request.headers.get("If-None-Match") == f'"{showing.tag}"':
        return HttpResponse(status=304)
    return JsonResponse(showing.data())


@require_POST
@_for_readers
def act(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Note what the reader did: {kind, step, reason}. Answers with the checklist where that changed it."""
    try:
        rate.admit(reader.workspace.pk, 1)  # as any other event of the workspace
        body = _body(request)
        view = _view(request, body.get("lang"), body.get("all") is True)
        showing = look(reader, view)
        done = acts.Act(*(str(body.get(name) or "") for name in ("kind", "step", "reason")))
        acts.do(done, sender=reader.session.sender, journey=showing.climbed())
    except Refused as refused:
        return _refused(refused, status=422)
    if done.kind not in acts.CHANGING:
        return HttpResponse(status=204)
    return JsonResponse(look(reader, view).data())


@csrf_exempt
@never_cache
@gzip_page
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A session for {key, user, token, origin}, when the frame came without a reader or the last session has ended.

    The origin is the page's own word; it need not be believed, since frame-ancestors holds the frame back elsewhere.
    """
    try:
        limits.admit_address(request.META)
        body = _body(request)
        said = {name: body.get(name) for name in ("key", "origin", "user", "token")}
        asked = Asked(**{name: value if isinstance(value, str) else "" for name, value in said.items()})
        key = admission.key_of(asked.key)
        view = _view(request, body.get("lang"), body.get("all") is True)
        with scope(key.workspace), timezone.override(key.workspace.zone):
            settings = WidgetSettings.of(key.workspace)
            try:
                return JsonResponse(begun(settings, key, asked, view).data)
            except Refused as refused:  # and that it was is counted: the transaction is not to be rolled back
                return _refused(refused)
    except Drop as drop:
        return _busy(drop)
    except Refused as refused:
        return _refused(refused)


def _view(request: HttpRequest, lang: Any, everything: bool) -> View:
    asked = lang if isinstance(lang, str) else ""
    return View(everything, asked, request.headers.get("Accept-Language", ""))


def _body(request: HttpRequest) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise Refused("too_large", f"The body is larger than {MOST_BYTES // 1024} KB.")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Refused("bad_json", "The body must be a JSON object.")
    return body


def _busy(drop: Drop) -> HttpResponse:
    response = _refused(Refused("rate_limited", drop.sentence), status=429)
    response["Retry-After"] = str(drop.retry_after or 1)
    return response


def _refused(refused: Refused, *, status: int = 401) -> HttpResponse:
    return JsonResponse({"code": refused.code, "message": refused.sentence}, status=status)
