"""In which language and time zone the application speaks: the member's own, else the browser's and the workspace's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from workspaces.tenants.models import User


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the language of whoever asks.

    Programs are answered in English, whatever they accept (settings.SPOKEN_TO_IN_ENGLISH), and so are the pages of end
    users, which have languages of their own.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.SPOKEN_TO_IN_ENGLISH):
            return get_response(request)
        user = request.user
        chosen = user.language if isinstance(user, User) else ""
        zone = user.zone if isinstance(user, User) else None
        with (
            translation.override(chosen or translation.get_language_from_request(request)),
            timezone.override(zone) if zone else nullcontext(),
        ):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        if not chosen:
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return answer


@contextmanager
def speaking_to(user: User, *, otherwise: str | None = None) -> Iterator[None]:
    """Where a task writes to a member: their language, `otherwise` (English) where they chose none, and their zone."""
    zone = user.zone
    with (
        translation.override(user.language or otherwise or settings.LANGUAGE_CODE),
        timezone.override(zone) if zone else nullcontext(),
    ):
        yield
