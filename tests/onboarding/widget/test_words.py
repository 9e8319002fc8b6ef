"""The checklist's own words: complete in every language, and right in number and day."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from onboarding.widget.words import choose, words_of
from workspaces.tenants.languages import LANGUAGES

pytestmark = pytest.mark.pure

ENGLISH = words_of("en")
TEMPLATES = Path(__file__).parents[3] / "templates" / "widget"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

# A form that is for one number alone may say that number in words.
SAYS_ITS_NUMBER = ("zero", "one", "two")
# Texts that are said with a count; only they may have several forms.
COUNTED = ("progress", "progress_spoken", "progress_finished", "left", "more", "show_all", "in_days", "days_ago")

every_language = pytest.mark.parametrize("tag", LANGUAGES)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(words, key) -> dict[str, str]:
    text = words.texts[key]
    return {"": text} if isinstance(text, str) else dict(text)


@every_language
def test_every_language_has_every_text_and_no_other(tag):
    assert list(words_of(tag).texts) == list(ENGLISH.texts)


@every_language
def test_every_plural_form_that_numbers_need_is_there(tag):
    words = words_of(tag)
    needed = {words.locale.plural_form(number) for number in range(1_001)} | {"other"}
    for key, text in words.texts.items():
        if not isinstance(text, str):
            assert key in COUNTED
            assert set(text) == needed, key


@every_language
def test_every_form_has_the_placeholders_of_the_english_text(tag):
    for key in ENGLISH.texts:
        wanted = placeholders(forms(ENGLISH, key).popitem()[1])
        for form, text in forms(words_of(tag), key).items():
            assert text.strip() == text
            assert text
            missing = wanted - placeholders(text)
            assert placeholders(text) <= wanted, (key, form)
            assert not missing or (form in SAYS_ITS_NUMBER and missing == {"count"}), (key, form)


@every_language
def test_no_language_was_left_in_english(tag):
    if tag == "en":
        return
    alike = [key for key, text in words_of(tag).texts.items() if text == ENGLISH.texts[key]]
    # What is nothing but placeholders, and a unit that several languages write alike.
    assert set(alike) <= {"on_date", "quoted", "minutes_short", "in_product"}


def test_the_templates_say_only_texts_that_there_are_and_leave_none_unused():
    source = "\n".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    said = set(re.findall(r'\{% say\w* "(\w+)"', source))
    said |= set(re.findall(r'_act.html" with [^%]*label="(\w+)"', source))
    tags = (Path(__file__).parents[3] / "onboarding/widget/templatetags/checklist_words.py").read_text()
    catalogue = (Path(__file__).parents[3] / "onboarding/widget/words/catalogue.py").read_text()
    embed = (Path(__file__).parents[3] / "onboarding/widget/embed/showing.py").read_text()
    said |= {key for key in ENGLISH.texts if f'"{key}"' in tags + catalogue + embed}
    assert said == set(ENGLISH.texts)


@pytest.mark.parametrize(
    "name",
    [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if path.name != "message_preview.html"],
)
def test_no_words_stand_in_a_template_of_the_checklist(name):
    source = (TEMPLATES / name).read_text()
    source = re.sub(
        r"\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|\{\{.*?\}\}|<!doctype html>", "", source, flags=re.S
    )
    spoken = re.findall(r'(?:aria-[a-z]+|title|alt|placeholder)="([^"]*)"', source)
    ids = ("checklist-title", "true")
    assert [said for said in spoken if re.search(r"[^\W\d_]", said) and said not in ids] == []
    source = re.sub(r"<[^<>]*>", " ", source)
    assert re.findall(r"[^\W\d_]{2,}", source) == []


@pytest.mark.parametrize(
    "tag, minutes, said",
    [
        ("en", 6, "about 6 minutes left"),
        ("en", 1, "about 1 minute left"),
        ("en", 61, "about 1 hour left"),
        ("de", 6, "noch etwa 6 Minuten"),
        ("fr", 1, "encore 1 minute environ"),
        ("es", 1, "queda 1 minuto aproximadamente"),
        ("es", 120, "quedan 2 horas aproximadamente"),
        ("pt", 6, "faltam cerca de 6 minutos"),
        ("ja", 6, "残り約6 分"),
        ("ar", 2, "بقيت دقيقتان تقريبًا"),
        ("ar", 6, "بقيت 6 دقائق تقريبًا"),
    ],
)
def test_durations_agree_with_their_number(tag, minutes, said):
    words = words_of(tag)
    duration, count = words.minutes(minutes), words.hours_or_minutes(minutes)
    assert words.say("left", duration=duration, count=count) == said


@pytest.mark.parametrize(
    "tag, days, said",
    [
        ("en", -1, "Due yesterday"),
        ("en", 1, "Due tomorrow"),
        ("en", 3, "Due in 3 days"),
        ("en", 100, "Due 10 June"),
        ("en", 400, "Due 6 April 2027"),
        ("de", 1, "Fällig morgen"),
        ("de", 100, "Fällig am 10. Juni"),
        ("fr", -4, "À faire il y a 4 jours"),
        ("es", 100, "Vence el 10 de junio"),
        ("pt", 3, "Vence em 3 dias"),
        ("ja", 100, "期限：6月10日"),
        ("ar", 2, "الموعد النهائي: بعد يومين"),
        ("ar", 11, "الموعد النهائي: بعد 11 يومًا"),
    ],
)
def test_days_are_told_as_seen_from_today(tag, days, said, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    words = words_of(tag)
    assert words.say("due", day=words.day(NOON + timedelta(days=days))) == said


def test_days_and_times_are_those_of_the_time_zone_in_force(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert ENGLISH.day(NOON + timedelta(hours=4)) == "tomorrow"
        assert ENGLISH.time(NOON) == "21:00"
        assert words_of("ar").time(NOON).replace("\u202f", " ") == "9:00 م"


@every_language
@given(number=st.integers(0, 10_000_000))
def test_no_language_ever_shows_a_key_or_an_empty_text(tag, number):
    words = words_of(tag)
    for key, text in words.texts.items():
        needed = placeholders(text if isinstance(text, str) else text["other"]) - {"count"}
        said = words.say(key, count=number, **dict.fromkeys(needed, "x"))
        assert said.strip(), key
        assert said != key or (tag == "en" and text == key), key
        assert "{" not in said, key


@every_language
@given(text=st.text(max_size=40))
def test_what_is_put_into_a_text_is_escaped_and_never_read_as_a_text_itself(tag, text):
    said = words_of(tag).say("in_product", workspace=text, action="<b>{workspace}</b>")
    assert isinstance(said, SafeString)
    assert "<" not in said
    assert "{workspace}" in said


@pytest.mark.parametrize(
    "asked, traits, accepts, chosen",
    [
        ("fr", {"locale": "ja"}, "de", "fr"),
        (None, {"locale": "de-AT", "language": "fr"}, "fr", "de"),
        (None, {"language": "fr_CA"}, "de", "fr"),
        (None, {"locale": 7, "language": "Klingon"}, "zh, fr;q=0.3, de-CH;q=0.7", "de"),
        ("zh", {}, "", "es"),
        (None, {}, "ja", "es"),
        (None, None, "fr;q=0, *", "es"),
        ("", {}, "\x00;;q=x", "es"),
    ],
)
def test_the_language_is_the_first_on_offer_of_what_was_asked_said_and_set(asked, traits, accepts, chosen):
    assert choose(asked=asked, traits=traits, accepts=accepts, offered=("es", "de", "fr")) == chosen


@given(st.text(max_size=2_000), st.text(max_size=50))
def test_any_header_leads_to_a_language_on_offer(header, asked):
    assert choose(asked=asked, accepts=header, offered=("pt", "ar")) in ("pt", "ar")
