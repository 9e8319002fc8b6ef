"""Reading: the list of playbooks, one of them as a document, and its change log."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder
from milestones.playbook.log import lines_of
from milestones.playbook.models import Playbook
from milestones.playbook.pages.answers import ladder_at, page_context
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PER_PAGE = 50


@workspace_view("ladders.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    """Every ladder in use with its playbook: who looks after it, when it is due, and what has gone stale."""
    written = Q(sections__removed_at=None)
    found = Playbook.objects.select_related("owner").annotate(
        stale=Count("sections", filter=written & Q(sections__stale_since__isnull=False), distinct=True),
        texts=Count("sections", filter=written & ~Q(sections__text=""), distinct=True),
        open_comments=Count("comments", filter=Q(comments__resolved_at=None), distinct=True),
    )
    playbooks = {playbook.ladder_id: playbook for playbook in found}
    ladders = Ladder.objects.filter(archived_at=None).select_related("role").order_by("role__precedence", "name")
    today = timezone.localdate()
    rows = [
        {"ladder": ladder, "playbook": playbook, "due": playbook is not None and playbook.is_due(today)}
        for ladder in ladders
        for playbook in [playbooks.get(ladder.pk)]
    ]
    return render(request, "playbook/list.html", {"rows": rows})


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
