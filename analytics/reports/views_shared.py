"""A shared view of the numbers: no log-in, no way into the workspace, no script, and nothing but what the link asks."""

from collections.abc import Callable

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from analytics.metrics.question import Unanswerable
from analytics.reports import links, shared_pages
from analytics.reports.links import NoSuchLink, Resting
from analytics.reports.models import Link
from analytics.reports.soon import Page, Underway, soon
from workspaces.operator.gate import is_shut
from workspaces.tenants.models import Workspace

COOKIE = "shared"
LONGEST_PASSWORD = 200
ASK_AGAIN_S = "1"
STRICT = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}


def _quiet(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Headers by which an address leaks nowhere and nothing is kept."""

    def answer(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cache-Control"] = "no-store, private"
        return response

    return answer


# Under no-referrer a browser posts a form with “Origin: null”, which Django's check refuses. There is nothing to forge:
# whoever knows the password may see the page, and the answer says nothing else.
@csrf_exempt
@csp(STRICT)
@require_http_methods(["GET", "HEAD", "POST"])
@_quiet
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The view behind a link: 404 alike for unknown, expired and revoked, 429 while wrong passwords make it rest.

    403 while the workspace is suspended, before any password is asked for.
    """
    try:
        with links.behind(token) as (workspace, link):
            if is_shut(workspace):
                return render(request, "reports/closed_for_now.html", status=403)
            if link.password and not links.knows(link, request.COOKIES.get(COOKIE, "")):
                return _ask(request, link)
            if request.method == "POST":
                return redirect(request.path)
            return _show(request, workspace, link)
    except NoSuchLink:
        return render(request, "reports/link_closed.html", status=404)


def _ask(request: HttpRequest, link: Link) -> HttpResponse:
    """For the password; the right one is remembered by this browser for this address alone."""
    if request.method != "POST":
        return render(request, "reports/link_password.html", {})
    try:
        right = links.is_right(link, request.POST.get("password", "")[:LONGEST_PASSWORD])
    except Resting as rest:
        response = render(request, "reports/link_password.html", {"resting": True}, status=429)
        response["Retry-After"] = str(max(1, int((rest.until - timezone.now()).total_seconds())))
        return response
    if not right:
        return render(request, "reports/link_password.html", {"wrong": True}, status=403)
    response = redirect(request.path)
    response.set_cookie(
        COOKIE,
        links.pass_for(link),
        max_age=links.KNOWN_FOR,
        path=request.path,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def _show(request: HttpRequest, workspace: Workspace, link: Link) -> HttpResponse:
    """As it is kept; while a worker writes it, how far that is, asked for again by the browser itself."""
    try:
        shared_pages.question(link, workspace)
        found: Page | Underway = soon(shared_pages.wanted(link), shared_pages.write, kept_s=shared_pages.KEPT_S)
    except Unanswerable:
        found = shared_pages.empty()
    if isinstance(found, Underway):
        context = {**found._asdict(), "what": _("The numbers are being put together")}
        waiting = render(request, "reports/underway.html", context, status=202)
        waiting["Refresh"] = ASK_AGAIN_S
        return waiting
    if request.method == "GET" and found.status == 200:
        links.note_opened(link)
    return HttpResponse(found.html, status=found.status)
