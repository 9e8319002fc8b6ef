"""Emptying the environment for tests: what goes and what stays, its name typed by hand, and how far it is."""

from django import forms
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from workspaces.privacy import emptying as act
from workspaces.privacy.models import Emptying
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PERMISSION = "environments.make"


class EmptyingForm(forms.Form):
    typed = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: object, name: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._name = name
        self.fields["typed"].label = _("Type %(name)s to confirm") % {"name": name}

    def clean_typed(self) -> str:
        if self.cleaned_data["typed"] != self._name:
            raise forms.ValidationError(_("That is another name. Type it exactly as it stands above."))
        return self._name


@workspace_view(PERMISSION)
@require_http_methods(["GET", "POST"])
def emptying(request: WorkspaceRequest) -> HttpResponse:
    """404 in live, which nothing empties."""
    workspace, status = request.workspace, 200
    if not workspace.is_test:
        raise Http404("Only the environment for tests can be emptied.")
    form = EmptyingForm(request.POST or None, name=workspace.name)
    if request.method == "POST":
        if form.is_valid():
            act.ask(workspace, by=request.member)
            return redirect("privacy:emptying", workspace_slug=workspace.slug)
        status = 422
    return render(request, "privacy/emptying.html", {"form": form, **_progress()}, status=status)


@workspace_view(PERMISSION)
@never_cache
@require_GET
def progress(request: WorkspaceRequest) -> HttpResponse:
    """How far it is. 304 while the HX-PTag that the browser sends is still right."""
    context = _progress()
    if request.headers.get("HX-PTag") == context["tag"]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "privacy/_emptying.html", context)
    response["HX-PTag"] = str(context["tag"])
    return response


def _progress() -> dict[str, object]:
    found: Emptying | None = act.latest()
    tag = f"{found.pk}.{found.percent}.{found.done}.{len(found.problem)}" if found else ""
    return {"emptying": found, "tag": tag}
