"""Roles: the kinds of end users that ladders are for, in the order in which they are asked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.ladders.enumeration import listed
from milestones.ladders.models import Ladder, Role
from milestones.ladders.roles import writing
from milestones.ladders.roles.forms import PREFIX, AudienceForm, RoleForm
from milestones.ladders.roles.giving import give
from milestones.ladders.roles.order import put_in_order
from milestones.ladders.roles.standing import in_order, standing_of, standings
from milestones.library.criteria import describe_rule
from milestones.library.criterion_form import UnknownAct, act_in, apply, read_form
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def roles(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "ladders/roles/list.html", {"standings": standings()})


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    return _form(request, None)


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def role(request: WorkspaceRequest, key: str) -> HttpResponse:
    return _form(request, get_object_or_404(Role, key=key))


def _form(request: WorkspaceRequest, role: Role | None) -> HttpResponse:
    if request.method == "GET":
        return _form_page(request, RoleForm(role=role))
    if act := act_in(request.POST, PREFIX):  # a button of the rule, where there are no scripts
        try:
            rule = apply(read_form(request.POST, PREFIX, "rule"), act, "rule")
        except UnknownAct:
            rule = read_form(request.POST, PREFIX, "rule")
        form = RoleForm(role=role, rule=rule)
        form.initial.update({field: request.POST.get(field, "") for field in ("name", "key")})
        return _form_page(request, form)
    form = RoleForm(request.POST, role=role)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    said = form.cleaned_data
    if role is None:
        made = writing.make(**said, by=request.member)
        messages.success(
            request,
            _("%(name)s is made. Give it a ladder, and it takes effect with its publication.") % {"name": made.name},
        )
    elif writing.change(role, **said, by=request.member):
        waiting = standing_of(role).unpublished
        words = _("%(name)s is saved.")
        if waiting:
            words = _("%(name)s is saved. It takes effect with the next publication of %(ladders)s.")
        ladders = listed([ladder.name for ladder in waiting])
        messages.success(request, words % {"name": role.name, "ladders": ladders})
    return redirect("ladders:roles", workspace_slug=request.workspace.slug)


def _form_page(request: WorkspaceRequest, form: RoleForm, *, status: int = 200) -> HttpResponse:
    standing = standing_of(form.role) if form.role else None
    context = {"form": form, "role": form.role, "standing": standing}
    return render(request, "ladders/roles/form.html", context, status=status)


@workspace_view("ladders.edit")
@require_POST
def order(request: WorkspaceRequest) -> HttpResponse:
    """The whole `order` by keys with spaces between, or one role `up` or `down`."""
    keys = [role.key for role in in_order()]
    moved = ""
    for direction, step in (("up", -1), ("down", 1)):
        key = request.POST.get(direction, "")
        if key in keys:
            stood = keys.index(key)
            keys.insert(max(0, stood + step), keys.pop(stood))
            moved = key
    if not moved:
        keys = request.POST.get("order", "").split()
        moved = request.POST.get("moved", "")
    changed = put_in_order(keys, by=request.member)
    if not request.headers.get("HX-Request"):
        return redirect("ladders:roles", workspace_slug=request.workspace.slug)
    found = standings()
    place = next((n for n, standing in enumerate(found, 1) if standing.role.key == moved), None)
    said = found[place - 1].role.name if place else ""
    news = _("The order stays as it was.")
    if place and changed:
        news = _("%(name)s is now number %(place)d of %(all)d.") % {"name": said, "place": place, "all": len(found)}
    return render(request, "ladders/roles/_list.html", {"standings": found, "news": news})


@workspace_view("ladders.edit")
@require_POST
def delete(request: WorkspaceRequest, key: str) -> HttpResponse:
    role = get_object_or_404(Role, key=key)
    try:
        writing.delete(role, by=request.member)
    except writing.InUse as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is deleted. No ladder had it.") % {"name": role.name})
    return redirect("ladders:roles", workspace_slug=request.workspace.slug)


@workspace_view("ladders.read")
@require_http_methods(["GET", "POST"])
def audience(request: WorkspaceRequest, key: str) -> HttpResponse:
    """The Role tab of a ladder: whose it is, and the choice of another role."""
    ladder = get_object_or_404(Ladder.objects.select_related("role"), key=key)
    form = AudienceForm(request.POST or None, ladder=ladder)
    if request.method == "POST":
        if not request.member.may("ladders.edit"):
            raise PermissionDenied
        if form.is_valid():
            return _give(request, ladder, form.cleaned_data["role"])
    context = {
        "ladder": ladder,
        "form": form,
        "standing": standing_of(ladder.role),
        "unpublished": ladder in standing_of(ladder.role).unpublished,
        "roles": [(role, describe_rule(role.chooses)) for role in in_order()],
        "draft": ladder.draft,
        "live": ladder.published,
    }
    return render(request, "ladders/roles/audience.html", context, status=422 if request.method == "POST" else 200)


def _give(request: WorkspaceRequest, ladder: Ladder, role: Role) -> HttpResponse:
    if give(ladder, role, by=request.member):
        words = _("%(ladder)s is for %(role)s now.")
        if ladder.published:
            words = _("%(ladder)s is for %(role)s now. It takes effect with the next publication.")
        messages.success(request, words % {"ladder": ladder.name, "role": role.name})
    return redirect("ladders:audience", workspace_slug=request.workspace.slug, key=ladder.key)
