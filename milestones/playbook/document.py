"""What people wrote in a playbook as one document of plain data, for version control and for moving. Pure.

    playbook:
      ladder: administrators              # whose playbook it is
      owner: ana@example.com              # left out: nobody
      review_every: 6 weeks               # left out: never
      numbers_within: 30 days             # 14 days when left out
      chapters:
        - {key: "1", title: Who to talk to, text: …}
      milestones:
        - {key: connect-source, text: …, expected: {from: 40, to: 60, within: 14 days}}

What follows from the ladder is not in it: the ladder has a document of its own. `read` gives the canonical form, in
which defaults are left out, or every problem at once with its place below `playbook`.
"""

from typing import Any

from milestones.ladders.document import Document, DocumentError
from milestones.library.content import LONGEST_KEY, LONGEST_NAME, read_key, read_text
from milestones.library.periods import NotAPeriod, parse_period
from milestones.library.problems import Problems, shown
from milestones.playbook.markdown import LONGEST
from milestones.playbook.models import LONGEST_WINDOW_DAYS, MOST_CHAPTERS, WINDOW_DAYS

FIELDS = ("ladder", "owner", "review_every", "numbers_within", "chapters", "milestones")
CHAPTER_FIELDS = ("key", "title", "text")
MILESTONE_FIELDS = ("key", "text", "expected")
EXPECTED_FIELDS = ("from", "to", "within")
LONGEST_CADENCE_WEEKS = 104


def read(data: Any) -> Document:
    """The canonical document of `{playbook: …}`. Raises DocumentError with all problems."""
    problems = Problems()
    document: Document = {}
    if problems.mapping(data, "", known=("playbook",)) is not None:
        if "playbook" in data:
            document = _playbook(data["playbook"], problems)
        elif not problems:
            problems.add("", "has no playbook; the document begins with 'playbook:'")
    if problems:
        raise DocumentError(problems)
    return document


def _playbook(data: Any, problems: Problems) -> Document:
    if problems.mapping(data, "playbook", known=FIELDS) is None:
        return {}
    if data.get("ladder") is None:
        problems.add("playbook", "names no ladder; write its key, such as 'ladder: administrators'")
    weeks = _days(data.get("review_every"), "review_every", problems, most=7 * LONGEST_CADENCE_WEEKS)
    if weeks and weeks % 7:
        problems.add("review_every", f"{shown(data['review_every'])} is not a whole number of weeks")
    window = _days(data.get("numbers_within"), "numbers_within", problems, most=LONGEST_WINDOW_DAYS)
    document = {
        "ladder": read_key(data["ladder"], "ladder", problems) if data.get("ladder") is not None else "",
        "owner": read_text(data["owner"], "owner", problems, longest=320).lower() if data.get("owner") else "",
        "review_every": weeks_text(weeks // 7) if weeks else None,
        "numbers_within": days_text(window) if window and window != WINDOW_DAYS else None,
        "chapters": _items(data.get("chapters"), "chapters", _chapter, MOST_CHAPTERS, problems),
        "milestones": [
            milestone
            for milestone in _items(data.get("milestones"), "milestones", _milestone, 1_000, problems)
            if len(milestone) > 1
        ],
    }
    return {field: document[field] for field in FIELDS if document.get(field) not in (None, "", [], {})}


def _items(data: Any, at: str, reader: Any, most: int, problems: Problems) -> list[Document]:
    items = (problems.items(data, at) or []) if data is not None else []
    if len(items) > most:
        problems.add(at, f"lists {len(items)}; at most {most} are allowed")
        return []
    found = [reader(item, f"{at}[{n}]", problems) for n, item in enumerate(items)]
    keys = [item.get("key") for item in found]
    for n, key in enumerate(keys):
        if key and key in keys[:n]:
            problems.add(f"{at}[{n}].key", f"{shown(key)} is already the key of {at}[{keys.index(key)}]")
    return found


def _chapter(data: Any, at: str, problems: Problems) -> Document:
    if problems.mapping(data, at, known=CHAPTER_FIELDS) is None:
        return {}
    for needed in ("key", "title"):
        if data.get(needed) is None:
            problems.add(at, f"has no {needed}; every chapter needs one")
    chapter = {
        "key": read_key(data["key"], f"{at}.key", problems) if data.get("key") is not None else "",
        "title": problems.text(data["title"], f"{at}.title", longest=LONGEST_NAME) if data.get("title") else "",
        "text": _text(data, at, problems),
    }
    if len(chapter["key"]) > LONGEST_KEY:
        problems.add(f"{at}.key", f"is {len(chapter['key'])} characters long; at most {LONGEST_KEY} fit")
    return {field: value for field, value in chapter.items() if value}


def _milestone(data: Any, at: str, problems: Problems) -> Document:
    if problems.mapping(data, at, known=MILESTONE_FIELDS) is None:
        return {}
    if data.get("key") is None:
        problems.add(at, "has no key; say which milestone it is about")
    milestone = {
        "key": read_key(data["key"], f"{at}.key", problems) if data.get("key") is not None else "",
        "text": _text(data, at, problems),
        "expected": _expected(data["expected"], f"{at}.expected", problems) if data.get("expected") else None,
    }
    return {field: value for field, value in milestone.items() if value}


def _text(data: Any, at: str, problems: Problems) -> str:
    return read_text(data["text"], f"{at}.text", problems, longest=LONGEST) if data.get("text") is not None else ""


def _expected(data: Any, at: str, problems: Problems) -> Document | None:
    if problems.mapping(data, at, known=EXPECTED_FIELDS) is None:
        return None
    ends: list[int] = []
    for end in ("from", "to"):
        value = data.get(end)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
            problems.add(f"{at}.{end}", f"{shown(value)} is not a whole number of percent from 0 to 100")
        else:
            ends.append(value)
    within = _days(data.get("within"), f"{at}.within", problems, most=LONGEST_WINDOW_DAYS)
    if data.get("within") is None:
        problems.add(at, "says no 'within'; write for example 'within: 14 days'")
    if len(ends) < 2 or within is None:
        return None
    if ends[0] > ends[1]:
        problems.add(at, f"goes from {ends[0]} to {ends[1]}; the smaller number comes first")
    return {"from": ends[0], "to": ends[1], "within": days_text(within)}


def _days(data: Any, at: str, problems: Problems, *, most: int) -> int | None:
    if data is None:
        return None
    try:
        period = parse_period(data)
    except NotAPeriod as error:
        problems.add(at, str(error))
        return None
    if period.seconds or not 1 <= period.days <= most:
        problems.add(at, f"{shown(data)} is not a whole number of days up to {most}")
        return None
    return period.days


def days_text(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


def weeks_text(weeks: int) -> str:
    return f"{weeks} week{'' if weeks == 1 else 's'}"


def days_of(text: str) -> int:
    """The days of a period in a canonical document."""
    return parse_period(text).days
