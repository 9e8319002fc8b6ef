"""A ladder's versions: all of them, one, two compared; going back, duplicating, discarding, archiving."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.ladders import drafts
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.versions import history
from milestones.ladders.versions.comparison import compare as compare_documents
from milestones.ladders.versions.forms import DuplicateForm
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def versions(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    found = _versions(ladder)
    live = next((version for version in found if version.is_published), None)
    draft = next((version for version in found if not version.is_published), None)
    context = {
        "ladder": ladder,
        "versions": found,
        "live": live,
        "draft": draft,
        "schedule": draft.schedules.select_related("by").first() if draft else None,
        "just_published": live if live and request.GET.get("published") == str(live.number) else None,
        "discarded": history.discarded(ladder) if request.member.may("ladders.edit") else None,
        "two": len(found) > 1,
    }
    return render(request, "ladders/versions/versions.html", context)


@workspace_view("ladders.read")
@require_GET
def compare(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Two versions by number, `from` and `to`; left out: the newest, and the one before it."""
    ladder = _ladder(key)
    found = _versions(ladder)
    numbers = [version.number for version in found]
    after = _chosen(request.GET, "to", found) or (found[0] if found else None)
    earlier = found[numbers.index(after.number) + 1 :] if after else []
    before = _chosen(request.GET, "from", found) or (earlier[0] if earlier else after)
    groups = compare_documents(before.document, after.document) if before and after else ()
    context = {"ladder": ladder, "versions": found, "before": before, "after": after, "groups": groups}
    return render(request, "ladders/versions/compare.html", context)


@workspace_view("ladders.edit")
@require_POST
def roll_back(request: WorkspaceRequest, key: str, number: int) -> HttpResponse:
    """Towards a new version with the old content: through the draft to the page that shows what it changes."""
    version = _version(key, number)
    before = version.ladder.draft
    draft = history.take_back(version, by=request.member)
    words = _("The draft says what version %(number)d said. Publish it to go back.") % {"number": number}
    if before:
        words = f"{words} {_('Your draft as it was comes back with Undo on the Milestones tab.')}"
    messages.success(request, words)
    return redirect("ladders:publication", workspace_slug=request.workspace.slug, key=draft.ladder.key)


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def duplicate(request: WorkspaceRequest, key: str, number: int) -> HttpResponse:
    version = _version(key, number)
    initial = {
        "name": (_("%(name)s (copy)") % {"name": version.ladder.name})[:120],
        "key": f"{version.ladder.key[:55]}-copy",
    }
    form = DuplicateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        ladder = history.duplicate(version, by=request.member, **form.cleaned_data)
        messages.success(
            request, _("%(name)s begins with what %(version)s says.") % {"name": ladder.name, "version": version}
        )
        return redirect("ladders:ladder", workspace_slug=request.workspace.slug, key=ladder.key)
    context = {"ladder": version.ladder, "version": version, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "ladders/versions/duplicate.html", context, status=status)


@workspace_view("ladders.edit")
@require_POST
def discard(request: WorkspaceRequest, key: str) -> HttpResponse:
    draft = _ladder(key).draft
    try:
        if draft is not None:
            drafts.discard(draft, by=request.member)
    except drafts.Gone:
        draft = None
    if draft is None:
        messages.warning(request, _("There was no draft any more."))
    else:
        words = _("The draft of version %(number)d is discarded. You can bring it back below.")
        messages.success(request, words % {"number": draft.number})
    return _to_versions(request, key)


@workspace_view("ladders.edit")
@require_POST
def bring_back(request: WorkspaceRequest, key: str) -> HttpResponse:
    draft = history.bring_back(_ladder(key), by=request.member)
    if draft is None:
        messages.warning(request, _("There is no discarded draft to bring back."))
    else:
        messages.success(request, _("The draft of version %(number)d is back.") % {"number": draft.number})
    return _to_versions(request, key)


@workspace_view("ladders.publish")
@require_POST
def archive(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    history.archive(ladder, by=request.member)
    words = _("%(name)s is archived: nobody begins it any more. Restore it here at any time.")
    messages.success(request, words % {"name": ladder.name})
    return _to_versions(request, key)


@workspace_view("ladders.publish")
@require_POST
def restore(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    history.restore(ladder, by=request.member)
    messages.success(request, _("%(name)s is in use again.") % {"name": ladder.name})
    return _to_versions(request, key)


def _ladder(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role", "workspace"), key=key)


def _version(key: str, number: int) -> LadderVersion:
    found = LadderVersion.objects.select_related("ladder__role", "ladder__workspace")
    return get_object_or_404(found, ladder__key=key, number=number)


def _versions(ladder: Ladder) -> list[LadderVersion]:
    found = list(ladder.versions.order_by("-number"))
    for version in found:
        version.ladder = ladder
    return found


def _chosen(query: QueryDict, name: str, found: list[LadderVersion]) -> LadderVersion | None:
    return next((version for version in found if str(version.number) == query.get(name)), None)


def _to_versions(request: WorkspaceRequest, key: str) -> HttpResponse:
    return redirect("ladders:versions", workspace_slug=request.workspace.slug, key=key)
