"""The operator's pages: every workspace from outside, what may be done to one, and the log of it all."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces.operator import acts, entering, listing
from workspaces.operator.entering import OperatorRequest, for_operators, operator_view
from workspaces.operator.forms import EnterForm, SuspendForm
from workspaces.operator.models import Act, Suspension
from workspaces.tenants.access import Level
from workspaces.tenants.models import Workspace

ON_A_PAGE = 50


@for_operators
@reauthentication_required
@require_http_methods(["GET", "POST"])
def enter(request: OperatorRequest) -> HttpResponse:
    """Why somebody looks. Nothing is shown before."""
    form = EnterForm(request.POST or None)
    following = request.GET.get("next", "")
    if form.is_valid():
        entering.say(request, form.cleaned_data["reason"])
        acts.note(request.operator, "entered", because=form.cleaned_data["reason"])
        here = following.startswith("/operator/") and url_has_allowed_host_and_scheme(following, None)
        return redirect(following if here else "operator:workspaces")
    return render(request, "operator/enter.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The reason is forgotten; whoever comes again says one anew. Anybody may forget what they never said."""
    entering.forget(request)
    return redirect("home")


@operator_view("")
@require_GET
def workspaces(request: OperatorRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:120]
    page = Paginator(listing.workspaces(asked), ON_A_PAGE).get_page(request.GET.get("page"))
    acts.note(request.operator, "looked at the list", because=request.reason, page=page.number, search=asked)
    context = {"page": page, "rows": listing.described(list(page.object_list)), "asked": asked}
    return render(request, "operator/workspaces.html", {**context, "reason": request.reason})


@operator_view("looked at")
@require_GET
def workspace(request: OperatorRequest, workspace: Workspace) -> HttpResponse:
    return _workspace(request, workspace, SuspendForm())


@operator_view("")
@require_POST
def suspend(request: OperatorRequest, workspace: Workspace) -> HttpResponse:
    form = SuspendForm(request.POST)
    if not form.is_valid():
        return _workspace(request, workspace, form, status=422)
    acts.suspend(workspace, reason=form.cleaned_data["reason"], operator=request.operator, because=request.reason)
    messages.success(
        request, _("%(name)s is suspended. Nobody gets in, and its keys have ended.") % {"name": workspace.team}
    )
    return redirect("operator:workspace", slug=workspace.slug)


@operator_view("")
@require_POST
def lift(request: OperatorRequest, workspace: Workspace) -> HttpResponse:
    try:
        acts.lift(workspace, operator=request.operator, because=request.reason)
        messages.success(
            request, _("%(name)s may be entered again, and its keys are in force.") % {"name": workspace.team}
        )
    except acts.NotSuspended:
        messages.info(request, _("%(name)s was not suspended any more.") % {"name": workspace.team})
    return redirect("operator:workspace", slug=workspace.slug)


@operator_view("")
@require_POST
def sign_out(request: OperatorRequest, workspace: Workspace) -> HttpResponse:
    users = acts.members_of(workspace)
    ended = acts.sign_out(users, operator=request.operator, workspace=workspace, because=request.reason)
    said = ngettext("%(n)d session of its members ended.", "%(n)d sessions of its members ended.", ended)
    messages.success(request, said % {"n": ended})
    return redirect("operator:workspace", slug=workspace.slug)


@operator_view("looked at the log")
@require_GET
def log(request: OperatorRequest) -> HttpResponse:
    found = Act.objects.order_by("-at", "-pk")
    slug = request.GET.get("workspace", "").strip()[:60]
    if slug:
        found = found.filter(workspace=slug)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "operator/log.html", {"page": page, "slug": slug, "reason": request.reason})


def _workspace(request: OperatorRequest, workspace: Workspace, form: SuspendForm, *, status: int = 200) -> HttpResponse:
    (row,) = listing.described([workspace])
    context = {
        "row": row,
        "form": form,
        "reason": request.reason,
        "suspension": Suspension.objects.filter(workspace_id=workspace.team.pk, lifted_at=None).first(),
        "owners": workspace.members.filter(level=Level.OWNER).select_related("user").order_by("user__email"),
        "log": Act.objects.filter(workspace=workspace.slug).order_by("-at", "-pk")[:10],
    }
    return render(request, "operator/workspace.html", context, status=status)
