"""Intake's endpoint as Django serves it: for development servers and tests. The web server's way is the gateway."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from onboarding.intake import endpoint
from onboarding.intake.body import read_bounded


@csrf_exempt
def answer(request: HttpRequest, path: str) -> HttpResponse:
    """Anything under /v1/."""
    # A body in chunks comes without its length, which Django takes for an empty one.
    in_chunks = not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING")
    read: Any = request.META["wsgi.input"].read if in_chunks else request.read
    answer = endpoint.answer(
        endpoint.Request(
            str(request.method),
            path,
            request.META.get("HTTP_AUTHORIZATION", ""),
            lambda: read_bounded(read),
            lambda: (request.scheme or "http", request.get_host()),
        )
    )
    response = HttpResponse(answer.body, status=answer.status, headers=answer.headers, content_type="application/json")
    for name, value in endpoint.FOR_ANY_SITE.items():
        response[name] = value
    return response
