"""What the checklist says itself, by key, from texts/<language>.yaml; plural forms, numbers and dates by the CLDR."""

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import yaml
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from workspaces.tenants.languages import DEFAULT_LANGUAGE, LANGUAGES, Language

TEXTS = Path(__file__).parent / "texts"

# English days and times are written as "3 March" and "14:05"; the other languages' own region is the right one.
FORMATS = {"en": "en_GB"}

# A day as far away as this is named by its date.
FAR_DAYS = 60


class Words:
    """One language's words. What `say` returns is safe HTML: the words are ours, what is put into them is escaped."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.tag, self.direction = language.tag, language.direction
        self.locale = Locale.parse(FORMATS.get(language.tag, language.tag))
        self.texts: Mapping[str, str | Mapping[str, str]] = yaml.safe_load(
            (TEXTS / f"{language.tag}.yaml").read_text(encoding="utf-8")
        )

    def say(self, key: str, *, count: int | None = None, **values: object) -> SafeString:
        """The text of `key` with its values; `count` chooses the plural form. Raises KeyError for an unknown key."""
        text = self.texts[key]
        if not isinstance(text, str):
            form = self.locale.plural_form(count or 0)
            text = text.get(form, text["other"])
        if count is not None:
            values["count"] = count
        pieces = {name: conditional_escape(self._written(value)) for name, value in values.items()}
        return mark_safe(conditional_escape(text).format(**pieces))  # noqa: S308 - every piece was escaped

    def day(self, moment: datetime) -> str:
        """Its day as seen from today in the current time zone: "tomorrow", "2 days ago"; a far one by its date."""
        local, today = timezone.localtime(moment).date(), timezone.localdate()
        days = (local - today).days
        if days in (-1, 0, 1):
            return self.say({-1: "yesterday", 0: "today", 1: "tomorrow"}[days])
        if abs(days) < FAR_DAYS:
            return self.say("in_days" if days > 0 else "days_ago", count=abs(days))
        if local.year == today.year:
            return self.say("on_date", date=format_skeleton("MMMMd", local, locale=self.locale))
        return self.say("on_date", date=format_date(local, "long", locale=self.locale))

    @staticmethod
    def is_today(moment: datetime) -> bool:
        return timezone.localtime(moment).date() == timezone.localdate()

    def time(self, moment: datetime) -> str:
        """The time of day in the current time zone: "14:05"."""
        return format_time(
            timezone.localtime(moment), "short", tzinfo=timezone.get_current_timezone(), locale=self.locale
        )

    def minutes(self, minutes: int) -> str:
        """Minutes as people say them: "6 minutes", "1 hour"; from an hour and a half on in whole hours."""
        if minutes < 60:
            return format_unit(minutes, "duration-minute", locale=self.locale)
        return format_unit(self.hours_or_minutes(minutes), "duration-hour", locale=self.locale)

    @staticmethod
    def hours_or_minutes(minutes: int) -> int:
        """The number that `minutes` says, which is what verbs agree with."""
        return minutes if minutes < 60 else max(1, round(minutes / 60))

    def names(self, names: Sequence[str]) -> SafeString:
        """Several names in quotes: “A”, “B” and “C”."""
        quoted = [self.say("quoted", name=name) for name in names]
        return mark_safe(format_list(quoted, locale=self.locale))  # noqa: S308 - quoted is, and ", " is harmless

    def _written(self, value: object) -> str:
        """A number as the language writes it; a text as it is, safe or not."""
        if isinstance(value, int):
            return _number(value, self.locale)
        return value if isinstance(value, str) else str(value)


@functools.lru_cache(maxsize=2_000)
def _number(number: int, locale: Locale) -> str:
    return format_decimal(number, locale=locale)


@functools.cache
def words_of(tag: str) -> Words:
    """The words of a language that there is; of any other, English."""
    return Words(LANGUAGES.get(tag) or LANGUAGES[DEFAULT_LANGUAGE])
