"""The keys page: issue a key (its token is shown once), rotate it, revoke it."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workspaces.keys import changing, left
from workspaces.keys.forms import KeyForm, RotationForm
from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import SCOPES, USUAL
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("keys.manage")
@require_GET
def keys(request: WorkspaceRequest) -> HttpResponse:
    return _page(request)


@workspace_view("keys.manage")
@never_cache
@require_POST
def issue(request: WorkspaceRequest) -> HttpResponse:
    form = KeyForm(request.POST, member=request.member)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    key, token = changing.issue(
        request.workspace,
        kind=said["kind"],
        name=said["name"],
        scopes=said["chosen"],
        expires_at=form.expires_at,
        by=request.member,
    )
    return _page(request, made=key, token=token)


@workspace_view("keys.manage")
@never_cache
@require_POST
def rotate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A new token in its place; the old one lives on for a while."""
    key = get_object_or_404(request.workspace.keys.select_for_update(), pk=pk)
    form = RotationForm(request.POST)
    if not form.is_valid() or not key.is_live:
        messages.error(
            request,
            _("%(key)s is not rotated: it is over, or was not said how long it lives on.") % {"key": key.name},
        )
        return _page(request, status=422)
    made, token = changing.rotate(key, overlap=ApiKey.OVERLAPS[form.cleaned_data["overlap"]], by=request.member)
    return _page(request, made=made, token=token)


@workspace_view("keys.manage")
@require_POST
def revoke(request: WorkspaceRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(request.workspace.keys, pk=pk)
    changing.revoke(key, by=request.member)
    messages.success(request, _("%(key)s is revoked; requests with it are refused from now on.") % {"key": key.name})
    return redirect("keys:keys", workspace_slug=request.workspace.slug)


@workspace_view("keys.manage")
@require_POST
def adopt(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Vouch for a key whose maker has left."""
    key = get_object_or_404(request.workspace.keys, pk=pk)
    if left.adopt([key], by=request.member, maker=request.member.user):
        messages.success(request, _("%(key)s is yours now.") % {"key": key.name})
    return redirect("keys:keys", workspace_slug=request.workspace.slug)


@workspace_view("keys.manage")
@require_POST
def adopt_all(request: WorkspaceRequest) -> HttpResponse:
    found = left.adopt(_left(request), by=request.member, maker=request.member.user)
    messages.success(
        request, ngettext("%(n)s key is yours now.", "%(n)s keys are yours now.", len(found)) % {"n": len(found)}
    )
    return redirect("keys:keys", workspace_slug=request.workspace.slug)


@workspace_view("keys.manage")
@require_POST
def revoke_left(request: WorkspaceRequest) -> HttpResponse:
    """End all whose maker has left."""
    found = _left(request)
    for key in found:
        changing.revoke(key, by=request.member)
    messages.success(
        request, ngettext("%(n)s key is revoked.", "%(n)s keys are revoked.", len(found)) % {"n": len(found)}
    )
    return redirect("keys:keys", workspace_slug=request.workspace.slug)


def _left(request: WorkspaceRequest) -> list[ApiKey]:
    return list(left.without_maker().filter(workspace=request.workspace))


def _page(
    request: WorkspaceRequest,
    form: KeyForm | None = None,
    *,
    made: ApiKey | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = list(request.workspace.keys.select_related("made_by").order_by(F("revoked_at").asc(nulls_first=True), "-pk"))
    live, over = [key for key in rows if key.is_live], [key for key in rows if not key.is_live]
    followed = {key.replaces_id for key in rows if key.replaces_id}
    context = {
        "form": form or KeyForm(member=request.member),
        "keys": [(key, key.pk in followed) for key in live + over],
        "left": {key.pk for key in _left(request)},
        "made": made,
        "token": token,
        "every": len(SCOPES),
        "usual": len(USUAL),
        "overlaps": [("hour", _("One hour more")), ("day", _("24 hours more")), ("week", _("Seven days more"))],
    }
    return render(request, "workspaces/keys.html", context, status=status)
