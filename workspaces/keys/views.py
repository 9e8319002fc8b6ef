"""The keys page: issue a key (its token is shown once) and revoke it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


class KeyForm(forms.ModelForm):
    class Meta:
        model = ApiKey
        fields = ["name", "kind"]


@workspace_view("keys.manage")
@require_GET
def keys(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, KeyForm(initial={"kind": ApiKey.Kind.WRITE}))


@workspace_view("keys.manage")
@require_POST
def issue(request: WorkspaceRequest) -> HttpResponse:
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    key, token = ApiKey.issue(request.workspace, **form.cleaned_data)
    Entry.record(by=request.member, action="key.issued", target=key, kind=key.kind)
    return _page(request, KeyForm(initial={"kind": ApiKey.Kind.WRITE}), token=token)


@workspace_view("keys.manage")
@require_POST
def revoke(request: WorkspaceRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(request.workspace.keys, pk=pk)
    if key.revoked_at is None:
        key.revoke()
        Entry.record(by=request.member, action="key.revoked", target=key, kind=key.kind)
    messages.success(request, f"{key.name} is revoked; requests with it are refused from now on.")
    return redirect("keys:keys", workspace_slug=request.workspace.slug)


def _page(request: WorkspaceRequest, form: KeyForm, *, token: str = "", status: int = 200) -> HttpResponse:
    rows = request.workspace.keys.order_by("revoked_at", "-created_at")
    return render(request, "workspaces/keys.html", {"form": form, "keys": rows, "token": token}, status=status)
