from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards.asked import Asked
from analytics.dashboards.refusal import refusal
from analytics.metrics.expansion import AFTER_DAYS, Account, Moved, accounts, gone, is_mature
from analytics.metrics.question import Unanswerable
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

A_PAGE = 50
# Besides how the value moved: of which both numbers are known, and which are not old enough to be counted.
KNOWN, TOO_NEW = "known", "too-new"
WAYS = {
    Moved.HIGHER: gettext_lazy("Higher"),
    Moved.SAME: gettext_lazy("Same"),
    Moved.LOWER: gettext_lazy("Lower"),
    Moved.UNKNOWN: gettext_lazy("Unknown"),
    KNOWN: gettext_lazy("Both values known"),
    TOO_NEW: gettext_lazy("Too new"),
}


@require_safe
@workspace_view("adoption.read")
def accounts_behind(request: WorkspaceRequest) -> HttpResponse:
    """The accounts that the expansion counts, by how their value moved."""
    try:
        asked = _asked(request)
        trait = _trait(request)
        moved = _moved(request.GET.get("moved", ""))
    except Unanswerable as error:
        return refusal(request, error)
    question = (asked.subject, asked.begun, asked.as_of, trait)
    found, lost = (_so_moved(some, asked, moved) for some in (accounts(*question), gone(*question)))
    context = {
        "asked": asked,
        "trait": trait,
        "traits": request.workspace.values,
        "moved": moved,
        "ways": WAYS.items(),
        "after_days": AFTER_DAYS,
        "gone": len(lost),
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "dashboards/accounts.html", context)


def _so_moved(found: list[Account], asked: Asked, moved: str) -> list[Account]:
    found = [one for one in found if is_mature(one, asked.as_of) is not (moved == TOO_NEW)]
    if moved == KNOWN:
        return [one for one in found if one.moved is not Moved.UNKNOWN]
    return [one for one in found if one.moved == moved] if moved in list(Moved) else found


def _asked(request: WorkspaceRequest) -> Asked:
    asked = asking.read(request.workspace, request.GET, now=timezone.now())
    if asked is None:
        raise Unanswerable(_("No ladder has been published here yet, so no account has begun one."))
    return asked


def _trait(request: WorkspaceRequest) -> str:
    known: list[str] = request.workspace.values
    if not known:
        raise Unanswerable(_("Name the values that accounts grow in, such as seats, in the workspace's settings."))
    trait = request.GET.get("trait") or known[0]
    if trait not in known:
        raise Unanswerable(
            _("“%(trait)s” is no value here. Values are: %(known)s.") % {"trait": trait, "known": ", ".join(known)}
        )
    return trait


def _moved(text: str) -> str:
    if text and text not in WAYS:
        raise Unanswerable(
            _("Values move %(ways)s; “%(text)s” is none of these.") % {"ways": ", ".join(WAYS), "text": text[:40]}
        )
    return text
