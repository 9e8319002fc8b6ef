"""Intake's endpoint as Django serves it: for development servers and tests. The web server's way is the gateway."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from onboarding.intake import endpoint, routes
from onboarding.intake.body import read_bounded


@csrf_exempt
def answer(request: HttpRequest) -> HttpResponse:
    """Any address at which events are taken."""
    route = routes.find(request.path_info)
    if route is None:
        raise Http404("Nothing is taken at this address")
    return respond(request, route)


def respond(request: HttpRequest, route: endpoint.Route) -> HttpResponse:
    """What a route answers, as Django's response."""
    # A body in chunks comes without its length, which Django takes for an empty one.
    in_chunks = not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING")
    read: Any = request.META["wsgi.input"].read if in_chunks else request.read
    answer = endpoint.answer(
        endpoint.Request(
            method=str(request.method),
            path=request.path_info,
            query=request.META.get("QUERY_STRING", ""),
            header=lambda name: request.headers.get(name, ""),
            body=lambda limit: read_bounded(read, limit=limit),
            scheme=request.scheme or "http",
        ),
        route,
    )
    response = HttpResponse(answer.body, status=answer.status, headers=answer.headers, content_type="application/json")
    for name, value in endpoint.FOR_ANY_SITE.items():
        response[name] = value
    return response
