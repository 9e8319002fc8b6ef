"""A playbook with its numbers as one text: Markdown, or HTML that carries its own styles and fetches nothing."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.dashboards.templatetags.figures import share, span_of_shares, span_of_times, time_of
from analytics.metrics.pace import Pace
from analytics.metrics.sizes import Caution, caution
from analytics.review.numbers import PERIOD_DAYS, Line, Numbers
from analytics.review.pdf import TYPEFACE
from analytics.stats import Share
from milestones.playbook.book import Book, Step
from milestones.playbook.care import cadence_words
from milestones.playbook.log import Line as Change
from milestones.playbook.log import lines_of
from milestones.playbook.markdown import plain
from milestones.playbook.models import Playbook, Section
from workspaces.tenants.models import Workspace
from workspaces.tenants.templatetags.ui import duration

MOST_CHANGES = 40
MESSAGE_NAMES = {
    "in_app": gettext_lazy("In-app message"),
    "email": gettext_lazy("E-mail"),
    "help": gettext_lazy("Help article"),
}


def as_html(book: Book, numbers: Numbers | None, *, workspace: Workspace, printed: bool = False) -> str:
    """One file that needs no other; `printed` for pdf_of. Inside the scope and the workspace's time zone."""
    context: dict[str, Any] = {
        "workspace": workspace,
        "book": book,
        "numbers": numbers,
        "period": PERIOD_DAYS,
        "typeface": TYPEFACE if printed else "",
        "lines": lines_of(book.playbook)[:MOST_CHANGES],
        "now": timezone.now(),
    }
    return render_to_string("review/export.html", context)


def as_markdown(book: Book, numbers: Numbers | None, *, workspace: Workspace) -> str:
    """The same as Markdown. What comes from elsewhere is escaped, what people wrote is put in as they wrote it."""
    return "\n\n".join(part for part in _parts(book, numbers, workspace) if part) + "\n"


def _parts(book: Book, numbers: Numbers | None, workspace: Workspace) -> Iterator[str]:
    playbook = book.playbook
    yield f"# {plain(book.ladder.name)}"
    now = date_format(timezone.localtime(), _("j F Y, H:i"))
    yield f"{plain(workspace.name)} · {_version(book)} · {now}"
    yield "## " + plain(book.title or _("No title yet"))
    yield plain(book.value_proposition)
    yield _list(
        _fact(_("Who climbs it:"), f"{plain(book.role)}: {plain(book.for_whom)}"),
        _fact(_("Begins when:"), plain(book.starts)),
        _fact(_("First phase done:"), plain(book.kickoff)) if book.kickoff else "",
        _fact(_("All of it done:"), plain(book.done_looks_like)) if book.done_looks_like else "",
        _looked_after(playbook),
    )
    if book.goals:
        yield "### " + _("What it should reach")
        yield _list(*(f"**{plain(str(one.question.words))}** {plain('; '.join(one.texts))}" for one in book.goals))
    if numbers:
        yield _fact(_("First value:"), pace_words(numbers.first_value))
        yield _fact(_("Whole ladder:"), pace_words(numbers.finished))
        until = date_format(numbers.as_of.day, _("j F Y"))
        yield _("People who began in the %(days)d days up to %(day)s.") % {"days": PERIOD_DAYS, "day": until}
    for chapter in book.chapters:
        yield f"## {plain(chapter.title)}"
        yield _lowered(chapter.text, 3) or _("Nothing is written here yet.")
    for phase in book.phases:
        yield f"## {plain(phase.name.capitalize())}"
        for step in phase.steps:
            yield from _step(step, numbers.lines.get(step.key) if numbers else None)
    yield "## " + _("Change log")
    yield _list(*(_change(line) for line in lines_of(playbook)[:MOST_CHANGES])) or _("Nothing has been changed yet.")


