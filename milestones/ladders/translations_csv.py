"""All texts of a ladder as one CSV for translators: a row a text, a column a language. Pure.

A spreadsheet takes a cell that begins with = + - @ for a formula; such cells, and those that look as if they had been
made harmless already, are given one apostrophe more, which reading takes away again. So what comes back is exactly
what was written, and nothing that anybody typed into a text is ever calculated.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.document import Document, DocumentError
from milestones.ladders.editing import CannotEdit, Edit, Translation, owners, set_translations
from milestones.library.problems import Problem, storable
from milestones.library.translations import mark_of, states
from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.templatetags.spoken_names import spoken_name

LARGEST = 2_000_000  # bytes
COLUMNS = ("text", "original")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True)
class Cell:
    line: int
    translation: Translation


def write(document: Document, languages: Sequence[str]) -> str:
    """The texts of a canonical document with what each says in these languages; missing ones are empty cells."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow([*COLUMNS, *languages])
    for owner in owners(document):
        said = [list(states(owner.data, language, owner.places)) for language in languages]
        for texts in zip(*said, strict=True):
            first = texts[0]
            cells = [owner.field(first.place.path), first.original, *(text.text for text in texts)]
            rows.writerow([defused(cell) for cell in cells])
    return out.getvalue()


def read(data: bytes) -> list[Cell]:
    """What every filled cell says, each with its line. An empty cell says nothing. Raises DocumentError."""
    if not data.strip():
        raise DocumentError([Problem("", _("Choose a file that says something"))])
    if len(data) > LARGEST:
        raise DocumentError([Problem("", _("The file has more than %(most)d MB") % {"most": LARGEST // 1_000_000})])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError([Problem("", _("The file is not UTF-8; save it as “CSV UTF-8”"))]) from error
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)  # some spreadsheets save with semicolons
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(_cells(rows))
    except csv.Error as error:
        raise DocumentError(
            [Problem(_line(rows.line_num), _("cannot be read as CSV: %(error)s") % {"error": error})]
        ) from error


def _cells(rows: Any) -> Iterator[Cell]:
    """Of a CSV reader, which has no type of its own that could be named."""
    head = [name.strip() for name in next(rows, [])]
    problems = [
        Problem(_line(1), _("has no column “%(name)s”; keep the first line as it was exported") % {"name": name})
        for name in COLUMNS
        if name not in head
    ]
    unknown = [name for name in head if name and name not in COLUMNS and name not in LANGUAGES]
    no_language = _("“%(name)s” is no language; write %(known)s")
    problems += [Problem(_line(1), no_language % {"name": name, "known": ", ".join(LANGUAGES)}) for name in unknown]
    twice = {name for name in head if name and head.count(name) > 1}
    problems += [Problem(_line(1), _("has two columns “%(name)s”") % {"name": name}) for name in sorted(twice)]
    if problems:
        raise DocumentError(problems)
    line = rows.line_num
    for row in rows:
        line, begins = rows.line_num, line + 1
        cells = {name: fused(cell).replace("\r\n", "\n").strip() for name, cell in zip(head, row, strict=False)}
        if not any(cells.values()):
            continue
        if not all(map(storable, cells.values())):
            problems.append(Problem(_line(begins), _("contains a character that cannot be kept")))
            continue
        for language in LANGUAGES:
            if cells.get(language):
                made_from = mark_of(cells["original"]) if cells.get("original") else ""
                translation = Translation(cells.get("text", ""), language, cells[language], made_from)
                yield Cell(begins, translation)
    if problems:
        raise DocumentError(problems)


def bring(document: Document, cells: Sequence[Cell]) -> Edit:
    """The document with every cell that says something else than it does. Raises CannotEdit, with lines."""
    found = {
        (owner.field(said.place.path), language): said.text
        for owner in owners(document)
        for language in {cell.translation.language for cell in cells}
        for said in states(owner.data, language, owner.places)
    }
    new = [cell for cell in cells if found.get((cell.translation.field, cell.translation.language)) != _text(cell)]
    try:
        return set_translations(document, [cell.translation for cell in new])
    except CannotEdit as refusal:
        lines = {f"{cell.translation.field} {cell.translation.language}": cell for cell in new}
        raise CannotEdit(_placed(problem, lines) for problem in refusal.problems) from refusal


def _text(cell: Cell) -> str:
    return cell.translation.text


def _placed(problem: Problem, lines: dict[str, Cell]) -> Problem:
    cell = lines.get(problem.place)
    if cell is None:
        return problem
    language = spoken_name(LANGUAGES[cell.translation.language])
    return Problem(f"{_line(cell.line)}, {language}", problem.message)


def _line(number: int) -> str:
    return _("line %(n)d") % {"n": number}


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def fused(cell: str) -> str:
    """What `defused` was given."""
    return cell[1:] if _DEFUSED.match(cell) else cell
