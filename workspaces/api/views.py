"""What every resource of the REST API has in common: a secret key, its scopes, a limit, JSON. See operations.py."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from workspaces.api import limits
from workspaces.api.json_bodies import BoundedJSON, drain
from workspaces.api.problems import Refused, problem_response
from workspaces.keys.authentication import HasKey, SecretKey, was_good
from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import scope_of
from workspaces.scope import cause


class OneForm(BaseContentNegotiation):
    """Answers have one form each, whatever a client says that it accepts."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        for parser in parsers:
            if (request.content_type or "").partition(";")[0].strip().lower() in ("", parser.media_type):
                return parser
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)


class KeyedView(APIView):
    """A resource of the workspace whose key the request carries. Its methods are `operation`s."""

    authentication_classes = (SecretKey,)
    permission_classes: tuple[type[BasePermission], ...] = (HasKey,)
    parser_classes = (BoundedJSON,)
    content_negotiation_class = OneForm
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    _quota: limits.Quota | None = None

    def perform_authentication(self, request: Request) -> None:
        """401 without a key that is good. From an address that sent too many of those it is not even looked for, unless
        this process has met it: whoever works beside a program that fails goes on.
        """
        address, header = cause.origin().address, request.META.get("HTTP_AUTHORIZATION", "")
        if not was_good(header):
            _refuse_beyond(limits.refused(address))
        try:
            super().perform_authentication(request)
        except exceptions.AuthenticationFailed:
            limits.count_refused(address)
            raise
        if request.auth is None:
            limits.count_refused(address)
            raise exceptions.NotAuthenticated

    def check_permissions(self, request: Request) -> None:
        """403 for a key without the scope, which is named. It is counted all the same."""
        self._count(request)
        super().check_permissions(request)
        permission = getattr(getattr(self, (request.method or "").lower(), None), "permission", None)
        if permission is None:
            return  # no such method, as dispatch is about to say
        key = request.auth
        assert isinstance(key, ApiKey)
        needed = scope_of(permission)
        if needed not in key.scopes:
            sentence = f"The key “{key.name}” lacks the scope {needed}."
            raise Refused("missing_scope", sentence, missing_scope=needed)
        if not key.may(permission):
            raise Refused("level_too_low")

    def _count(self, request: Request) -> None:
        key = request.auth
        assert isinstance(key, ApiKey)
        self._quota = limits.count(key.workspace_id)
        if self._quota is not None and self._quota.exceeded:
            sentence = f"The workspace's limit is {self._quota.most:,} requests a minute."
            raise Refused("rate_limited", sentence, headers={"Retry-After": str(self._quota.seconds)})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._quota is not None:
            for name, value in self._quota.headers.items():
                response[name] = value
        if response.status_code >= 400:
            drain(request._request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        op = getattr(getattr(self, (request.method or "").lower(), None), "operation", None)
        if op is not None and op.deprecated is not None:
            for name, value in op.deprecated.headers(op.name).items():
                both = name == "Link" and response.has_header(name)
                response[name] = f"{response[name]}, {value}" if both else value
        return response


def _refuse_beyond(quota: limits.Quota | None) -> None:
    if quota is not None and quota.left == 0:
        sentence = f"More than {quota.most:,} requests a minute came from your address without a key that is good."
        raise Refused("rate_limited", sentence, headers={"Retry-After": str(quota.seconds)})


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Anything else below /api/v1/."""
    return problem_response("not_found", 404, "There is nothing at this address; /api/openapi.json says what there is.")
