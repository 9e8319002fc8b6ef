"""What the API is, for everybody: its description, pages to read and try it by, and what each problem means."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from workspaces.api.etags import etag_of
from workspaces.api.openapi import text
from workspaces.api.problems import CODES


@require_safe
@condition(etag_func=lambda request: etag_of(text().encode()))
def openapi(request: HttpRequest) -> HttpResponse:
    """The description in OpenAPI 3.1. It says nothing of anybody's, so any page may fetch it."""
    response = HttpResponse(text(), content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, no-cache"
    return response


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference.html")


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    rows = [(code, status, meaning) for code, (status, meaning) in CODES.items()]
    return render(request, "api/problems.html", {"rows": rows})
