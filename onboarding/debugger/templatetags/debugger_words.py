"""What the debugger's pages call ladders, roles and senders."""

from django import template

from onboarding.debugger.fates import LadderFate
from onboarding.debugger.stories import Names

register = template.Library()


@register.filter
def called(ladder: LadderFate, names: Names) -> str:
    return names.ladders.get(ladder.ladder_id, ladder.key)


@register.filter
def role_called(key: str, names: Names) -> str:
    return names.roles.get(key, key)


@register.filter(is_safe=True)
def stripped(text: str) -> str:
    """Without the space around it, so that a full stop can follow."""
    return text.strip()


@register.filter
def sender_words(key: str) -> str:
    """ "user dora", "visitor 5f3…": a sender by what it is."""
    kind = "user" if key.startswith("u:") else "visitor"
    return f"{kind} {key[2:]}"
