"""The pages of the milestone library that read: all modules, and one of them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from milestones.library.content import MESSAGES, TAGS
from milestones.library.criteria import describe, parse
from milestones.library.finding import matches, tags_in
from milestones.library.milestone_form import LABELS
from milestones.library.models import Milestone
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

EVERY = {
    "use_case": gettext_lazy("Every use case"),
    "industry": gettext_lazy("Every industry"),
    "size": gettext_lazy("Every size"),
    "role": gettext_lazy("Every role"),
}


@workspace_view("ladders.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    asked = {kind: request.GET.get(kind, "")[:200] for kind in ("q", *TAGS)}
    archived = request.GET.get("show") == "archived"
    milestones = list(Milestone.objects.order_by("name", "key"))
    shelf = [milestone for milestone in milestones if (milestone.archived_at is not None) == archived]
    contents = {milestone.key: milestone.content for milestone in shelf}
    found = [
        milestone
        for milestone in shelf
        if matches(contents[milestone.key], words=asked["q"], tags={kind: asked[kind] for kind in TAGS})
    ]
    context = {
        "rows": [(milestone, describe(milestone.success), _tags(contents[milestone.key])) for milestone in found],
        "asked": asked,
        "filtered": any(asked.values()),
        "choices": [(kind, str(EVERY[kind]), tags, asked[kind]) for kind, tags in tags_in(contents.values()).items()],
        "archived": archived,
        "archived_count": sum(milestone.archived_at is not None for milestone in milestones),
        "found_count": len(found),
    }
    return render(request, "library/list.html", context)


@workspace_view("ladders.read")
@require_GET
def milestone(request: WorkspaceRequest, key: str) -> HttpResponse:
    milestone = get_object_or_404(Milestone, key=key)
    content = milestone.content
    context = {
        "milestone": milestone,
        "done_when": describe(parse(content["criterion"])),
        "messages_written": [
            (str(LABELS[f"messages.{kind}"]), milestone.messages[kind])
            for kind in MESSAGES
            if kind in milestone.messages
        ],
        "tags": _tags(content),
    }
    return render(request, "library/milestone.html", context)


def _tags(content: dict[str, dict[str, list[str]]]) -> list[tuple[str, str]]:
    """(kind, tag) of every tag, in the order of the kinds."""
    return [(kind, tag) for kind in TAGS for tag in content.get("tags", {}).get(kind, [])]
