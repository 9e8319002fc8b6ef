"""The pages of the milestone library that write: a new module, a change, the archive."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milestones.library import writing
from milestones.library.criterion_form import UnknownAct, act_in, apply, focus_after
from milestones.library.milestone_form import MilestoneForm, read_form
from milestones.library.models import Milestone
from milestones.library.variables import TRAIT_EXPLAINED, VARIABLES
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    if request.method == "GET":
        return _page(request, MilestoneForm({"name": ""}))
    data = read_form(request.POST)
    if button := _pressed(request, data):
        return _page(request, button)
    try:
        milestone = writing.create(data, by=request.member)
    except writing.ContentError as error:
        return _page(request, MilestoneForm(data, problems=error.problems), status=422)
    messages.success(request, _("%(name)s is in the library.") % {"name": milestone.name})
    return redirect(milestone)


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def edit(request: WorkspaceRequest, key: str) -> HttpResponse:
    milestone = get_object_or_404(Milestone, key=key)
    if request.method == "GET":
        return _page(request, MilestoneForm(milestone.content), milestone)
    data, base = read_form(request.POST), request.POST.get("revision", "")
    if button := _pressed(request, data):
        return _page(request, button, milestone, base=base)
    try:
        read = int(base) if base.isdecimal() and len(base) < 10 else 0
        changed = writing.change(milestone, data, base=read, by=request.member)
    except writing.ContentError as error:
        return _page(request, MilestoneForm(data, problems=error.problems), milestone, base=base, status=422)
    except writing.Stale as error:
        # With the newer revision in it: who saves this page once more has seen what is there.
        return _page(request, MilestoneForm(data, theirs=error.now.content), error.now, stale=True, status=409)
    messages.success(
        request, _("%(name)s is saved.") % {"name": data["name"]} if changed else _("Nothing was changed.")
    )
    return redirect(milestone)


@workspace_view("ladders.edit")
@require_POST
def archive(request: WorkspaceRequest, key: str) -> HttpResponse:
    milestone = get_object_or_404(Milestone, key=key)
    milestone.archive(by=request.member)
    return redirect(milestone)


@workspace_view("ladders.edit")
@require_POST
def restore(request: WorkspaceRequest, key: str) -> HttpResponse:
    milestone = get_object_or_404(Milestone, key=key)
    milestone.restore(by=request.member)
    messages.success(request, _("%(name)s is back in the library.") % {"name": milestone.name})
    return redirect(milestone)


def _pressed(request: WorkspaceRequest, data: dict[str, Any]) -> MilestoneForm | None:
    """The form after a button of the criterion's editor, which sends the whole form where there is no JavaScript."""
    act = act_in(request.POST, "criterion")
    if act is None:
        return None
    try:
        data["criterion"] = apply(data["criterion"], act)
    except UnknownAct:
        return MilestoneForm(data)
    return MilestoneForm(data, focus=focus_after(data["criterion"], act))


def _page(
    request: WorkspaceRequest,
    form: MilestoneForm,
    milestone: Milestone | None = None,
    *,
    base: str = "",
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "milestone": milestone,
        "revision": base or (milestone.revision if milestone else ""),
        "stale": stale,
        "variables": {**VARIABLES, "trait.plan": TRAIT_EXPLAINED},
    }
    return render(request, "library/edit.html", context, status=status)
