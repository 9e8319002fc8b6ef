"""The fragment that tells the page of a ladder's versions how many people are on each."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder, LadderVersion
from onboarding.progress.version_people import people_by_version
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("people.read")
@require_GET
def version_people(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = get_object_or_404(Ladder, key=key)
    people = people_by_version(ladder)
    numbers = ladder.versions.filter(state=LadderVersion.State.PUBLISHED).values_list("number", flat=True)
    versions = [{"number": number, "people": people.get(number)} for number in numbers]
    return render(request, "progress/_version_people.html", {"versions": versions})
