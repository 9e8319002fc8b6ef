"""What an end user will see of a ladder: the real checklist, on its draft, for a made-up person in a chosen state."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.spec import VersionSpec
from milestones.ladders.specs import spec_of
from onboarding.widget import kept
from onboarding.widget.checklist import Checklist, checklist
from onboarding.widget.showing import telling_of, with_impact
from onboarding.widget.values import about_climb
from onboarding.widget.views import as_style, look_of
from onboarding.widget.words import words_of
from workspaces.tenants.languages import LANGUAGES, nearest
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

STATES = ("fresh", "half", "done")
# Far enough in the past that neither spacing nor the session's limit holds the next step back.
APART = timedelta(hours=26)
PERSON = {
    "name": "Robin Example",
    "first_name": "Robin",
    "email": "robin@customer.example",
    "account": "Example Ltd",
}


@workspace_view("ladders.read")
@never_cache
@require_GET
def look(request: WorkspaceRequest) -> HttpResponse:
    """The workspace's look as a style, for pages of members that show a checklist."""
    return as_style(look_of(request.workspace))


@workspace_view("ladders.read")
@require_GET
def preview(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment: `state` is fresh, half or done; `open` names the rung to show open; `lang` the language."""
    ladder = get_object_or_404(Ladder.objects.select_related("role"), key=key)
    version = ladder.newest
    state = request.GET.get("state", "")
    state = state if state in STATES else "fresh"
    language = nearest(request.GET.get("lang"), LANGUAGES) or request.workspace.language
    words = words_of(language)
    context: dict[str, Any] = {"state": state, "workspace_name": request.workspace.name, "words": words}
    if version is not None and version.rungs.exists():
        shown = previewed(version, state, workspace=request.workspace, language=language)
        opened = request.GET.get("open", "")
        if not any(step.key == opened for step in shown.steps):
            opened = shown.unfolded
        context |= {
            "preview": True,
            "checklist": shown,
            "steps": shown.in_sight(opened=opened),
            "opened": opened,
        }
    return render(request, "widget/preview.html", context)


def previewed(version: LadderVersion, state: str, *, workspace: Workspace, language: str) -> Checklist:
    """The version's checklist in one of STATES, for somebody who did each step a day after the one before."""
    spec, now = spec_of(version), timezone.now()
    done = done_in(state, spec)
    started_at = now - APART * (len(done) + 1) if done else now - timedelta(minutes=2)
    completed = {key: started_at + APART * place for place, key in enumerate(done, 1)}
    said = kept.of_version(version, language=language, authored=workspace.language)
    shown = checklist(
        version=spec,
        telling=telling_of(said, ladder=version.ladder.name, industry=""),
        contents=said.contents,
        started_at=started_at,
        completed=completed,
        now=now,
    )
    # A period that has passed meanwhile would show a step as missed; nobody previews that.
    steps = tuple(replace(step, state="open") if step.state == "missed" else step for step in shown.steps)
    shown = replace(shown, steps=steps)
    first_value_at = next((completed[rung.key] for rung in spec.rungs if rung.first_value and rung.key in done), None)
    if not version.impact or first_value_at is None:
        return shown
    climb = about_climb(shown, started_at=started_at, first_value_at=first_value_at, now=now)
    return with_impact(shown, said, {**PERSON, "workspace": workspace.name, **climb})


def done_in(state: str, version: VersionSpec) -> list[str]:
    """Which rungs are done: none, the first half (at least one, not all), or every one."""
    keys = [rung.key for rung in version.rungs]
    if state == "done":
        return keys
    return keys[: min(max(1, len(keys) // 2), len(keys) - 1)] if state == "half" else []
