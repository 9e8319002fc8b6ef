"""A CSV of answers as values: each line an answer or a sentence that says what is wrong with it. Pure.

Columns are found by their names, in any order and any of the usual spellings; others are passed over.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext

from milestones.library.problems import storable
from onboarding.feedback.models import HIGHEST, LONGEST_COMMENT

LARGEST = 1_000_000  # bytes
DEFAULT_SOURCE = "import"
FIRST_YEAR = 1970

# What a column may be called, in small letters without spaces and the like.
NAMES: dict[str, tuple[str, ...]] = {
    "user": ("userid", "user", "person", "personid", "externalid", "customerid", "id"),
    "email": ("email", "emailaddress", "mail"),
    "score": ("score", "nps", "npsscore", "rating", "answer"),
    "said_at": ("saidat", "date", "time", "timestamp", "answeredat", "submittedat", "respondedat", "createdat"),
    "comment": ("comment", "feedback", "text", "reason", "verbatim"),
    "source": ("source", "survey", "channel"),
}


class Unreadable(ValueError):
    """The file is no table of answers; the message says why and what to do."""


@dataclass(frozen=True)
class Said:
    """A line. One of `user` and `email` is filled, `user` where both are given."""

    line: int
    user: str
    email: str
    score: int
    said_at: datetime
    comment: str
    source: str


@dataclass(frozen=True)
class Wrong:
    line: int
    sentence: str


@dataclass(frozen=True)
class Sheet:
    """`columns`: which column of the file is read as what; `passed_over`: the others."""

    columns: dict[str, str]
    passed_over: tuple[str, ...]
    answers: tuple[Said, ...]
    problems: tuple[Wrong, ...]


def decoded(data: bytes) -> str:
    """The text of an uploaded file. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(
            gettext("The file has more than %(largest)s MB; cut it and import the parts.")
            % {"largest": LARGEST // 1000000}
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(gettext("The file is not UTF-8; save it as “CSV UTF-8”.")) from None


def read(text: str, *, zone: ZoneInfo, now: datetime) -> Sheet:
    """Every line. Times without a zone are in `zone`. Raises Unreadable."""
    if not text.strip():
        raise Unreadable(gettext("Choose a file that says something."))
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)  # some spreadsheets save with semicolons
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        columns = _columns(header)
        found = list(_lines(rows, header, columns, zone, now))
    except csv.Error as error:
        raise Unreadable(
            gettext("Line %(line_num)s cannot be read as CSV: %(error)s.") % {"line_num": rows.line_num, "error": error}
        ) from error
    return Sheet(
        {what: header[place] for what, place in columns.items()},
        tuple(name for place, name in enumerate(header) if name and place not in columns.values()),
        tuple(one for one in found if isinstance(one, Said)),
        tuple(one for one in found if isinstance(one, Wrong)),
    )


def _columns(header: list[str]) -> dict[str, int]:
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in header]
    found: dict[str, int] = {}
    for what, names in NAMES.items():
        places = [place for name in names for place, one in enumerate(plain) if one == name]
        if places:
            found[what] = places[0]
    if "score" not in found:
        raise Unreadable(gettext("The first line names no column “score”; it holds the answers from 0 to 10."))
    if "said_at" not in found:
        raise Unreadable(gettext("The first line names no column “said_at”; it says when somebody answered."))
    if not {"user", "email"} & found.keys():
        raise Unreadable(gettext("The first line names no column “user_id” or “email”; it says who answered."))
    return found


def _lines(
    rows: Any, header: list[str], columns: dict[str, int], zone: ZoneInfo, now: datetime
) -> Iterator[Said | Wrong]:
    line = rows.line_num
    for row in rows:
        line, begins = rows.line_num, line + 1
        if not any(cell.strip() for cell in row):
            continue
        cells = {what: row[place].strip() if place < len(row) else "" for what, place in columns.items()}
        try:
            yield _said(begins, cells, zone, now)
        except ValueError as error:
            yield Wrong(begins, str(error))


def _said(line: int, cells: dict[str, str], zone: ZoneInfo, now: datetime) -> Said:
    if not all(map(storable, cells.values())):
        raise ValueError(gettext("contains a character that cannot be kept"))
    user, email = cells.get("user", ""), cells.get("email", "").lower()
    if not user and not email:
        raise ValueError(gettext("says nobody: fill in the user id or the e-mail address"))
    said = _moment(cells["said_at"], zone)
    if said > now:
        raise ValueError(gettext("“%(said_at)s” is still to come") % {"said_at": cells["said_at"][:40]})
    comment, source = cells.get("comment", "").replace("\r\n", "\n"), cells.get("source", "") or DEFAULT_SOURCE
    if len(comment) > LONGEST_COMMENT:
        raise ValueError(
            gettext("the comment has more than %(longest_comment)s characters")
            % {"longest_comment": intcomma(LONGEST_COMMENT)}
        )
    if len(source) > 60:
        raise ValueError(gettext("the source has more than 60 characters"))
    return Said(line, user, "" if user else email, _score(cells["score"]), said, comment, source)


def _score(text: str) -> int:
    if not re.fullmatch(r"\d{1,2}(\.0+)?", text) or float(text) > HIGHEST:
        raise ValueError(
            gettext("“%(text)s” is no answer from 0 to %(highest)s") % {"text": text[:40], "highest": HIGHEST}
        )
    return int(float(text))


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            gettext("“%(text)s” is no time; write 2026-03-31 or 2026-03-31T14:05:00Z") % {"text": text[:40]}
        ) from None
    if moment.year < FIRST_YEAR or moment.year > 9_000:
        raise ValueError(
            gettext("“%(text)s” is no time from %(first_year)s on") % {"text": text[:40], "first_year": FIRST_YEAR}
        )
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