def _step(step: Step, line: Line | None) -> Iterator[str]:
    section = step.section
    mark = " " + _("(first value)") if step.first_value else ""
    yield f"### {step.number}. {plain(step.name)}{mark}"
    yield plain(step.purpose)
    yield _list(
        _fact(_("Reached when"), f"{plain(step.done_when)}."),
        _fact(_("What it adds:"), plain(step.adds)) if step.adds else "",
        _fact(_("Unlocks:"), f"`{step.unlock}`") if step.unlock else "",
        _fact(_("Due:"), _("%(time)s after it opens") % {"time": duration(step.due_after)}) if step.due_after else "",
        _fact(_("Opens after:"), plain(_(" and ").join(step.after))) if step.after else "",
        _fact(_("Now:"), pace_words(line.pace)) if line else "",
        _fact(_("Expected:"), str(section.span)) if section.span else "",
        _stale(section) if section.stale_since else "",
    )
    if step.actions:
        yield "#### " + _("What people do")
        yield "\n".join(f"{number}. {plain(action)}" for number, action in enumerate(step.actions, 1))
    if step.risks:
        yield "#### " + _("What can go wrong")
        yield _list(*map(plain, step.risks))
    if section.text:
        yield "#### " + _("Guidance")
        yield _lowered(section.text, 5)
    for message in step.messages:
        yield f"#### {MESSAGE_NAMES[message.kind]}"
        yield _("Subject: %(subject)s") % {"subject": plain(message.subject)} if message.subject else ""
        yield _fenced(message.text)


def pace_words(pace: Pace) -> str:
    """ "47% within 14 days (41–53%) of 320 people, half within 3.2 days (2.9 days to 4 days); 45 more are too new"."""
    within = pace.within
    if not isinstance(within.mature, Share):
        if not pace.people:
            return _("nobody has begun")
        days = {"days": within.days}
        return (
            ngettext(
                "nobody has been watched for %(days)d day yet",
                "nobody has been watched for %(days)d days yet",
                within.days,
            )
            % days
        )
    if caution(within.mature.of) is Caution.WITHHELD:
        return _("too few people to tell (%(n)d)") % {"n": within.mature.of}
    told = {
        "share": share(within.mature),
        "days": within.days,
        "span": span_of_shares(within.mature.interval),
        "n": within.mature.of,
    }
    words = (
        ngettext(
            "%(share)s within %(days)d day (%(span)s) of %(n)d people",
            "%(share)s within %(days)d days (%(span)s) of %(n)d people",
            within.days,
        )
        % told
    )
    if pace.median_s is not None:
        half = {"time": time_of(pace.median, "dative"), "span": span_of_times(pace.median)}
        words += _(", half within %(time)s (%(span)s)") % half
    return words + (_("; %(n)d more are too new to tell") % {"n": within.immature} if within.immature else "")


def _fact(name: str, text: str) -> str:
    return f"**{name}** {text}"


def _looked_after(playbook: Playbook) -> str:
    care = {
        "owner": plain(str(playbook.owner or _("nobody yet"))),
        "cadence": cadence_words(playbook.cadence_weeks),
        "day": date_format(playbook.due_on, _("j F Y")) if playbook.due_on else "",
    }
    words = (
        _("%(owner)s, reviewed %(cadence)s, next on %(day)s")
        if playbook.due_on
        else _("%(owner)s, reviewed %(cadence)s")
    )
    return _fact(_("Owner:"), words % care)


def _stale(section: Section) -> str:
    assert section.stale_since is not None
    since = _("Stale since %(day)s:") % {"day": _day(section.stale_since)}
    return f"**{since}** {plain(section.stale_reason)}"


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), _("j F Y"))


def _version(book: Book) -> str:
    if book.version is None:
        return _("no version yet")
    number = {"n": book.version.number}
    return _("version %(n)d") % number if book.version.is_published else _("version %(n)d (draft)") % number


def _change(line: Change) -> str:
    at = date_format(timezone.localtime(line.at), _("j F Y, H:i"))
    return f"{at}, {plain(line.actor)}: {plain(line.what)}" + (f". {plain(line.why)}" if line.why else "")


def _list(*items: str) -> str:
    return "\n".join(f"- {item}" for item in items if item)


# A `<` that would begin HTML, rather than a link in angle brackets; code spans are taken whole and left alone.
_HTML = re.compile(r"(`+)(?:.*?)\1|<(?!https?:|mailto:)(?=[A-Za-z/!?])")


def _lowered(text: str, top: int) -> str:
    """Written Markdown with its headings below those of the document, and no HTML; code blocks stay as they are."""
    lines, fence = [], ""
    for line in text.splitlines():
        start = line.lstrip()[:3]
        if start in ("```", "~~~"):
            fence = "" if fence == start else fence or start
        marks = len(line) - len(line.lstrip("#"))
        if not fence and 1 <= marks <= 6 and line[marks : marks + 1] in ("", " "):
            line = "#" * min(6, marks + top - 1) + line[marks:]
        lines.append(line if fence else _HTML.sub(lambda found: found[0] if found[1] else "&lt;", line))
    return "\n".join(lines)


def _fenced(text: str) -> str:
    """A template as it is, in a code block whose fence is longer than any in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"
