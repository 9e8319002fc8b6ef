"""The script that the customer's page loads, and the same as a module with types for those who bundle it."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from onboarding.widget.embed import serving

TYPES = {".mjs": "text/javascript", ".ts": "text/plain", ".json": "application/json"}
FILES = ("firstmile.mjs", "firstmile.d.ts", "package.json")


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    return _send(request, serving.loader(), "text/javascript")


@require_safe
def player(request: HttpRequest) -> HttpResponse:
    """For the frame alone, when a video is asked for."""
    return _send(request, serving.player(), "text/javascript")


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponse:
    if name not in FILES:
        raise Http404("The SDK has no such file")
    return _send(request, serving.module(name), TYPES[name[name.rindex(".") :]])


def _send(request: HttpRequest, served: serving.Served, kind: str) -> HttpResponse:
    """An hour in caches, then a question that costs nothing: a new release is everywhere within the hour."""
    tag = f'"{served.tag}"'
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    response: HttpResponse
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(served.compressed if compressed else served.body, content_type=f"{kind}; charset=utf-8")
        if compressed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=3600, stale-while-revalidate=86400"
    response["Vary"] = "Accept-Encoding"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
