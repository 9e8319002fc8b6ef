"""The pages of ladders that everybody reads: the list, a ladder as it stands, one version of it."""

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from milestones.ladders.document import missing_for_publication
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.showing import version_shown
from milestones.library.criteria import describe_rule
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    newest_first = LadderVersion.objects.order_by("-number")
    ladders = (
        Ladder.objects.filter(archived_at=None)
        .select_related("role")
        .prefetch_related(Prefetch("versions", queryset=newest_first.prefetch_related("rungs")))
        .order_by("role__precedence", "name")
    )
    rows = []
    for ladder in ladders:
        versions = list(ladder.versions.all())
        rows.append(
            {
                "ladder": ladder,
                "for_whom": describe_rule(ladder.role.chooses),
                "draft": next((version for version in versions if not version.is_published), None),
                "published": next((version for version in versions if version.is_published), None),
                "rungs": len(versions[0].rungs.all()) if versions else 0,
            }
        )
    archived = Ladder.objects.exclude(archived_at=None).order_by("name")
    return render(request, "ladders/list.html", {"rows": rows, "archived": archived})


@workspace_view("ladders.read")
@require_GET
def version(request: WorkspaceRequest, key: str, number: int) -> HttpResponse:
    version = get_object_or_404(LadderVersion.objects.select_related("ladder__role"), ladder__key=key, number=number)
    context = {"ladder": version.ladder, "version": version, "shown": version_shown(version.document)}
    return render(request, "ladders/version.html", {**context, "versions": _versions(version.ladder)})


def ladder_page(request: WorkspaceRequest, ladder: Ladder) -> HttpResponse:
    """The ladder's newest version, to read."""
    newest = ladder.newest
    document = newest.document if newest else None
    draft = newest if newest and not newest.is_published else None
    context = {
        "ladder": ladder,
        "version": newest,
        "draft": draft,
        "published": ladder.published,
        "shown": version_shown(document) if document else None,
        "versions": _versions(ladder),
        "missing": missing_for_publication(document) if draft and document else [],
    }
    return render(request, "ladders/ladder.html", context)


def _versions(ladder: Ladder) -> list[LadderVersion]:
    return list(ladder.versions.order_by("-number"))
