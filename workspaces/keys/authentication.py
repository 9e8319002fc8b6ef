"""Who calls the REST API: a program with a secret key of its workspace. The REST framework's settings name these."""

from typing import Any

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from workspaces.keys.header import UnreadableHeader, key_in
from workspaces.keys.models import ApiKey


class SecretKey(BaseAuthentication):
    """`Authorization: Bearer key`, or Basic with the key as the user's name. Write keys may stand in web pages, so
    they read nothing.
    """

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        key = ApiKey.find(_token(header), ApiKey.Kind.SECRET)
        if key is None:
            raise exceptions.AuthenticationFailed("No workspace has this secret key, or it was revoked.", "bad_key")
        ApiKey.note_use(key.digest)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Firstmile"'


def was_good(header: str) -> bool:
    """Whether this process has met the key of this header, and it was good then."""
    token = _token(header)
    return bool(token) and ApiKey.was_used_here(token)


def _token(header: str) -> str:
    try:
        return key_in(header)
    except UnreadableHeader:
        return ""


class HasKey(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, ApiKey)
