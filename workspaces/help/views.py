"""The help: the program's documentation where its reader already is."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from workspaces.help import markdown
from workspaces.help.contents import CONTENTS, NAMES, picture, text
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("help.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    groups = [
        (group, [(text(name), markdown.words(text(name).begins)) for name in names])
        for group, names in CONTENTS.items()
    ]
    return render(request, "help/index.html", {"groups": groups})


@workspace_view("help.read")
@require_GET
def page(request: WorkspaceRequest, name: str) -> HttpResponse:
    """`name`: the path in docs/ without .md."""
    slug = request.workspace.slug
    try:
        found = text(name)
    except KeyError as unknown:
        raise Http404("There is no such page") from unknown
    shown = markdown.page(
        found.body,
        name=name,
        page_at=lambda other: reverse("help:page", args=[slug, other]) if other in NAMES else None,
        picture_at=lambda one: reverse("help:picture", args=[slug, one]) if picture(one) else None,
        origin=settings.BASE_URL,
    )
    place = NAMES.index(name)
    context = {
        "text": found,
        "shown": shown,
        "groups": [(group, [text(one) for one in names]) for group, names in CONTENTS.items()],
        "before": text(NAMES[place - 1]) if place else None,
        "after": text(NAMES[place + 1]) if place + 1 < len(NAMES) else None,
    }
    return render(request, "help/page.html", context)


@workspace_view("help.read")
@cache_control(private=True, max_age=3600)
@require_GET
def show_picture(request: WorkspaceRequest, name: str) -> HttpResponse:
    file = picture(name)
    if file is None:
        raise Http404("There is no such picture")
    return HttpResponse(file.read_bytes(), content_type="image/png")
