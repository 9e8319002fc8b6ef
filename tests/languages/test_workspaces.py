"""Members read the pages, the audit log and the mails of their workspace in German."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation

from workspaces.audit.models import Entry
from workspaces.audit.templatetags.audit_words import audit_sentence
from workspaces.keys.models import ApiKey
from workspaces.privacy import deleting
from workspaces.scope import scope
from workspaces.team import inviting, mail
from workspaces.tenants.access import Level
from workspaces.tenants.templatetags import ui
from workspaces.webhooks import endpoints

HEADINGS = {
    "settings/": "Einstellungen",
    "team/": "Mitglieder",
    "team/levels/": "Was jede Stufe darf",
    "environments/": "Umgebungen",
    "settings/keys/": "Schlüssel",
    "settings/webhooks/": "Webhooks",
    "settings/sign-in/": "Anmeldung",
    "settings/privacy/": "Datenschutz",
    "settings/deletion/": "Acme löschen",
    "settings/audit/": "Protokoll",
    "help/": "Hilfe",
}
# What cannot be helped to stand in an English sentence, and never stands in a German one.
ENGLISH = re.compile(
    r"\b(the|and|of|with|you|your|is|are|from|this|that|not|by|to|who|which|it|no|what)\b", re.IGNORECASE
)
UNREAD = re.compile(
    r'<(script|style|code|pre|option)\b.*?</\1>|<(li|article|ul)[^>]* lang="en">.*?</\2>|<!--.*?-->', re.DOTALL
)
SPOKEN = re.compile(r'\b(?:title|aria-label|placeholder|alt|data-label)="([^"]*)"')


@pytest.fixture
def german(ana):
    ana.user.language = "de"
    ana.user.save(update_fields=["language"])
    return ana


def english_in(page):
    """The English words that somebody would read on a page."""
    seen = UNREAD.sub(" ", page)
    read = " ".join([*SPOKEN.findall(seen), re.sub(r"<[^>]*>", " ", seen)])
    return [
        " ".join(unescape(read)[max(0, m.start() - 30) : m.end() + 30].split())
        for m in ENGLISH.finditer(unescape(read))
    ]


def test_every_page_of_a_workspace_is_german_to_the_last_word(workspace, german, client_for):
    with scope(workspace):
        inviting.invite("eve@acme.test", Level.COACH, by=german)
        ApiKey.issue(workspace, kind="secret", name="Lager", made_by=german.user)
        endpoints.add(url="https://hooks.acme.test/in", by=german)
    browser = client_for(german)
    for path, heading in HEADINGS.items():
        answer = browser.get(f"/w/{workspace.slug}/{path}")
        page = answer.content.decode()
        assert answer.status_code == 200, path
        assert f"<h1>{heading}</h1>" in page, path
        assert not english_in(page), path
    for path in ("/accounts/me/", "/accounts/email/", "/accounts/password/change/", "/workspaces/"):
        page = browser.get(path, follow=True).content.decode()
        assert '<html lang="de">' in page
        assert not english_in(page), path
    browser.logout()
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/sso/", "/nowhere/"):
        page = browser.get(path, headers={"Accept-Language": "de"}).content.decode()
        assert not english_in(page), path


def test_every_sentence_of_the_audit_log_has_its_german_and_figures_their_commas(workspace):
    for file in sorted(Path(settings.BASE_DIR, "templates", "audit").glob("*.html")):
        if file.stem == "_other":
            continue
        told = {"level": "Owner", "before": {"level": "Coach"}, "after": {"level": "Admin"}, "deliveries": 2, "days": 7}
        entry = Entry(workspace=workspace, action=file.stem, target="Lager", details={**told, "people": 3})
        english = audit_sentence(entry)
        with translation.override("de"):
            german = audit_sentence(entry)
        assert german != english, file.stem
        assert not re.search(r"\b(the|of|to|for|as|with|made|from)\b", german), german
    with translation.override("de"):
        assert ui.percent(0.412) == "41,2\u00a0%"
        assert ui.number(1234.56, 1) == "1.234,6"
        assert ui.duration(timedelta(hours=36)) == "1,5 Tage"
        assert ui.duration(timedelta(days=3), "dative") == "3 Tagen"
        assert ui.ago(timezone.now() - timedelta(days=3, hours=1)) == "vor 3 Tagen"
        assert ui.day_words(timezone.now() + timedelta(days=1)) == "morgen"
    assert ui.duration(timedelta(days=3), "dative") == "3 days"


def test_each_gets_mail_in_their_own_language_and_records_stay_english(workspace, german, ben, mailoutbox):
    with scope(workspace):
        invitation = inviting.invite("eve@acme.test", Level.COACH, by=german)
        noted = Entry.objects.get(action="invitation.made")
        deleting.ask(workspace, by=german)
    assert noted.details["level"] == "Coach"
    mail.send_invitations(workspace.pk)
    deleting.tell_members()
    subjects = {sent.to[0]: sent.subject for sent in mailoutbox}
    assert subjects[invitation.address] == f"{german.user} lädt Sie zu Acme auf Firstmile ein"
    due = datetime.now(UTC) + timedelta(days=14)
    with translation.override("de"):
        assert subjects[german.user.email].startswith("Acme wird am ")
    assert f"{due.day}. " in subjects[german.user.email]
    assert subjects[ben.user.email].startswith("Acme will be deleted on ")
