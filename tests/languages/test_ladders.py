"""Ladders, the library and people's pages in German: nothing is left in English but what members and programs said."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.utils import timezone, translation

from milestones.ladders import editing
from milestones.ladders.kept_words import kept_words
from milestones.ladders.models import Ladder
from onboarding.people.models import Person
from tests.milestones.ladders.documents import two_rungs
from tests.onboarding.progress.scenes import LADDER, event, publish, take
from workspaces.audit.models import Entry
from workspaces.scope import scope

DAY = timedelta(days=1)
ENGLISH = re.compile(
    r"\b(the|and|of|with|for|your|this|that|is|are|when|every|only|it|by|to|on|from|they|has|no)\b", re.I
)
PAGES = {
    "ladders/": "Leitern",
    "ladders/new/": "Neue Leiter",
    "ladders/start/": "Schnelle Erfolge",
    "ladders/start/?open=report": "Was der Nutzer liest",
    "ladders/start/panel/": "Meilenstein hinzufügen",
    "ladders/start/history/": "Connect: Tipp geändert",
    "ladders/start/story/": "Das Versprechen",
    "ladders/start/translations/?to=fr": "In die Sprache Französisch",
    "ladders/start/role/": "Dieser Rolle geben",
    "ladders/start/versions/": "Version 1",
    "ladders/start/versions/1/": "mindestens 2",
    "ladders/start/compare/": "Tipp: hinzugefügt",
    "ladders/start/publication/": "Version 2 jetzt veröffentlichen",
    "ladders/start/rehearsal/?moves=1": "wechselt zu Version 2",
    "ladders/start/rungs/report/effect/": "würden bestehen",
    "ladders/start/versions/people/": "1 unterwegs",
    "roles/": "Wer welche Leiter bekommt",
    "roles/new/": "Personen, für die gilt:",
    "roles/people/": "bekannten Personen",
    "roles/test/?who=gil": "wäre bei einem Beginn jetzt",
    "library/": "Meilenstein-Bibliothek",
    "library/report/": "Der Nutzer sendet Reported mindestens 2",
    "library/report/edit/": "Meilenstein speichern",
    "library/report/translations/?to=fr": "Report auf Französisch",
    "library/report/uses/": "Start",
    "new-milestone/": "Neuer Meilenstein",
    "people/": "3 Personen",
    "people/{person}/": "Zuerst gesehen am",
    "people/{person}/ladders/start/steps/connect/ruling/": "widerrufen",
}


class Read(HTMLParser):
    """What people read or hear of a page's main part, without code, preview and what is marked as nobody's language."""

    VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
    SPOKEN = ("title", "aria-label", "placeholder", "alt")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.silent = 0
        self.feed(page.split('<div class="page">')[-1].split("</main>")[0])

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        hidden = (
            tag in {"script", "style", "code", "kbd"} or given.get("id") == "stage" or given.get("translate") == "no"
        )
        if tag not in self.VOID and (self.silent or hidden):
            self.silent += 1
        elif not self.silent and not hidden:
            self.words += [given[name] or "" for name in self.SPOKEN if name in given]
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        if self.silent and tag not in self.VOID:
            self.silent -= 1

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


@pytest.fixture
def german(ana, client_for):
    ana.user.language = "de"
    ana.user.save(update_fields=["language"])
    return client_for(ana)


@pytest.fixture
def climbed(workspace, ana):
    """A live ladder that gil is on, one of two steps done, and a draft of the next version with a change in it."""
    now = timezone.now()
    publish(workspace, LADDER.replace("purpose: Connect.,", "purpose: Connect., minutes: 5,"), at=now - 9 * DAY)
    take(workspace, event("Signed Up", now - 3 * DAY), event("Connected", now - 2 * DAY))
    return workspace


def test_every_page_is_german_and_its_attributes_are_still_for_programs(climbed, german):
    first = f"/w/{climbed.slug}/"
    changed = {"field": "tip", "tip": "Tipp", "base": ""}
    assert german.post(f"{first}ladders/start/rungs/connect/", changed).status_code == 302
    with scope(climbed):
        person = Person.objects.get(external_id="gil").pk
    wrong = []
    for path, heading in PAGES.items():
        response = german.get(first + path.format(person=person), headers={"HX-Request": "true"})
        assert response.status_code == 200, path
        read = Read(response.content.decode())
        words = " ".join(" ".join(read.words).split())
        wrong += [f"{path}: no “{heading}” in {words}"] if heading not in words else []
        wrong += [f"{path}: {left} in {words}"] if (left := ENGLISH.findall(words)) else []
        numbers = [(n, v) for n, v in read.attributes if n in ("value", "max", "width", "x", "points") and "," in v]
        wrong += [f"{path}: {numbers}"] if numbers else []
    assert not wrong, "\n".join(wrong)


def test_changes_are_kept_in_english_and_told_in_the_readers_language(climbed, german, ana):
    document = two_rungs()
    edits = [
        editing.move_down(document, "connect-source"),
        editing.remove(document, "connect-source"),
        editing.duplicate(document, "invite-team"),
        editing.set_about(document, {"title": "Los"}),
        editing.set_about(document, {"title": "Los", "kickoff": "Auf"}),
        editing.add_story(document, {"text": "Es ging.", "who": "Maya"}),
        editing.set_translation(document, "rungs.invite-team.name", "fr", "Inviter"),
        *(editing.set_rung(document, "invite-team", {field: None}) for field in ("cue", "tip", "unlock", "minutes")),
        editing.set_rung(document, "invite-team", {"name": "Alle einladen"}),
        editing.set_rung(document, "invite-team", {"first_value": False}),
        editing.set_rung(document, "invite-team", {"phase": "advanced"}),
    ]
    told = []
    with translation.override("de"):
        for edit in edits:
            told.append(kept_words(edit.words))
            assert told[-1] != edit.words
    assert "Connect a data source entfernt; Invite your team wartet nicht mehr darauf" in told
    assert "Invite your team: Name übersetzt (Französisch)" in told
    assert [kept_words(edit.words) for edit in edits] == [edit.words for edit in edits]

    typed = {"name": "Leitung", "key": "leitung", "rule.kind": "trait", "rule.trait": "job", "rule.operand": "lead"}
    typed["rule.operator"] = "equals"
    assert german.post(f"/w/{climbed.slug}/roles/new/", typed).status_code == 302
    german.post(f"/w/{climbed.slug}/ladders/start/draft/")
    with scope(climbed):
        made = Entry.objects.get(action="role.made", target="Leitung")
        assert made.details["rule"] == "people whose job is lead"
        draft = Ladder.objects.get(key="start").draft
        assert Entry.objects.get(action="draft.begun").target == f"Start, version {draft.number}"
