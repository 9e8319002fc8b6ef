"""The page of the widget's look: a form, what cannot be read of it, and the real checklist in it."""

import secrets
from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET, require_POST

from milestones.ladders.models import Ladder
from onboarding.installation import looks
from onboarding.installation.look_form import LookForm
from onboarding.widget import theme as themes
from onboarding.widget.embed import serving
from onboarding.widget.models import WidgetSettings
from onboarding.widget.preview import previewed
from onboarding.widget.theme import Theme, failings
from onboarding.widget.words import words_of
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@csp_update({"frame-src": [SELF]})
@workspace_view("widget.read")
@never_cache
@require_GET
def look(request: WorkspaceRequest) -> HttpResponse:
    settings = WidgetSettings.of(request.workspace)
    form = LookForm.of(settings)
    return _page(request, form, Theme.read(settings.theme), settings.position)


@csp_update({"frame-src": [SELF]})
@workspace_view("widget.change")
@require_POST
def change(request: WorkspaceRequest) -> HttpResponse:
    """Save, as long as all of it can be read. `use`: field=colour, to be taken over into the form and not saved yet."""
    said = request.POST.copy()
    field, _, colour = said.get("use", "").partition("=")
    if field:
        said[field] = colour
    form = LookForm(said)
    if not form.is_valid():
        return _page(request, form, form.theme(), form.place, status=422)
    if field:
        return _page(request, form, form.theme(), form.place)
    if failings(form.theme()):
        return _page(request, form, form.theme(), form.place, refused=True, status=422)
    changed = looks.change(WidgetSettings.of(request.workspace), form.theme(), form.place, by=request.member)
    messages.success(
        request, gettext("Saved. It shows with the next page that a user opens.") if changed else gettext("As it was.")
    )
    return redirect("installation:look", workspace_slug=request.workspace.slug)


@workspace_view("widget.change")
@require_POST
def answer(request: WorkspaceRequest) -> HttpResponse:
    """Fragment: what cannot be read of the form as it stands, and how it would look."""
    form = LookForm(request.POST)
    form.is_valid()
    return render(request, "installation/_look_answer.html", _answer(request, form, form.theme(), form.place))


@workspace_view("widget.change")
@require_POST
def undo(request: WorkspaceRequest) -> HttpResponse:
    done = looks.undo(WidgetSettings.of(request.workspace), by=request.member)
    messages.success(
        request, gettext("The last change is taken back.") if done else gettext("There is nothing to take back.")
    )
    return redirect("installation:look", workspace_slug=request.workspace.slug)


@workspace_view("widget.change")
@require_POST
def reset(request: WorkspaceRequest) -> HttpResponse:
    """Firstmile's own look."""
    place = WidgetSettings.Position.BOTTOM_RIGHT
    looks.change(WidgetSettings.of(request.workspace), Theme(), place, by=request.member)
    messages.success(request, gettext("The checklist looks as it did in the beginning."))
    return redirect("installation:look", workspace_slug=request.workspace.slug)


@workspace_view("widget.read")
@never_cache
@xframe_options_exempt
@require_GET
def preview(request: WorkspaceRequest) -> HttpResponse:
    """The document of a preview: the frame's own styles and template, for a made-up person half-way through."""
    form = LookForm(request.GET)
    form.is_valid()
    shown = request.GET.get("shown", "")
    nonce = secrets.token_urlsafe(16)
    context = {
        **_panel(request),
        "nonce": nonce,
        "shown": shown if shown in ("light", "dark") else "",
        "place": form.place,
        "frame_css": mark_safe(themes.in_frame(serving.frame_style(), form.theme())),  # noqa: S308  (read colours)
        "pill_css": mark_safe(themes.in_pill(serving.pill_style(), form.theme())),  # noqa: S308
    }
    response = render(request, "installation/look_preview.html", context)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    return response


def _panel(request: WorkspaceRequest) -> dict[str, Any]:
    """What the checklist's template needs, of the newest ladder that has steps."""
    language = request.workspace.language
    context: dict[str, Any] = {
        "frame": True,
        "preview": True,
        "workspace_name": request.workspace.name,
        "words": words_of(language),
    }
    for ladder in Ladder.objects.filter(archived_at=None).order_by("-pk"):
        version = ladder.newest
        if version is not None and version.rungs.exists():
            shown = previewed(version, "half", workspace=request.workspace, language=language)
            opened = shown.current or ""
            steps = shown.in_sight(opened=opened)
            return {**context, "checklist": shown, "steps": steps, "opened": opened, "opened_before": True}
    return {**context, "checklist": None}


def _answer(request: WorkspaceRequest, form: LookForm, theme: Theme, place: str) -> dict[str, Any]:
    said = {name: form[name].value() for name in form.fields}
    if form.is_bound:
        said |= form.cleaned_data
    address = reverse("installation:look_preview", args=[request.workspace.slug])
    shown = [name for name, _ in theme.palettes()]
    return {
        "form": form,
        "failing": failings(theme),
        "previews": [(name, f"{address}?{urlencode({**said, 'shown': name})}") for name in shown],
        "place": place,
    }


def _page(
    request: WorkspaceRequest, form: LookForm, theme: Theme, place: str, *, refused: bool = False, status: int = 200
) -> HttpResponse:
    settings = WidgetSettings.of(request.workspace)
    context = {
        **_answer(request, form, theme, place),
        "tab": "look",
        "refused": refused,
        "last": looks.last_change(settings),
        "own": settings.theme == {} and settings.position == WidgetSettings.Position.BOTTOM_RIGHT,
    }
    return render(request, "installation/look.html", context, status=status)
