"""The criterion editor's own endpoint: draws the form again, after one of its buttons or choices. Keeps nothing."""

import re

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_POST

from milestones.library.criterion_form import KINDS, Editor, UnknownAct, act_in, apply, focus_after, read_form
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

_PREFIX = re.compile(r"[a-z][a-z0-9._-]{0,99}", re.ASCII | re.IGNORECASE)


@workspace_view("ladders.edit")
@require_POST
def criterion(request: WorkspaceRequest) -> HttpResponse:
    """?prefix=…&kind=… of the editor; the form's fields and perhaps `act` in the body. Answers its inside anew."""
    prefix, kind = request.GET.get("prefix", "criterion"), request.GET.get("kind", "criterion")
    if kind not in KINDS or not _PREFIX.fullmatch(prefix):
        return HttpResponseBadRequest("prefix and kind name a form of a criterion.")
    data, focus = read_form(request.POST, prefix, kind), None
    if act := act_in(request.POST, prefix):
        try:
            data = apply(data, act, kind)
        except UnknownAct:
            return HttpResponseBadRequest("This form has no such button.")
        focus = focus_after(data, act)
    editor = Editor(data, prefix=prefix, kind=kind, focus=focus)
    return render(request, "library/_criterion_fields.html", {"editor": editor})
