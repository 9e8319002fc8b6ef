"""What the pages before log-in ask."""

from django import template
from django.conf import settings

from workspaces.accounts.letters import Part

register = template.Library()


@register.simple_tag
def sign_up_is_open() -> bool:
    return bool(settings.SIGN_UP_OPEN)


@register.filter
def is_kind(part: Part, kind: str) -> bool:
    return part.kind == kind
