"""The page from which a draft is published: what is missing, what changes for whom, reviews, now or later."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date as date_words
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from milestones.ladders import drafts
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.publication import NotPublishable
from milestones.ladders.versions import publishing, reviews, scheduling
from milestones.ladders.versions.forms import AnswerForm, AskForm, PublicationForm, ScheduleForm
from milestones.ladders.versions.page import Publication
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

CHANGED = gettext_lazy("The draft was changed while you looked at it, and nothing was done. This is how it stands now.")


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def publication(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    return _publish(request, ladder) if request.method == "POST" else _page(request, ladder)


def _publish(request: WorkspaceRequest, ladder: Ladder) -> HttpResponse:
    _need_publisher(request)
    form = PublicationForm(request.POST)
    if not form.is_valid():
        return _page(request, ladder, form=form, status=422)
    said = {"seen": form.cleaned_data["seen"], "moves": form.moving, "notes": form.cleaned_data["notes"]}
    try:
        version = publishing.publish(ladder, by=request.member, **said)
    except publishing.ChangedMeanwhile:
        return _page(request, ladder, form=form, refused=[str(CHANGED)], status=422)
    except NotPublishable as error:
        refused = [f"{problem.message[:1].upper()}{problem.message[1:]}." for problem in error.problems]
        return _page(request, ladder, form=form, refused=refused, status=422)
    messages.success(
        request, _("Version %(number)d of %(ladder)s is published.") % {"number": version.number, "ladder": ladder.name}
    )
    response = redirect("ladders:versions", workspace_slug=request.workspace.slug, key=ladder.key)
    response["Location"] += f"?published={version.number}"
    return response


@workspace_view("ladders.publish")
@require_POST
def schedule(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    form = ScheduleForm(request.POST, zone=request.member.zone)
    if not form.is_valid():
        return _page(request, ladder, form=form, status=422)
    page = Publication(ladder, request.member)
    if page.draft is None or not page.ready:
        refused = [_no_draft(ladder)] if page.draft is None else _reasons(page)
        return _page(request, ladder, form=form, refused=refused, status=422)
    said = {field: form.cleaned_data[field] for field in ("seen", "notes", "at")}
    try:
        made = scheduling.schedule(ladder, by=request.member, moves=form.moving, **said)
    except publishing.ChangedMeanwhile:
        return _page(request, ladder, form=form, refused=[str(CHANGED)], status=422)
    if made is None:  # published or discarded while the page was looked at
        return _page(request, ladder, form=form, refused=[_no_draft(ladder)], status=422)
    when = date_words(timezone.localtime(made.publish_at), _("j M Y, H:i"))
    words = _("Version %(number)d will be published on %(when)s (%(zone)s).")
    messages.success(request, words % {"number": page.draft.number, "when": when, "zone": request.member.zone})
    return _to_page(request, ladder)


@workspace_view("ladders.publish")
@require_POST
def unschedule(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    draft = ladder.draft
    if draft is not None and scheduling.cancel(draft, by=request.member):
        messages.success(request, _("The schedule is cancelled; the draft stays as it is."))
    else:
        messages.warning(request, _("There was no schedule any more."))
    return _to_page(request, ladder)


@workspace_view("ladders.edit")
@require_POST
def ask(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    form = AskForm(request.POST, member=request.member)
    if not form.is_valid():
        return _page(request, ladder, ask=form, status=422)
    draft = ladder.draft
    if draft is None:
        return _page(request, ladder, refused=[_no_draft(ladder)], status=422)
    review = reviews.ask(draft, by=request.member, of=form.cleaned_data["of"], note=form.cleaned_data["note"])
    messages.success(request, _("%(name)s is asked to review it, here and by e-mail.") % {"name": review.asked_of})
    return _to_page(request, ladder)


@workspace_view("ladders.edit")
@require_POST
def answer(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = _ladder(key)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, ladder, answer=form, status=422)
    said = form.cleaned_data
    try:
        draft = publishing.seen_draft(ladder, said["seen"])
    except publishing.ChangedMeanwhile:
        return _page(request, ladder, answer=form, refused=[str(CHANGED)], status=422)
    if draft is None:
        return _page(request, ladder, refused=[_no_draft(ladder)], status=422)
    review = reviews.answer(draft, by=request.member, verdict=said["verdict"], words=said["answer"])
    messages.success(
        request,
        _("You approved the draft as it stands now.")
        if review.verdict == review.Verdict.APPROVED
        else _("Your request for changes stands beside the draft."),
    )
    return _to_page(request, ladder)


@workspace_view("ladders.edit")
@require_POST
def begin(request: WorkspaceRequest, key: str) -> HttpResponse:
    """A draft that says what the newest version says, with the role as it is now."""
    ladder = _ladder(key)
    drafts.begin(ladder, by=request.member)
    return _to_page(request, ladder)


def _ladder(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role", "workspace"), key=key)


def _no_draft(ladder: Ladder) -> str:
    return _("%(name)s has no draft; begin one first.") % {"name": ladder.name}


def _need_publisher(request: WorkspaceRequest) -> None:
    if not request.member.may("ladders.publish"):
        raise PermissionDenied


def _reasons(page: Publication) -> list[str]:
    reasons = [f"{problem.place}: {problem.message}" for problem, __ in page.missing]
    if page.unreviewed:
        reasons.append(_("The draft %(problem)s.") % {"problem": page.unreviewed})
    if page.archived:
        reasons.append(_("%(name)s is archived; take it back into use first.") % {"name": page.ladder.name})
    return reasons


def _to_page(request: WorkspaceRequest, ladder: Ladder) -> HttpResponse:
    return redirect("ladders:publication", workspace_slug=request.workspace.slug, key=ladder.key)


def _page(
    request: WorkspaceRequest,
    ladder: Ladder,
    *,
    form: PublicationForm | None = None,
    ask: AskForm | None = None,
    answer: AnswerForm | None = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = Publication(ladder, request.member)
    context: dict[str, Any] = {"ladder": ladder, "page": page, "draft": page.draft, "refused": refused or []}
    if page.draft is not None:
        context |= {
            "values": _values(page.draft, page, form),
            "errors": form.errors if form else {},
            "ask": ask or AskForm(member=request.member),
            "answer": answer or AnswerForm(),
        }
    return render(request, "ladders/versions/publication.html", context, status=status)


def _values(draft: LadderVersion, page: Publication, form: PublicationForm | None) -> dict[str, str]:
    """What stands in the form: what was just sent, else what is planned."""
    if form is not None:
        return {name: form.data.get(name, "") for name in ("notes", "moves", "date", "time")}
    planned = page.schedule
    at = timezone.localtime(planned.publish_at) if planned else None
    return {
        "notes": draft.notes,
        "moves": "1" if planned and planned.moves else "0",
        "date": f"{at:%Y-%m-%d}" if at else "",
        "time": f"{at:%H:%M}" if at else "",
    }
