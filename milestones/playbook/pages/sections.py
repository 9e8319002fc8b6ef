"""Writing and keeping fresh: the text of a section, what is expected of a milestone, and chapters."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.playbook import writing
from milestones.playbook.book import book_of
from milestones.playbook.forms import ChapterForm, SpanForm, WritingForm
from milestones.playbook.markdown import LONGEST, html_of
from milestones.playbook.models import CHAPTER
from milestones.playbook.pages.answers import answer, ladder_at, page_context, section_at, show, step_at
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

FIRST_WRITTEN = _("First written")
WRITTEN = "playbook/_written.html"


@workspace_view("ladders.read")
@require_GET
def section(request: WorkspaceRequest, key: str, place: str) -> HttpResponse:
    """Fragment: what is written at a place, as it reads now."""
    ladder = ladder_at(key)
    context = page_context(request, ladder)
    found = section_at(context["book"], place)
    step = context["book"].step(place)
    return render(request, WRITTEN, {**context, "section": found, "step": step, "focus": "write"})


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def write(request: WorkspaceRequest, key: str, place: str) -> HttpResponse:
    """The form of a section's text; saving it never overwrites what its writer has not seen."""
    ladder = ladder_at(key)
    book = book_of(ladder)
    now = section_at(book, place)
    form = WritingForm(request.POST if request.method == "POST" else None, section=now)
    overtaken = None
    status = 200
    if request.method == "POST":
        status = 422
        if request.POST.get("base", "") not in ("", str(now.revision)):
            # Told before anything else is: what the form asks for may have changed with the text.
            overtaken = now
        elif form.is_valid():
            said = form.cleaned_data
            try:
                writing.write(
                    ladder,
                    place,
                    text=said["text"].replace("\r\n", "\n").strip(),
                    title=said.get("title", ""),
                    by=request.member,
                    why=said.get("why") or str(FIRST_WRITTEN),
                    base=said["base"],
                )
                return answer(request, ladder, WRITTEN, place=place, focus="write")
            except writing.Overtaken as error:
                overtaken = error.now
        if overtaken is not None:
            # Saving once more, with theirs in view, is deliberate.
            form = WritingForm({**request.POST.dict(), "base": str(overtaken.revision)}, section=overtaken)
    text = form["text"].value() or ""
    return show(
        request,
        ladder,
        "playbook/_writing.html",
        heading=book.name_of(place) or gettext("New chapter"),
        status=status,
        section=now,
        form=form,
        overtaken=overtaken,
        preview=html_of(str(text)),
    )


@workspace_view("ladders.edit")
@require_POST
def preview(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment: how a text will read."""
    ladder_at(key)
    return HttpResponse(html_of(request.POST.get("text", "")[:LONGEST].replace("\x00", "")))


@workspace_view("ladders.edit")
@require_POST
def confirm(request: WorkspaceRequest, key: str, place: str) -> HttpResponse:
    ladder = ladder_at(key)
    section_at(book_of(ladder), place)
    writing.confirm(ladder, place, by=request.member)
    return answer(request, ladder, WRITTEN, place=place, focus="write")


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def span(request: WorkspaceRequest, key: str, place: str) -> HttpResponse:
    """What share of the people is expected to reach the milestone."""
    ladder = ladder_at(key)
    book = book_of(ladder)
    step = step_at(book, place)
    posted = request.POST if request.method == "POST" else None
    form = SpanForm(posted, section=step.section, window_days=book.playbook.window_days)
    if posted is not None and form.is_valid():
        writing.expect(ladder, place, span=form.span, by=request.member, why=form.cleaned_data["why"])
        return answer(request, ladder, "playbook/_span.html", place=place, focus="span")
    return show(
        request,
        ladder,
        "playbook/_span_form.html",
        heading=gettext("Expected of “%(step)s”") % {"step": step.name},
        status=200 if posted is None else 422,
        step=step,
        form=form,
    )


@workspace_view("ladders.read")
@require_GET
def span_shown(request: WorkspaceRequest, key: str, place: str) -> HttpResponse:
    """Fragment: what is expected, as it stands."""
    ladder = ladder_at(key)
    context = page_context(request, ladder)
    step = step_at(context["book"], place)
    return render(request, "playbook/_span.html", {**context, "step": step, "section": step.section, "focus": "span"})


@workspace_view("ladders.edit")
@require_POST
def add_chapter(request: WorkspaceRequest, key: str) -> HttpResponse:
    ladder = ladder_at(key)
    form = ChapterForm(request.POST)
    if not form.is_valid():
        return show(
            request, ladder, "playbook/_new_chapter.html", heading=gettext("New chapter"), status=422, chapter_form=form
        )
    try:
        made = writing.add_chapter(ladder, title=form.cleaned_data["title"], by=request.member)
    except writing.TooMany as error:
        form.add_error("title", str(error))
        return show(
            request, ladder, "playbook/_new_chapter.html", heading=gettext("New chapter"), status=422, chapter_form=form
        )
    if not request.headers.get("HX-Request"):
        return redirect("playbook:write", workspace_slug=request.workspace.slug, key=key, place=made.place)
    return answer(request, ladder, "playbook/_chapters.html", focus_place=made.place)


@workspace_view("ladders.edit")
@require_POST
def chapter(request: WorkspaceRequest, key: str, place: str) -> HttpResponse:
    """Move a chapter up or down, take it out, or bring it back: `act` says which."""
    ladder = ladder_at(key)
    act = request.POST.get("act", "")
    removed = None
    try:
        if act in ("up", "down"):
            writing.move_chapter(ladder, place, up=act == "up", by=request.member)
        elif act == "remove":
            removed = writing.remove_chapter(ladder, place, by=request.member)
        elif act == "restore":
            writing.restore_chapter(ladder, place, by=request.member)
        else:
            return HttpResponse(gettext("A chapter can be moved up or down, removed, or restored."), status=400)
    except writing.NoSuchPlace:
        section_at(book_of(ladder), f"{CHAPTER}none")  # 404
    return answer(
        request, ladder, "playbook/_chapters.html", removed=removed, focus_place=place, focus_act=act, place=place
    )
