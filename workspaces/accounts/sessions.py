"""The sessions of a log-in: where each is, when it was last seen, and ending it from afar."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

from workspaces.accounts import client
from workspaces.tenants.models import User

SEEN_EVERY_SECONDS = 300  # how exactly "last seen" is told; a page in between writes nothing
SEEN = "seen_at"

Answer = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Shown:
    """A session as its owner sees it."""

    pk: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    current: bool


def middleware(answer: Answer) -> Answer:
    """Note when and from where a session was last seen. Visitors without a session cost nothing."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = time.time()
            if now - request.session.get(SEEN, 0) >= SEEN_EVERY_SECONDS:
                request.session[SEEN] = int(now)
                UserSession.objects.create_from_request(request)
        return answer(request)

    return answered


def of(user: User, request: HttpRequest) -> list[Shown]:
    """The living sessions, this one first, then the last seen; dead ones are forgotten on the way."""
    found = [
        Shown(
            pk=session.pk,
            device=client.device_of(session.user_agent),
            address="" if session.ip == client.UNKNOWN else session.ip,
            began_at=session.created_at,
            seen_at=session.last_seen_at,
            current=session.session_key == request.session.session_key,
        )
        for session in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda shown: (not shown.current, -shown.seen_at.timestamp()))


def end(user: User, pk: int) -> bool:
    """End one of the user's sessions at once; False where it is not theirs, or gone."""
    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session is None:
        return False
    session.end()
    return True


def end_others(user: User, request: HttpRequest) -> int:
    """End all but this one; returns how many."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key))
    for session in others:
        session.end()
    return len(others)
