"""What can be read in the help: the pages of docs/, in their order. They come with the program; nobody writes them."""

import functools
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

DOCS = Path(settings.BASE_DIR) / "docs"

CONTENTS: dict[str, tuple[str, ...]] = {
    gettext_noop("For executives"): ("guide/numbers-for-executives",),
    gettext_noop("For product managers"): (
        "guide/README",
        "guide/discovery",
        "guide/composer",
        "guide/dry-run",
        "guide/versions",
        "guide/roles",
        "guide/library",
        "guide/playbook",
        "guide/coaching",
        "guide/after-beginning",
    ),
    gettext_noop("In your product"): (
        "guide/installing",
        "installing-the-widget",
        "theming",
        "translating",
        "unlocking-features",
        "webhooks",
        "api",
        "accessibility",
    ),
    gettext_noop("Your team"): ("team", "signing-in"),
    gettext_noop("Your data"): ("sending-events", "importing", "feedback", "debugging-events", "privacy"),
    gettext_noop("Exactly"): ("criteria", "ladders-yaml", "metrics", "how-the-cubes-work", "reports"),
    gettext_noop("For whoever runs Firstmile"): ("running", "security", "translating-firstmile"),
}
NAMES = [name for names in CONTENTS.values() for name in names]


@dataclass(frozen=True)
class Text:
    """A page as it is written. `title`: its first line; `begins`: its first sentence."""

    name: str
    title: str
    begins: str
    body: str


@functools.cache
def text(name: str) -> Text:
    """A page by its path in docs/ without .md. Raises KeyError for what is none."""
    if name not in NAMES:
        raise KeyError(name)
    first, _, body = (DOCS / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    paragraphs = (part for part in body.strip().split("\n\n") if not part.startswith(("#", "!", "|", "```")))
    sentence, stop, _ = " ".join(next(paragraphs).split()).partition(". ")
    return Text(name, first.removeprefix("# "), sentence + stop.strip(), body)


def picture(name: str) -> Path | None:
    """The file of a picture that a page shows; None where there is none of this name."""
    file = DOCS / "screenshots" / f"{name}.png"
    return file if file.is_file() else None
