"""What the API is, for everybody: its description, pages to read and try it by, and what each problem means."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from workspaces.api.etags import etag_of
from workspaces.api.openapi import document, text
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


@require_safe
def deprecations(request: HttpRequest) -> HttpResponse:
    """Which operations will go, when, and what takes their place."""
    found = [op for path in document()["paths"].values() for op in path.values() if op.get("deprecated")]
    return render(request, "api/deprecations.html", {"operations": [_shown(op) for op in found]})


def _shown(op: dict[str, Any]) -> dict[str, Any]:
    names = {"since": "x-deprecated-since", "ends": "x-sunset", "instead": "x-instead", "name": "operationId"}
    return {"summary": op["summary"], **{name: op[key] for name, key in names.items()}}
