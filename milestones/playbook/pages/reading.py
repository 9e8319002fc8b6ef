"""Reading: the list of playbooks, one of them as a document, and its change log."""

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder
from milestones.playbook.log import lines_of
from milestones.playbook.models import Comment, Playbook, Section
from milestones.playbook.pages.answers import ladder_at, page_context
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PER_PAGE = 50


@workspace_view("ladders.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    """Every ladder in use with its playbook: who looks after it, when it is due, and what has gone stale."""
    playbooks = {playbook.ladder_id: playbook for playbook in Playbook.objects.select_related("owner")}
    written = Section.objects.filter(removed_at=None)
    stale = _by_playbook(written.exclude(stale_since=None))
    texts = _by_playbook(written.exclude(text=""))
    remarks = _by_playbook(Comment.objects.filter(resolved_at=None))
    ladders = Ladder.objects.filter(archived_at=None).select_related("role").order_by("role__precedence", "name")
    today = timezone.localdate()
    rows = []
    for ladder in ladders:
        playbook = playbooks.get(ladder.pk) or Playbook(ladder=ladder)
        rows.append(
            {
                "ladder": ladder,
                "playbook": playbook,
                "due": playbook.is_due(today),
                "stale": stale[playbook.pk],
                "texts": texts[playbook.pk],
                "open_comments": remarks[playbook.pk],
            }
        )
    return render(request, "playbook/list.html", {"rows": rows})


def _by_playbook(rows: QuerySet[Any]) -> Counter[int | None]:
    """How many of the rows each playbook has."""
    return Counter(rows.order_by().values_list("playbook_id", flat=True))


@workspace_view("ladders.read")
@require_GET
def playbook(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = ladder_at(key)
    return render(request, "playbook/playbook.html", page_context(request, ladder))


@workspace_view("ladders.read")
@require_GET
def log(request: WorkspaceRequest, key: str) -> HttpResponse:
    """The whole change log, with what was there before and after."""
    ladder = ladder_at(key)
    page = Paginator(lines_of(Playbook.of(ladder)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "playbook/log.html", {"ladder": ladder, "page": page, "lines": page.object_list})
