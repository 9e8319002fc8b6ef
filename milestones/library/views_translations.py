"""A module's texts in further languages, each beside its original."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones.library import writing
from milestones.library.content import TRANSLATED
from milestones.library.milestone_form import LABELS
from milestones.library.models import Milestone
from milestones.library.translations import Translated, states
from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.models import Workspace
from workspaces.tenants.templatetags.spoken_names import spoken_name
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@dataclass(frozen=True)
class Box:
    """One text. `value`: what stands in its field; `theirs`: what is saved, where that is something else."""

    found: Translated
    value: str
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.found.place.path

    @property
    def id(self) -> str:
        return f"text-{self.name.replace('.', '-').replace('_', '-')}"

    @property
    def label(self) -> str:
        return str(LABELS[self.name])

    @property
    def theirs(self) -> str:
        return self.found.text if self.found.text != self.value.strip() else ""


@workspace_view("ladders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def translations(request: WorkspaceRequest, key: str) -> HttpResponse:
    """GET: the page, `to` names the language. POST: save every text that was sent."""
    milestone = get_object_or_404(Milestone, key=key)
    to = _language(request.workspace, request.POST.get("to", "") or request.GET.get("to", ""))
    if request.method != "POST":
        return _page(request, milestone, to)
    if to != request.POST.get("to"):  # the page was made when milestones were written in another language
        own = spoken_name(LANGUAGES[request.workspace.language])
        words = _("Nothing was saved: milestones are written in %(language)s here, and translated from it.")
        messages.error(request, words % {"language": own})
        return redirect(f"{reverse('library:translations', args=[request.workspace.slug, key])}?to={to}")
    texts = {place.path: request.POST[place.path] for place in TRANSLATED if place.path in request.POST}
    texts = {path: text.replace("\r\n", "\n").strip() for path, text in texts.items()}
    base = request.POST.get("revision", "")
    try:
        read = int(base) if base.isdecimal() and len(base) < 10 else 0
        still = request.POST.getlist("still")
        changed = writing.translate(milestone, to, texts, still=still, base=read, by=request.member)
    except writing.ContentError as error:
        at = f"milestone.translations.{to}."
        problems = {problem.place.removeprefix(at): problem.message for problem in error.problems}
        return _page(request, milestone, to, texts=texts, problems=problems, base=base, status=422)
    except writing.Stale as error:
        return _page(request, error.now, to, texts=texts, stale=True, status=409)
    said = _("%(name)s is saved in %(language)s.") % {"name": milestone.name, "language": spoken_name(LANGUAGES[to])}
    messages.success(request, said if changed else _("Nothing was changed."))
    return redirect(f"{reverse('library:translations', args=[request.workspace.slug, key])}?to={to}")


def _language(workspace: Workspace, asked: str) -> str:
    others = [tag for tag in (asked, *workspace.offers, *LANGUAGES) if tag in LANGUAGES and tag != workspace.language]
    return others[0]


def _page(
    request: WorkspaceRequest,
    milestone: Milestone,
    to: str,
    *,
    texts: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    base: str = "",
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    texts, problems, content = texts or {}, problems or {}, milestone.content
    boxes = []
    for found in states(content, to, TRANSLATED):
        path = found.place.path
        wrong = (problems[path],) if path in problems else ()
        boxes.append(Box(found, texts.get(path, found.text), wrong))
    languages = []
    for language in LANGUAGES.values():
        if language.tag != request.workspace.language:
            done = sum(bool(found.text) for found in states(content, language.tag, TRANSLATED))
            languages.append((language, done))
    context = {
        "milestone": milestone,
        "language": LANGUAGES[to],
        "authored": LANGUAGES[request.workspace.language],
        "boxes": boxes,
        "languages": languages,
        "translated": sum(bool(box.found.text) for box in boxes),
        "outdated": sum(box.found.state == "outdated" for box in boxes),
        "wrong": any(box.problems for box in boxes),
        "revision": base or milestone.revision,
        "stale": stale,
        "offered": to in request.workspace.offers,
    }
    return render(request, "library/translations.html", context, status=status)
