"""What progress tells the pages of lower rooms, each as a fragment that they embed by its URL's name."""

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from milestones.library.literals import read_name
from onboarding.intake import sightings
from onboarding.intake.seen import EVENT, PROPERTY, TRAIT
from workspaces.tenants.templatetags.ui import ago
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

NAMES = {"events": EVENT, "properties": PROPERTY, "traits": TRAIT}
VALUES = {"values": PROPERTY, "trait-values": TRAIT}


@workspace_view("ladders.read")
@never_cache
@require_GET
def seen(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Names or values that were really seen and fit what is typed (`q`), for js/complete.js: the best 20 as JSON."""
    typed = request.GET.get("q", "")
    event, path = (read_name(request.GET.get(name, "")).replace("\x00", "") for name in ("event", "property"))
    if kind in NAMES:
        found = sightings.names(NAMES[kind], typed, event=event)
    elif kind in VALUES:
        found = sightings.values(VALUES[kind], path, typed, event=event if kind == "values" else "")
    else:
        raise Http404("Nothing of this kind is counted")
    return JsonResponse(
        {
            "names": [
                {"name": suggestion.name, "count": suggestion.count, "last_seen": ago(suggestion.last_at)}
                for suggestion in found
            ]
        }
    )
