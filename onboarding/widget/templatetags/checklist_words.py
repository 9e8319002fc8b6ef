"""The checklist's own words in templates. Which language: the context's `words`, else English."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from onboarding.widget.words import Text, Words, words_of
from workspaces.tenants.languages import DEFAULT_LANGUAGE

register = template.Library()


def _words(context: template.Context) -> Words:
    return context.get("words") or words_of(DEFAULT_LANGUAGE)


@register.simple_tag(takes_context=True)
def say(context: template.Context, key: str, **values: object) -> SafeString:
    """`{% say "progress" done=1 total=5 count=1 %}`: one of our own texts."""
    return _words(context).say(key, **values)  # type: ignore[arg-type]  # a template's count is what it gave


@register.simple_tag(takes_context=True)
def say_template(context: template.Context, key: str) -> str:
    """One of our own texts as it is written, {names} and all, for a script that fills it in."""
    text = _words(context).texts[key]
    return text if isinstance(text, str) else text["other"]


@register.simple_tag(takes_context=True)
def say_day(context: template.Context, key: str, moment: datetime) -> SafeString:
    """A text about a day: `{% say_day "due" step.due_at %}` → "Due tomorrow"."""
    words = _words(context)
    return words.say(key, day=words.day(moment))


@register.simple_tag(takes_context=True)
def say_overdue(context: template.Context, moment: datetime) -> SafeString:
    """Of what is overdue: "Was due yesterday", and while its day lasts "Due today"."""
    words = _words(context)
    return words.say("due" if words.is_today(moment) else "was_due", day=words.day(moment))


@register.simple_tag(takes_context=True)
def say_minutes(context: template.Context, key: str, minutes: int) -> SafeString:
    """A text about a duration: `{% say_minutes "left" 6 %}` → "about 6 minutes left"."""
    words = _words(context)
    return words.say(key, duration=words.minutes(minutes), count=words.hours_or_minutes(minutes))


@register.simple_tag(takes_context=True)
def say_wait(context: template.Context, until: datetime | None) -> SafeString:
    """When a step is offered that waits for its turn; None: in the next session."""
    words = _words(context)
    if until is None:
        return words.say("comes_next_time")
    if words.is_today(until):
        return words.say("comes_today", time=words.time(until))
    return words.say("comes_on", day=words.day(until))


@register.simple_tag(takes_context=True)
def say_opens_after(context: template.Context, names: Sequence[str]) -> SafeString:
    """What a locked step waits for: "Opens after “Connect a source” and “Invite your team”."."""
    words = _words(context)
    return words.say("opens_after", names=words.names([_isolated(name, words) for name in names]))


@register.simple_tag(takes_context=True)
def bold(context: template.Context, text: str) -> SafeString:
    """An authored text to be put into one of ours: `{% bold step.feature as feature %}`."""
    return format_html("<b{}>{}</b>", _marks(text, _words(context)), text)


@register.simple_tag(takes_context=True)
def tongue(context: template.Context, text: object) -> SafeString:
    """The attributes of an element that holds an authored text: its language, where that is not the page's.

    So a screen reader says it in the right voice, and its direction is its own.
    """
    return _marks(text, _words(context))


def _isolated(name: str, words: Words) -> str:
    marks = _marks(name, words)
    return format_html("<span{}>{}</span>", marks, name) if marks else name


def _marks(text: object, words: Words) -> SafeString:
    language = text.language if isinstance(text, Text) else ""
    return format_html(' lang="{}" dir="auto"', language) if language and language != words.tag else SafeString("")
