"""Looking after a playbook: its owner and review dates, that it was reviewed, and what members remark."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.playbook import remarks
from milestones.playbook.care import review, take_care
from milestones.playbook.forms import CareForm, CommentForm, ReviewForm
from milestones.playbook.models import Comment, Playbook
from milestones.playbook.pages.answers import WHOLE, answer, ladder_at, page_context, section_at, show
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def care_shown(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment: who looks after the playbook, as it stands."""
    return render(request, "playbook/_care.html", {**page_context(request, ladder_at(key)), "focus": "care"})


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def care(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = ladder_at(key)
    posted = request.POST if request.method == "POST" else None
    form = CareForm(posted, workspace=request.workspace, playbook=Playbook.of(ladder))
    if posted is not None and form.is_valid():
        take_care(ladder, form.care, by=request.member)
        return answer(request, ladder, "playbook/_care.html", focus="care")
    status = 200 if posted is None else 422
    return show(
        request, ladder, "playbook/_care_form.html", heading=gettext("Owner and reviews"), status=status, form=form
    )


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def reviewed(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = ladder_at(key)
    posted = request.POST if request.method == "POST" else None
    form = ReviewForm(posted, place="review")
    if posted is not None and form.is_valid():
        review(ladder, by=request.member, note=form.cleaned_data["note"])
        return answer(request, ladder, "playbook/_care.html", focus="review")
    playbook = Playbook.of(ladder)
    return show(
        request,
        ladder,
        "playbook/_review_form.html",
        heading=gettext("Mark as reviewed"),
        status=200 if posted is None else 422,
        form=form,
        next_due_on=playbook.next_due_on(timezone.localdate()),
    )


@workspace_view("ladders.edit")
@require_POST
def comment(request: WorkspaceRequest, key: str) -> HttpResponse:
    """A new remark at `place`; '' is the playbook as a whole."""
    ladder = ladder_at(key)
    place = request.POST.get("place", WHOLE)
    if place != WHOLE:
        section_at(page_context(request, ladder)["book"], place)
    form = CommentForm(request.POST, place=f"comment-{place}")
    if not form.is_valid():
        return _comments(request, key, place, form=form, status=422)
    remarks.say(ladder, place, text=form.cleaned_data["text"], by=request.member)
    return answer(request, ladder, "playbook/_comments.html", place=place, focus="comment")


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def edit_comment(request: WorkspaceRequest, key: str, pk: int) -> HttpResponse:
    ladder = ladder_at(key)
    found = _own(request, key, pk)
    posted = request.POST if request.method == "POST" else None
    form = CommentForm(posted, place=f"comment-{pk}", initial={"text": found.text})
    if posted is not None and form.is_valid():
        remarks.change(found, text=form.cleaned_data["text"], by=request.member)
        return answer(request, ladder, "playbook/_comments.html", place=found.place, focus="comment")
    status = 200 if posted is None else 422
    return show(
        request,
        ladder,
        "playbook/_comment_form.html",
        heading=gettext("Change your comment"),
        status=status,
        form=form,
        comment=found,
    )


@workspace_view("ladders.edit")
@require_POST
def delete_comment(request: WorkspaceRequest, key: str, pk: int) -> HttpResponse:
    ladder = ladder_at(key)
    found = _own(request, key, pk)
    place = found.place
    remarks.delete(found, by=request.member)
    return answer(request, ladder, "playbook/_comments.html", place=place, focus="comment")


@workspace_view("ladders.edit")
@require_POST
def resolve_comment(request: WorkspaceRequest, key: str, pk: int) -> HttpResponse:
    """Mark a remark as dealt with; resolving once more opens it again."""
    ladder = ladder_at(key)
    found = get_object_or_404(Comment, pk=pk, playbook__ladder__key=key)
    remarks.resolve(found, by=request.member)
    return answer(request, ladder, "playbook/_comments.html", place=found.place, focus="comment")


@workspace_view("ladders.read")
@require_GET
def comments(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment: the remarks at a place."""
    return _comments(request, key, request.GET.get("place", WHOLE))


def _comments(
    request: WorkspaceRequest, key: str, place: str, *, form: CommentForm | None = None, status: int = 200
) -> HttpResponse:
    context = page_context(request, ladder_at(key))
    if place != WHOLE:
        section_at(context["book"], place)
    return render(request, "playbook/_comments.html", {**context, "place": place, "form": form}, status=status)


def _own(request: WorkspaceRequest, key: str, pk: int) -> Comment:
    """The member's own remark; what others said is theirs to change."""
    found = get_object_or_404(Comment, pk=pk, playbook__ladder__key=key)
    if not found.is_by(request.member):
        raise PermissionDenied
    return found
