"""A paper as an e-mail: the headline first, every picture with its text, what stands behind it, and a plain-text part.

The same letter serves the preview, the edition that is kept, and so every recipient. Where a letter names an address of
its recipient's own, it says UNSUBSCRIBE until it is sent.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from analytics.reports.documents import document
from analytics.reports.paper import Figure, Paper
from analytics.reports.pictures import png_of
from analytics.review.pdf import pdf_of
from workspaces.tenants.models import Workspace

UNSUBSCRIBE = "https://unsubscribe.invalid/"
LONGEST_SUBJECT = 150
PDF_NAME = "report.pdf"


@dataclass(frozen=True)
class Piece:
    """A picture by the name that the HTML gives it (cid:name), or the PDF."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    subject: str
    html: str
    text: str
    pieces: tuple[Piece, ...]


def steps_of(paper: Paper, *, with_pdf: bool) -> int:
    """How often `letter_of` will say that it has come further."""
    return sum(bool(figure.picture) for figure in paper.figures) + with_pdf + 1


def letter_of(
    paper: Paper,
    workspace: Workspace,
    *,
    name: str,
    query: str,
    with_pdf: bool,
    further: Callable[[], None] = lambda: None,
) -> Letter:
    """Write it. Needs no database; `further` is called after every step."""
    pieces = []
    for number, figure in enumerate(paper.figures):
        if figure.picture:
            pieces.append(Piece(_picture_name(number, figure), "image/png", png_of(figure.picture)))
            further()
    page = settings.BASE_URL + reverse("dashboards:adoption", args=[workspace.slug])
    context = {
        "workspace": workspace,
        "name": name,
        "paper": paper,
        "figures": [
            (figure, _picture_name(number, figure) if figure.picture else "")
            for number, figure in enumerate(paper.figures)
        ],
        "page": f"{page}?{query}",
        "unsubscribe": UNSUBSCRIBE,
        "with_pdf": with_pdf,
    }
    html = css_inline.inline(render_to_string("reports/mail/report.html", context), keep_style_tags=True)
    text = render_to_string("reports/mail/report.txt", context)
    further()
    if with_pdf:
        pieces.append(Piece(PDF_NAME, "application/pdf", pdf_of(document(paper, workspace))))
        further()
    return Letter(subject_of(paper, name), html, text, tuple(pieces))


def subject_of(paper: Paper, name: str) -> str:
    """ "Weekly adoption: Half of the people reach first value within 7 days", on one line whatever people wrote."""
    line = " ".join(f"{name}: {paper.headline}".split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def addressed(letter: Letter, *, unsubscribe: str) -> Letter:
    """The letter with the recipient's own address to unsubscribe at."""
    return replace(
        letter,
        html=letter.html.replace(UNSUBSCRIBE, unsubscribe),
        text=letter.text.replace(UNSUBSCRIBE, unsubscribe),
    )


def previewed(letter: Letter) -> str:
    """The letter's HTML with its pictures in it, for a browser."""
    html = letter.html
    for piece in letter.pieces:
        data = base64.b64encode(piece.content).decode()
        html = html.replace(f"cid:{piece.name}", f"data:{piece.kind};base64,{data}")
    return html


def _picture_name(number: int, figure: Figure) -> str:
    return f"{number}-{figure.key or 'figure'}"
