"""Which language somebody is spoken to in. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation.trans_real import parse_accept_lang_header

from workspaces.tenants.languages import DEFAULT_LANGUAGE, nearest

TRAITS = ("locale", "language")
LONGEST_HEADER = 500


def choose(
    *, asked: object = None, traits: Mapping[str, Any] | None = None, accepts: str = "", offered: Collection[str]
) -> str:
    """The tag of the first language that is offered: asked for, said of the person, set in the browser.

    `offered` begins with the workspace's own language, which is what is left when none of them is; `accepts` is an
    Accept-Language header.
    """
    said = [asked, *((traits or {}).get(trait) for trait in TRAITS), *accepted(accepts)]
    found = (nearest(tag, offered) for tag in said)
    return next((tag for tag in found if tag is not None), next(iter(offered), DEFAULT_LANGUAGE))


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first; nothing for one that is no such header."""
    return [tag for tag, weight in parse_accept_lang_header(header[:LONGEST_HEADER].lower()) if weight > 0]
