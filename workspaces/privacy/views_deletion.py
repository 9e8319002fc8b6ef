"""Deleting the workspace: everybody sees that it is to come, owners ask for it and undo it."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workspaces.privacy import deleting
from workspaces.privacy.models import GRACE, Deletion
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

DELETE = "workspace.delete"


class DeletionForm(forms.Form):
    typed = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: object, name: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._name = name
        self.fields["typed"].label = _("Type %(what)s to confirm") % {"what": name}

    def clean_typed(self) -> str:
        if self.cleaned_data["typed"] != self._name:
            raise forms.ValidationError(_("That is another name. Type it exactly as it stands above."))
        return self._name


@workspace_view("settings.read")
@require_http_methods(["GET", "POST"])
def deletion(request: WorkspaceRequest) -> HttpResponse:
    """Whether and when the workspace will be deleted; owners may ask for it by POST."""
    workspace, status = request.workspace, 200
    form = DeletionForm(request.POST or None, name=workspace.name)
    if request.method == "POST":
        if not request.member.may(DELETE):
            raise PermissionDenied
        if form.is_valid():
            asked = deleting.ask(workspace, by=request.member)
            messages.success(
                request,
                _("%(workspace)s will be deleted on %(day)s. Members are told.")
                % {"workspace": workspace.name, "day": date_format(asked.due_at, _("j F Y"))},
            )
            return redirect("privacy:deletion", workspace_slug=workspace.slug)
        status = 422
    context = {"form": form, "deletion": Deletion.of(workspace.pk), "days": GRACE.days}
    return render(request, "privacy/deletion.html", context, status=status)


@workspace_view(DELETE)
@require_POST
def undoing(request: WorkspaceRequest) -> HttpResponse:
    if deleting.undo(request.workspace, by=request.member):
        messages.success(request, _("%(workspace)s stays.") % {"workspace": request.workspace.name})
    return redirect("privacy:deletion", workspace_slug=request.workspace.slug)
