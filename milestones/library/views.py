"""The pages of the milestone library: all modules, and one of them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from milestones.library.content import MESSAGES
from milestones.library.criteria import describe
from milestones.library.models import Milestone
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

MESSAGE_NAMES = {
    "in_app": "In-app message",
    "email_subject": "E-mail subject",
    "email": "E-mail",
    "help": "Help-centre article",
}


@workspace_view("ladders.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    found = Milestone.objects.filter(archived_at=None).order_by("name")
    rows = [(milestone, describe(milestone.success)) for milestone in found]
    return render(request, "library/list.html", {"rows": rows})


@workspace_view("ladders.read")
@require_GET
def milestone(request: WorkspaceRequest, key: str) -> HttpResponse:
    milestone = get_object_or_404(Milestone, key=key)
    context = {
        "milestone": milestone,
        "done_when": describe(milestone.success),
        "messages_written": [
            (MESSAGE_NAMES[kind], milestone.messages[kind]) for kind in MESSAGES if kind in milestone.messages
        ],
        "tags": [tag for tags in milestone.tags.values() for tag in tags],
    }
    return render(request, "library/milestone.html", context)
