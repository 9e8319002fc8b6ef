"""The workspace's key workflows: the list, and one of them with the event that it is."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.library.criteria import describe
from milestones.library.criterion_form import UnknownAct, act_in, apply, read_form
from onboarding.usage import changing, declaring
from onboarding.usage.cells import Measure
from onboarding.usage.forms import KIND, PREFIX, KeyEventForm
from onboarding.usage.models import KeyEvent, UsageCell, UsageMark
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("workflows.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    counted = UsageCell.objects.filter(measure=Measure.FIRST_USE).order_by().values("subject")
    people = dict(counted.annotate(people=Sum("n")).values_list("subject", "people"))
    rows = [
        {
            "event": event,
            "sentence": describe(event.condition),
            "people": people.get(event.signal, 0),
            "features": sorted(use.feature for use in event.features.all()),
        }
        for event in KeyEvent.objects.prefetch_related("features").order_by("archived_at", "name", "key")
    ]
    mark = UsageMark.objects.first()
    context = {
        "rows": rows,
        "suggestions": declaring.suggestions(),
        "looking_back": mark.looking_back_percent if mark else None,
    }
    return render(request, "usage/list.html", context)


@workspace_view("workflows.change")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    """A new one; `event` names the event that it begins with."""
    event = request.GET.get("event", "")
    start = {"name": event[:120]}, {"event": event[:200]}
    return _form(request, None, start=start if event else None)


@workspace_view("workflows.change")
@require_http_methods(["GET", "POST"])
def show(request: WorkspaceRequest, key: str) -> HttpResponse:
    return _form(request, get_object_or_404(KeyEvent, key=key))


@workspace_view("workflows.change")
@require_POST
def archival(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Archive it, or with `restore` bring it back."""
    event = get_object_or_404(KeyEvent, key=key)
    if "restore" in request.POST:
        changing.restore(event, by=request.member)
        messages.success(request, _("%(name)s is counted again, with all that was before.") % {"name": event.name})
    else:
        try:
            changing.archive(event, by=request.member)
        except declaring.InUse as error:
            features = ", ".join(error.features)
            said = _("%(name)s says when %(features)s is used; choose another workflow there first.")
            messages.error(request, said % {"name": event.name, "features": features})
        else:
            said = _("%(name)s is archived. What it counted comes back if it is restored.")
            messages.success(request, said % {"name": event.name})
    return redirect("usage:index", workspace_slug=request.workspace.slug)


def _form(
    request: WorkspaceRequest, event: KeyEvent | None, *, start: tuple[dict[str, Any], dict[str, Any]] | None = None
) -> HttpResponse:
    if request.method == "GET":
        form = KeyEventForm(key_event=event, initial=start[0], criterion=start[1]) if start else None
        return _page(request, form or KeyEventForm(key_event=event))
    if act := act_in(request.POST, PREFIX):  # a button of the editor, where there are no scripts
        data = read_form(request.POST, PREFIX, KIND)
        try:
            data = apply(data, act, KIND)
        except UnknownAct:
            data = read_form(request.POST, PREFIX, KIND)
        return _page(
            request, KeyEventForm(key_event=event, criterion=data, initial={"name": request.POST.get("name", "")})
        )
    form = KeyEventForm(request.POST, key_event=event)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    if event is None:
        changing.make(**said, by=request.member)
    else:
        changing.change(event, **said, by=request.member)
    saved = _("%(name)s is saved. What was before counts too, as soon as it has been read.")
    messages.success(request, saved % {"name": said["name"]})
    return redirect("usage:index", workspace_slug=request.workspace.slug)


def _page(request: WorkspaceRequest, form: KeyEventForm, *, status: int = 200) -> HttpResponse:
    features = sorted(form.key_event.features.values_list("feature", flat=True)) if form.key_event else []
    context = {"form": form, "event": form.key_event, "features": features}
    return render(request, "usage/form.html", context, status=status)
