"""What people may ask of a workspace: to have what is kept of them, and to be forgotten."""

from typing import cast

from django import forms
from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workspaces.privacy import asking, exporting, subjects
from workspaces.privacy.keeping import FIELDS, keep, take_again
from workspaces.privacy.models import Erasure, Export, Keeping, Refused
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

MANAGE = "privacy.manage"
SHOWN = 50


class ErasureForm(forms.Form):
    """The id once more, typed by hand, so that nobody is erased by a slip."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=asking.LONGEST)
    typed = forms.CharField(max_length=asking.LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        key = self.data.get("key") or self.initial.get("key", "")
        self.fields["typed"].label = gettext("Type %(what)s to confirm") % {"what": key[2:]}

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed != self.cleaned_data.get("key", "")[2:]:
            raise forms.ValidationError(gettext("That is another id. Type it exactly as it stands above."))
        return typed


class AgainForm(forms.Form):
    user_id = forms.CharField(
        label=gettext_lazy("User id"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class KeepingForm(forms.ModelForm):
    class Meta:
        model = Keeping
        fields = FIELDS


@workspace_view(MANAGE)
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    return _index(request)


def _index(
    request: WorkspaceRequest,
    again: AgainForm | None = None,
    keeping: KeepingForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    context = {
        "asked": asked,
        "found": subjects.find(asked) if asked else [],
        "refused": sum(Refused.objects.values_list("count", flat=True)),
        "again": again or AgainForm(),
        "keeping": keeping or KeepingForm(instance=Keeping.here()),
        **_erasures(),
    }
    return render(request, "privacy/index.html", context, status=status)


@workspace_view(MANAGE)
@never_cache
@require_GET
def erasures(request: WorkspaceRequest) -> HttpResponse:
    """How far erasures have come. 304 while the HX-PTag that the browser sends is still right."""
    context = _erasures()
    if request.headers.get("HX-PTag") == context["tag"]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "privacy/_erasures.html", context)
    response["HX-PTag"] = str(context["tag"])
    return response


def _erasures() -> dict[str, object]:
    rows = list(Erasure.objects.select_related("asked_by").order_by("-asked_at", "-pk")[:SHOWN])
    exports = list(Export.objects.select_related("asked_by").order_by("-asked_at", "-pk")[:5])
    tag = "-".join(f"{row.pk}.{row.state}.{row.percent}.{len(row.problem)}" for row in rows if not row.finished_at)
    tag += "-".join(f"e{one.pk}.{one.percent}" for one in exports if not one.finished_at)
    return {"rows": rows, "exports": exports, "polls": bool(tag), "tag": f"{len(rows)}.{len(exports)}:{tag}"}


@workspace_view(MANAGE)
@require_GET
def person(request: WorkspaceRequest) -> HttpResponse:
    """What can be done for one person, by their key (`?key=u:42`)."""
    key = request.GET.get("key", "")
    return _person(request, key, ErasureForm(initial={"key": key}))


@workspace_view(MANAGE)
@require_POST
def erasure(request: WorkspaceRequest) -> HttpResponse:
    form = ErasureForm(request.POST)
    if not form.is_valid():
        return _person(request, request.POST.get("key", ""), form, status=422)
    try:
        asked = asking.ask(form.cleaned_data["key"], by=request.member)
    except asking.NobodyNamed as problem:
        raise Http404(str(problem)) from problem
    messages.success(
        request,
        gettext("Erasure %(number)s has begun. Nothing is taken of them any more from this moment on.")
        % {"number": asked.pk},
    )
    return redirect("privacy:index", workspace_slug=request.workspace.slug)


@workspace_view(MANAGE)
@require_POST
def export(request: WorkspaceRequest) -> HttpResponse:
    key = request.POST.get("key", "")
    _refuse_nobody(key)
    packed = exporting.export(key, workspace=request.workspace, by=request.member)
    name = f"person-{timezone.now():%Y-%m-%d}.zip"
    answer = FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")
    return cast(HttpResponse, answer)


@workspace_view(MANAGE)
@require_POST
def again(request: WorkspaceRequest) -> HttpResponse:
    """Take what comes under an erased id again, as of somebody new."""
    form = AgainForm(request.POST)
    if form.is_valid():
        key = f"u:{form.cleaned_data['user_id']}"
        if take_again(key, workspace=request.workspace, by=request.member):
            messages.success(request, gettext("What comes under this id is taken again, as of somebody new."))
            return redirect("privacy:index", workspace_slug=request.workspace.slug)
        form.add_error("user_id", gettext("Nothing is refused under this id. Upper and lower case make a difference."))
    return _index(request, again=form, status=422)


@workspace_view(MANAGE)
@require_POST
def keeping(request: WorkspaceRequest) -> HttpResponse:
    """What is kept of messages to come, and of people who are not seen any more."""
    kept = Keeping.here()
    before = model_to_dict(kept, fields=FIELDS)
    form = KeepingForm(request.POST, instance=kept)
    if not form.is_valid():
        return _index(request, keeping=form, status=422)
    keep(form.save(commit=False), before, workspace=request.workspace, by=request.member)
    messages.success(request, gettext("Saved. It holds for messages that come from now on, within seconds."))
    return redirect("privacy:index", workspace_slug=request.workspace.slug)


def _person(request: WorkspaceRequest, key: str, form: ErasureForm, *, status: int = 200) -> HttpResponse:
    _refuse_nobody(key)
    found = next((one for one in subjects.find(key[2:]) if one.key == key), None)
    subject = subjects.subject(subjects.Subject((key,)))
    context = {"key": key, "found": found, "form": form, "names": subject.senders, "known": bool(subject.people)}
    return render(request, "privacy/person.html", context, status=status)


def _refuse_nobody(key: str) -> None:
    if key[:2] not in ("u:", "a:") or not 2 < len(key) <= asking.LONGEST:
        raise Http404("This names nobody.")
