"""Who gets onto the operator's pages, and that each look at them is written down.

An operator is a log-in that was appointed on the server. Its session must have shown a second factor, and somebody must
have proved anew who they are and said why they look: that reason stands beside every look for the next hour.
To everybody else these pages are not there.
"""

import functools
import time
from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from workspaces.accounts import facts
from workspaces.operator import acts
from workspaces.operator.models import Operator
from workspaces.tenants.models import User, Workspace

View = Callable[..., HttpResponse]
REASON = "operator_reason"
HOLDS_SECONDS = 3600


class OperatorRequest(HttpRequest):
    """What a view behind operator_view receives. `reason`: why the operator looks, as they said."""

    operator: str
    reason: str


def for_operators(view: View) -> View:
    """Let an operator in whose session has shown a second factor; 404 for whoever is none, 403 for one without."""

    @functools.wraps(view)
    def enter(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path())
        if not Operator.objects.filter(pk=user.pk).exists():
            raise Http404("There is nothing here")
        if not facts.of(request, user).second_factor:
            kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
            response = render(request, "operator/second_factor.html", {"kinds": kinds}, status=403)
        else:
            request.operator = user.email
            response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    enter.for_operators = True  # type: ignore[attr-defined]
    return enter


def operator_view(look: str) -> Callable[[View], View]:
    """For pages of operators who said why they look. `look` is what the log says that they did, "" where the view
    notes it itself; a slug in the address becomes its workspace, 404 if there is none.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def enter(request: OperatorRequest, *args: Any, slug: str = "", **kwargs: Any) -> HttpResponse:
            request.reason = reason_of(request)
            if not request.reason:
                back = request.get_full_path() if request.method == "GET" else reverse("operator:workspaces")
                return redirect(f"{reverse('operator:enter')}?{urlencode({'next': back})}")
            workspace = Workspace.objects.select_related("live").filter(slug=slug).first() if slug else None
            if slug:
                if workspace is None:
                    raise Http404("No such workspace")
                kwargs["workspace"] = workspace
            if look:
                acts.note(request.operator, look, workspace, because=request.reason)
            return view(request, *args, **kwargs)

        return for_operators(enter)

    return decorate


def say(request: HttpRequest, reason: str) -> None:
    request.session[REASON] = {"said": reason, "until": int(time.time()) + HOLDS_SECONDS}


def forget(request: HttpRequest) -> None:
    request.session.pop(REASON, None)


def reason_of(request: HttpRequest) -> str:
    """Why the operator looks, as long as that holds; else ""."""
    kept = request.session.get(REASON) or {}
    return cast(str, kept.get("said", "")) if kept.get("until", 0) > time.time() else ""
