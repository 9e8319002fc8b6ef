"""Written text on the pages of a playbook, and cadences in words."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from milestones.playbook.care import cadence_words
from milestones.playbook.markdown import html_of

register = template.Library()

_VARIABLE = re.compile(r"(\{\{[^{}]*\}\})")


@register.filter
def markdown(text: str, top: int = 4) -> SafeString:
    """Markdown as safe HTML, its largest heading an <h`top`>."""
    return html_of(text, top=top)


@register.filter
def variables_marked(text: str) -> SafeString:
    """A template as it was written, with its variables marked."""
    marked = '<code class="variable">{}</code>'
    parts = enumerate(_VARIABLE.split(text))
    return format_html_join("", "{}", ((format_html(marked, part) if n % 2 else part,) for n, part in parts))


@register.filter
def cadence(weeks: int | None) -> str:
    return cadence_words(weeks)


@register.filter
def at_place(comments: dict[str, list], place: str) -> list:
    """The comments at one place of the page."""
    return comments.get(place, [])
