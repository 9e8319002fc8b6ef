"""bin/messages [--check]: bring the catalogues of the application's languages up to date with its texts.

Collects what templates and Python mark for translation, merges it into locale/<language>/LC_MESSAGES/django.po (texts
that are no longer used go, new ones come in untranslated) and compiles that to the .mo beside it. Then it says what is
left: texts without a translation, translations that lost a placeholder, and words in templates that nobody marked.

With --check nothing is written, and anything left or out of date ends with 1.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import environment

ROOMS = ("workspaces", "milestones", "onboarding", "analytics", "config")
NOT_OURS = {"config/demo"}  # texts of invented companies
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# What need not be marked: names of products and formats, and single letters.
SAME_EVERYWHERE = {
    "Firstmile",
    "UTC",
    "Kaplan",
    "Meier",
    "Aalen",
    "Johansen",
    "px",
    "ms",
    "JSON",
    "CSV",
    "YAML",
    "PDF",
    "HTTP",
    "API",
}


def main() -> None:
    environment.enter()
    from babel.messages.pofile import read_po

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when anything is left to do")
    arguments = parser.parse_args()
    template, left = collected(), list(unmarked())
    for path in sorted((environment.ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
        was = path.read_bytes()
        catalogue = read_po(io.BytesIO(was), locale=path.parent.parent.name)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        po, mo = written(catalogue)
        compiled = path.with_suffix(".mo")
        if arguments.check:
            if po != was or not compiled.exists() or compiled.read_bytes() != mo:
                left.append(f"{path.relative_to(environment.ROOT)}: out of date; run bin/messages")
        else:
            path.write_bytes(po)
            compiled.write_bytes(mo)
        left += [f"{path.relative_to(environment.ROOT)}: {what}" for what in wanting(catalogue)]
    print("\n".join(left) or "Every text is marked and translated.")
    sys.exit(1 if arguments.check and left else 0)


def collected() -> Any:
    """A catalogue without translations of all that is marked."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_python

    found = Catalog(charset="utf-8")
    for source in sources():
        for _, function, messages, _ in extract_python(io.BytesIO(source), KEYWORDS, [], {}):
            context, message = _parts(KEYWORDS[str(function)], messages)
            if message and all(isinstance(part, str) for part in ([message] if isinstance(message, str) else message)):
                found.add(message, context=context, flags=_flags(message))
    return found


def _parts(places: Any, messages: Any) -> tuple[str | None, Any]:
    """The context and the text, or the pair of texts, of one call."""
    given = list(messages) if isinstance(messages, tuple) else [messages]
    context = given.pop(0) if places and isinstance(places[0], tuple) else None
    return context, tuple(given[:2]) if places and len(given) > 1 else given[0]


def _flags(message: str | tuple[str, str]) -> list[str]:
    text = message if isinstance(message, str) else message[1]
    return ["python-format"] if re.search(r"%\(\w+\)[sd]", text) else []


def sources() -> Iterator[bytes]:
    """Every file that may have texts, as Python: templates are turned into it by Django, line by line."""
    from django.utils.translation.template import templatize

    for path in templates():
        # In parentheses, so that no line's indentation matters.
        yield f"({templatize(path.read_text(encoding='utf-8'))}\n)".encode()
    for room in ROOMS:
        for path in sorted((environment.ROOT / room).rglob("*.py")):
            place = path.relative_to(environment.ROOT).as_posix()
            if "/migrations/" not in place and not place.startswith(tuple(NOT_OURS)):
                yield path.read_bytes()


def templates() -> list[Path]:
    return sorted(p for p in (environment.ROOT / "templates").rglob("*") if p.suffix in {".html", ".txt", ".svg"})


def written(catalogue: Any) -> tuple[bytes, bytes]:
    """The catalogue as .po and as .mo; the same texts give the same bytes, wherever they come from."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import write_po

    catalogue.creation_date = catalogue.revision_date = SINCE  # or each minute would make another .mo
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, no_location=True, omit_header=True, sort_output=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    write_mo(mo, catalogue)
    return header.encode() + po.getvalue(), mo.getvalue()


def wanting(catalogue: Any) -> Iterator[str]:
    for message in catalogue:
        if not message.id:
            continue
        given = list(message.string) if isinstance(message.string, tuple) else [message.string or ""]
        asked = [message.id] if isinstance(message.id, str) else list(message.id)
        if not all(given):
            yield f"without a translation: {asked[0]!r}"
        elif len(given) == 1 and not _same_places(asked[0], given[0]):
            yield f"other placeholders than its original: {given[0]!r}"
        elif len(given) > 1 and not all(_same_places(asked[-1], text, at_most=True) for text in given):
            yield f"other placeholders than its original: {given!r}"


def _same_places(asked: str, given: str, *, at_most: bool = False) -> bool:
    wanted, there = set(PLACEHOLDER.findall(asked)), set(PLACEHOLDER.findall(given))
    return there <= wanted if at_most else there == wanted


def unmarked() -> Iterator[str]:
    """Words that a template says to people without having marked them."""
    spoken = [path for path in templates() if path.relative_to(environment.ROOT).as_posix() not in exempt()]
    for path in spoken:
        for line, words in naked(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(environment.ROOT)}:{line}: not marked: {words!r}"


def exempt() -> set[str]:
    """Templates that nobody reads in the application's languages; locale/not-translated.txt says which and why."""
    lines = (environment.ROOT / "locale" / "not-translated.txt").read_text(encoding="utf-8").splitlines()
    named = [line.split(" ")[0] for line in lines if line and not line.startswith("#")]
    return {p.relative_to(environment.ROOT).as_posix() for name in named for p in environment.ROOT.glob(name)}


TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
SPOKEN = re.compile(r'\b(?:alt|title|aria-label|placeholder|hx-confirm|data-confirm)="([^"]*)"')
SILENT = re.compile(
    r"<(script|style|code|pre|kbd)\b.*?</\1>|<!--.*?-->|<[^<>]*translate=\"no\"[^<>]*>[^<]*|"
    r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{%\s*block width\s*%}\w+",
    re.DOTALL,
)
MARKED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)


# Texts within tags: what a filter says instead of nothing, and what an included template is given.
GIVEN = re.compile(
    r'(?:\|(?:default|default_if_none|yesno):|\s(?:title|text|label|heading|empty|hint|caption)=)"([^"]*)"'
)
CODE = re.compile(r"[a-z0-9_:./#,-]*")  # names of things, which no one reads as words


def naked(source: str) -> Iterator[tuple[int, str]]:
    """(line, words) of the text and the spoken attributes that stand outside of marks in a template."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0])

    plain = MARKED.sub(blank, SILENT.sub(blank, source))
    given = [(m.start(1), m[1]) for tag in TAG.finditer(plain) for m in GIVEN.finditer(plain, tag.start(), tag.end())]
    plain = TAG.sub(blank, plain)
    spoken = [(start, words) for start, words in given if not CODE.fullmatch(words)]
    spoken += [(m.start(1), m[1]) for m in SPOKEN.finditer(plain)]
    # A tag's end may stand within a template tag that is blank by now, so attributes are cut away by their own quotes.
    text = re.sub(r"<[a-zA-Z/!](?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>", blank, plain)
    spoken += [(m.start(), m[0]) for m in re.finditer(r"[^\n]+", text)]
    for start, words in sorted(spoken):
        if re.fullmatch(r"https?://\S*", words.strip()):
            continue
        said = [w for w in re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", words)) if w not in SAME_EVERYWHERE]
        if said:
            yield source.count("\n", 0, start) + 1, " ".join(words.split())


if __name__ == "__main__":
    main()
