"""Failures from before any view is asked, to programs in the JSON that they expect everywhere else."""

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.views import defaults

from workspaces.api.problems import problem_response

FOR_PROGRAMS = {"intake", "posthog"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: most often a name of this server that its operator did not list."""
    if request.path_info.startswith("/api/v1/"):
        return problem_response("bad_request", 400, _said(exception))
    try:
        of_a_program = resolve(request.path_info).namespace in FOR_PROGRAMS
    except Resolver404:
        of_a_program = False
    if not of_a_program:
        return defaults.bad_request(request, exception)
    message = _said(exception)
    answer = {"code": "bad_request", "message": message, "type": "validation_error", "detail": message, "attr": None}
    return JsonResponse(answer, status=400, headers={"Access-Control-Allow-Origin": "*"})


def server_error(request: HttpRequest) -> HttpResponse:
    """500: to programs of the API in JSON, too."""
    if not request.path_info.startswith("/api/"):
        return defaults.server_error(request)
    return problem_response("internal_error", 500, "Something is wrong here, not with what was sent.")


def _said(exception: Exception) -> str:
    if isinstance(exception, DisallowedHost):
        return "The server does not answer under this name; its operator lists its names in FIRSTMILE_ALLOWED_HOSTS."
    return "The request is malformed."
