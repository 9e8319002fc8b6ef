"""How programs call the REST API: with a secret key of their workspace, inside of its scope; errors are JSON."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.views import exception_handler as rest_exceptions

from workspaces.keys.authentication import HasKey, SecretKey
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Refused(exceptions.APIException):
    """A request that cannot be answered: a code for programs, a sentence for people."""

    status_code: int = status.HTTP_400_BAD_REQUEST

    def __init__(self, code: str, sentence: str, *, status_code: int = status.HTTP_400_BAD_REQUEST) -> None:
        super().__init__(sentence, code)
        self.status_code = status_code


class SecretKeyScheme(OpenApiAuthenticationExtension):
    target_class = SecretKey
    name = "secretKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A workspace's secret key (fm_secret_…)."}


class KeyedView(APIView):
    """A resource of the workspace whose key the request carries."""

    authentication_classes = (SecretKey,)
    permission_classes = (HasKey,)


def in_workspace(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Run a handler of a KeyedView inside its workspace's scope and time zone, with the workspace as `workspace`."""

    @functools.wraps(handler)
    def handle(view: KeyedView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.auth
        assert isinstance(key, ApiKey)
        workspace = Workspace.objects.get(pk=key.workspace_id)
        with scope(workspace), timezone.override(workspace.zone):
            return handler(view, request, *args, **kwargs)

    return handle


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every failure as {code, message}."""
    if isinstance(error, exceptions.NotAuthenticated):
        error.detail = exceptions.ErrorDetail("Send a secret key of the workspace as Authorization: Bearer.", "bad_key")
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or "There is no such thing.")
    response = rest_exceptions(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "bad_request"
    message = error.detail if isinstance(error.detail, str) else f"These fields are wrong: {error.detail}"
    response.data = {"code": code, "message": str(message)}
    return response
