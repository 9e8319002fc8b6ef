"""A playbook's YAML, out and in."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from milestones.ladders.document import DocumentError
from milestones.ladders.yaml_text import LARGEST, dump, load_as
from milestones.library.problems import Problem
from milestones.playbook.document import read
from milestones.playbook.exchange import Imported, export_playbook, import_playbook
from milestones.playbook.pages.answers import ladder_at, page_context
from milestones.playbook.writing import TooMany
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def as_yaml(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = ladder_at(key)
    text = dump(export_playbook(ladder), kind="playbook")
    name = f"{ladder.key}-playbook.yaml"
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@workspace_view("ladders.edit")
@require_POST
def bring_in(request: WorkspaceRequest, key: str) -> HttpResponse:
    """A YAML file that somebody chose: what differs is changed, and said."""
    ladder = ladder_at(key)
    try:
        with transaction.atomic():
            imported = _import(request, key)
    except DocumentError as error:
        context = {**page_context(request, ladder), "refused": error.problems}
        return render(request, "playbook/playbook.html", context, status=422)
    if imported.changes:
        messages.success(request, f"Changed: {'; '.join(imported.changes)}.")
    else:
        messages.info(request, gettext("The file says what the playbook says already. Nothing was changed."))
    return redirect("playbook:playbook", workspace_slug=request.workspace.slug, key=key)


def _import(request: WorkspaceRequest, key: str) -> Imported:
    uploaded = request.FILES.get("file")
    if uploaded is None:
        raise DocumentError([Problem("", gettext("No file was chosen. Choose a playbook's YAML, then import it."))])
    if uploaded.size and uploaded.size > LARGEST:
        raise DocumentError(
            [
                Problem(
                    "", gettext("The file is larger than %(largest)s bytes, so it is not read.") % {"largest": LARGEST}
                )
            ]
        )
    try:
        text = uploaded.read().decode("utf-8")
    except UnicodeDecodeError:
        raise DocumentError([Problem("", gettext("The file is not UTF-8 text."))]) from None
    document = load_as(text, read, kind="playbook")
    if document["ladder"] != key:
        raise DocumentError(
            [
                Problem(
                    "ladder",
                    gettext("the file is of %(ladder)s, this playbook is of %(key)s")
                    % {"ladder": repr(document["ladder"]), "key": repr(key)},
                )
            ]
        )
    try:
        return import_playbook(document, workspace=request.workspace, by=request.member)
    except TooMany as error:
        raise DocumentError([Problem("chapters", str(error))]) from error
