"""The page between both environments: what would cross, what it meets there, and one button."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones.ladders.kept_words import kept_words
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.promotion.bringing import ChangedMeanwhile, Look, bring, look
from workspaces.scope import scope
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.edit", scoped=False)
@require_http_methods(["GET", "POST"])
def promotion(request: WorkspaceRequest, key: str) -> HttpResponse:
    """GET compares; POST makes it the draft over there, and leads to where it is published."""
    source = request.workspace
    target = next((one for one in source.environments if one.pk != source.pk), None)
    if target is None:
        return _alone(request, key)
    if not request.member.in_environment(target).may("ladders.edit"):
        raise PermissionDenied
    try:
        found = look(key, _number(request), source=source, target=target)
    except (Ladder.DoesNotExist, LadderVersion.DoesNotExist):
        raise Http404("There is no such version to bring over") from None
    if request.method != "POST":
        return _page(request, found, target)
    if request.POST.get("seen") != found.seen:
        return _page(request, found, target, changed=True)
    try:
        done = bring(found, by=request.member, target=target)
    except ChangedMeanwhile:
        return _page(request, look(key, _number(request), source=source, target=target), target, changed=True)
    if done is None:
        messages.info(
            request, _("%(name)s says all of this already; nothing was changed.") % {"name": found.ladder.name}
        )
    else:
        changes = capfirst("; ".join(map(kept_words, done.changes[:5])))
        messages.success(request, _("%(changes)s. Look it over and publish it.") % {"changes": changes})
    return redirect("ladders:publication", workspace_slug=target.slug, key=found.document["key"])


def _number(request: WorkspaceRequest) -> int | None:
    text = request.POST.get("version") or request.GET.get("version") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _alone(request: WorkspaceRequest, key: str) -> HttpResponse:
    with scope(request.workspace):
        ladder = Ladder.objects.filter(key=key).first()
        if ladder is None:
            raise Http404("No such ladder")
        return render(request, "ladders/promotion/page.html", {"ladder": ladder})


def _page(request: WorkspaceRequest, found: Look, target: Workspace, *, changed: bool = False) -> HttpResponse:
    context = {
        "ladder": found.ladder,
        "look": found,
        "target": target,
        "there": "test" if target.is_test else "live",
        "groups": found.changes,
        "changed": changed,
    }
    with scope(request.workspace):
        return render(request, "ladders/promotion/page.html", context, status=409 if changed else 200)
