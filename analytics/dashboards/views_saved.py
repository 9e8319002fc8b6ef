"""Views that members keep: save the question of an address, rename and share it, make it the default, delete it."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards.models import SavedView
from analytics.metrics.question import Unanswerable
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

MOST_VIEWS = 100
KEPT_DELETED = timedelta(days=30)


class ViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    shared = forms.BooleanField(required=False, label=gettext_lazy("For everybody in the workspace"))
    default = forms.BooleanField(required=False, label=gettext_lazy("Open the adoption page with it"))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not member.may("views.share"):
            del self.fields["shared"]


@require_safe
@workspace_view("adoption.read")
def saved_views(request: WorkspaceRequest) -> HttpResponse:
    """The member's views and the workspace's; with a question in the address, the form that saves it."""
    return _page(request, ViewForm(member=request.member, auto_id="new-%s"), asks=request.GET.urlencode())


@require_POST
@workspace_view("adoption.read")
def save(request: WorkspaceRequest) -> HttpResponse:
    """Keep the question in `asks`, an address' parameters, under a name."""
    form, asks = ViewForm(request.POST, member=request.member, auto_id="new-%s"), request.POST.get("asks", "")
    try:
        kept = _question(request, asks)
    except Unanswerable as error:
        form.add_error(None, str(error))
        kept = {}
    if SavedView.visible_to(request.member).filter(owner=request.user).count() >= MOST_VIEWS:
        form.add_error(None, _("You have %(most)d views; delete one before you save another.") % {"most": MOST_VIEWS})
    if not form.is_valid():
        return _page(request, form, asks=asks, status=422)
    SavedView.objects.filter(deleted_at__lt=timezone.now() - KEPT_DELETED).delete()
    view = SavedView(asks=kept, owner=request.member.user)
    view.keep(**form.cleaned_data)
    Entry.record(by=request.member, action="view.saved", target=view, shared=view.shared, default=view.default)
    messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
    return redirect("dashboards:views", workspace_slug=request.workspace.slug)


@require_POST
@workspace_view("adoption.read")
def change(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Rename a view, share it or keep it to oneself, make it the default or leave that off."""
    view = _changeable(request, pk)
    form = ViewForm(request.POST, member=request.member, auto_id=f"view-{pk}-%s")
    if not form.is_valid():
        return _page(request, ViewForm(member=request.member, auto_id="new-%s"), changing=(view, form), status=422)
    before = {name: getattr(view, name) for name in form.cleaned_data}
    if form.cleaned_data.get("shared") is False and view.owner_id is None:
        view.owner = request.member.user  # whoever shared it has left
    view.keep(**form.cleaned_data)
    changed = {name: [old, getattr(view, name)] for name, old in before.items() if old != getattr(view, name)}
    Entry.record(by=request.member, action="view.changed", target=view, changed=changed)
    messages.success(request, _("“%(name)s” is changed.") % {"name": view.name})
    return redirect("dashboards:views", workspace_slug=request.workspace.slug)


@require_POST
@workspace_view("adoption.read")
def delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    view = _changeable(request, pk)
    if view.deleted_at is None:
        view.keep(deleted_at=timezone.now())
        Entry.record(by=request.member, action="view.deleted", target=view)
    response = redirect("dashboards:views", workspace_slug=request.workspace.slug)
    response["Location"] += f"?deleted={view.pk}"
    return response


@require_POST
@workspace_view("adoption.read")
def bring_back(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Undo a deletion. If another view has become the default meanwhile, that one stays it."""
    view = _changeable(request, pk)
    if view.deleted_at is not None:
        rivals = SavedView.objects.filter(default=True, shared=view.shared, deleted_at=None)
        taken = rivals.filter(models.Q(shared=True) | models.Q(owner=view.owner)).exists()
        view.keep(deleted_at=None, default=view.default and not taken)
        Entry.record(by=request.member, action="view.restored", target=view)
    return redirect("dashboards:views", workspace_slug=request.workspace.slug)


def _changeable(request: WorkspaceRequest, pk: int) -> SavedView:
    """What somebody else keeps to themselves does not exist; what is shared may be out of reach."""
    mine = models.Q(owner=request.member.user) | models.Q(shared=True)
    view = get_object_or_404(SavedView.objects.filter(mine), pk=pk)
    if not view.may_be_changed_by(request.member):
        raise PermissionDenied
    return view


def _question(request: WorkspaceRequest, asks: str) -> dict[str, str]:
    """The parameters to keep. Raises Unanswerable for what could not be opened again."""
    query = QueryDict(mutable=True)
    for name, value in parse_qsl(asks[:2_000]):
        query[name] = value
    asked = asking.read(request.workspace, query, now=timezone.now())
    if asked is None:
        raise Unanswerable(_("No ladder has been published here yet, so there is no question to save."))
    return asked.address


def _page(
    request: WorkspaceRequest,
    form: ViewForm,
    *,
    asks: str = "",
    changing: tuple[SavedView, ViewForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = []
    for view in SavedView.visible_to(request.member).select_related("owner"):
        row = None
        if view.may_be_changed_by(request.member):
            kept = {"name": view.name, "shared": view.shared, "default": view.default}
            row = ViewForm(initial=kept, member=request.member, auto_id=f"view-{view.pk}-%s")
            if changing and changing[0].pk == view.pk:
                row = changing[1]
        rows.append((view, row))
    gone = SavedView.deleted_named(request.GET.get("deleted", ""))
    context = {
        "form": form,
        "asks": "" if "deleted" in request.GET else asks,
        "rows": rows,
        "gone": gone if gone and gone.may_be_changed_by(request.member) else None,
        "changing": changing[0].pk if changing else None,
    }
    return render(request, "dashboards/views.html", context, status=status)
