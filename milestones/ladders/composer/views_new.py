"""Making a ladder, naming it, and taking it away as a file."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.ladders.composer import making
from milestones.ladders.composer.fields import said
from milestones.ladders.document import DocumentError
from milestones.ladders.kept_words import kept_words
from milestones.ladders.models import Ladder, LadderVersion, Role
from milestones.ladders.yaml_text import dump
from milestones.library.content import LONGEST_NAME
from milestones.library.criteria import describe_rule
from milestones.library.criterion_form import Editor
from milestones.library.problems import Problem, storable
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

SHOWN_PROBLEMS = 20


@workspace_view("ladders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    """The ways to a new ladder; POST makes an empty one."""
    if request.method != "POST":
        first = Role.objects.order_by("precedence", "name").first()
        return _page(request, making.Asked(role=first.key if first else making.NEW_ROLE))
    asked = making.read(request.POST)
    if asked.errors or asked.problems:
        return _page(request, asked, status=422)
    ladder = making.make(asked, by=request.member)
    return redirect("ladders:ladder", workspace_slug=request.workspace.slug, key=ladder.key)


@workspace_view("ladders.edit")
@require_POST
def bring(request: WorkspaceRequest) -> HttpResponse:
    """A ladder from a YAML file, uploaded or pasted. One that is there already gets a changed draft."""
    upload = request.FILES.get("file")
    text = request.POST.get("text", "")
    data = upload.read(making.LARGEST + 1) if upload else text.encode()
    if not data.strip():
        return _page(request, _asked(), brought=[Problem("", _("Choose a file, or paste its text."))], status=422)
    try:
        done = making.bring(data, by=request.member)
    except DocumentError as error:
        return _page(request, _asked(), brought=error.problems, text=text, status=422)
    if done.changes:
        messages.success(request, f"{done.ladder.name}: {'; '.join(map(kept_words, done.changes[:5]))}.")
    else:
        messages.info(
            request, _("%(name)s says all of this already; nothing was changed.") % {"name": done.ladder.name}
        )
    return redirect("ladders:ladder", workspace_slug=request.workspace.slug, key=done.ladder.key)


def _asked() -> making.Asked:
    first = Role.objects.order_by("precedence", "name").first()
    return making.Asked(role=first.key if first else making.NEW_ROLE)


def _page(
    request: WorkspaceRequest,
    asked: making.Asked,
    *,
    brought: Sequence[Problem] = (),
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    roles = [(role, describe_rule(role.chooses)) for role in Role.objects.order_by("precedence", "name")]
    context = {
        "asked": asked,
        "roles": roles,
        "new_role": making.NEW_ROLE,
        "editor": Editor(asked.rule, prefix="rule", kind="rule", problems=asked.problems),
        "brought": [(problem.place, problem.message if problem.place else said(problem)) for problem in brought][
            :SHOWN_PROBLEMS
        ],
        "more": max(0, len(brought) - SHOWN_PROBLEMS),
        "text": text,
    }
    return render(request, "ladders/composer/new.html", context, status=status)


@workspace_view("ladders.edit")
@require_POST
def rename(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Give the ladder another name, under which its published versions are shown too. Its key stays."""
    ladder = get_object_or_404(Ladder, key=key)
    name, before = request.POST.get("name", "").strip(), ladder.name
    if not name or len(name) > LONGEST_NAME or not storable(name):
        words = _("A name has 1 to %(most)d characters; the ladder is still called %(name)s.")
        messages.error(request, words % {"most": LONGEST_NAME, "name": before})
    elif making.rename(ladder, name, by=request.member):
        messages.success(request, _("%(before)s is now called %(name)s.") % {"before": before, "name": name})
    return redirect("ladders:ladder", workspace_slug=request.workspace.slug, key=key)


@workspace_view("ladders.read")
@require_GET
def export(request: WorkspaceRequest, key: str, number: int) -> HttpResponse:
    """A version as YAML, as `manage.py ladders import` and the page for new ladders read it."""
    version = get_object_or_404(LadderVersion.objects.select_related("ladder__role"), ladder__key=key, number=number)
    response = HttpResponse(dump(version.document), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-{number}.yaml"'
    return response
