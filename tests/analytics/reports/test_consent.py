"""Nobody outside gets a report before they have said yes, and everybody can stop."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from analytics.reports import asking, consent, consent_mail, keeping, tasks
from analytics.reports.models import Asked, Question, Recipient, Report
from workspaces.scope import scope


@pytest.fixture
def asked(workspace, report, ana):
    """The board was added by ana and has not answered."""
    with scope(workspace):
        return consent.add(report, "Board@Example.org", by=ana)


def state(workspace, recipient):
    with scope(workspace):
        return Recipient.objects.get(pk=recipient.pk).state


def path(workspace, recipient, purpose):
    with scope(workspace):
        return "/" + consent.link(recipient, purpose).partition("//")[2].partition("/")[2]


def test_a_member_gets_it_and_another_address_is_asked_once(workspace, report, asked, ana):
    with scope(workspace):
        assert Recipient.objects.get(address=ana.user.email).state == "active"
    assert state(workspace, asked) == "waiting"
    now = timezone.now()
    assert consent_mail.ask(workspace, now=now) == 1
    assert consent_mail.ask(workspace, now=now) == 0
    (message,) = mail.outbox
    assert message.to == ["board@example.org"]
    assert message.subject == "Do you want “Weekly adoption” from Acme?"
    for purpose in (consent.CONFIRM, consent.UNSUBSCRIBE):
        (token,) = re.findall(rf"/reports/{purpose}/([^/]+)/", message.body)
        with consent.behind(token, purpose) as (_, recipient):
            assert recipient.pk == asked.pk


def test_opening_the_link_does_nothing_and_saying_yes_does(workspace, asked, client):
    address = path(workspace, asked, consent.CONFIRM)
    page = client.get(address)
    assert "Do you want “Weekly adoption”?" in page.content.decode()
    assert state(workspace, asked) == "waiting"
    assert "You get “Weekly adoption”" in client.post(address).content.decode()
    assert state(workspace, asked) == "active"
    assert "noindex" in page["X-Robots-Tag"]


def test_opening_the_other_link_does_nothing_and_one_post_stops_it(workspace, outsider, client):
    address = path(workspace, outsider, consent.UNSUBSCRIBE)
    client.get(address)
    assert state(workspace, outsider) == "active"
    one_click = client.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert one_click.status_code == 200
    assert state(workspace, outsider) == "unsubscribed"
    assert "no more" in client.get(address).content.decode()


def test_a_link_does_one_thing_only_and_none_can_be_made_up(workspace, asked, client):
    confirm = path(workspace, asked, consent.CONFIRM)
    token = confirm.strip("/").rpartition("/")[2]
    assert client.post(f"/reports/unsubscribe/{token}/").status_code == 404
    for forged in (token[:-2] + "xx", "x", "a:b:c"):
        assert client.post(f"/reports/confirm/{forged}/").status_code == 404
    assert state(workspace, asked) == "waiting"


def test_who_stopped_and_is_added_again_is_asked_again_a_member_too(workspace, report, outsider, ana):
    with scope(workspace):
        mine = Recipient.objects.get(address=ana.user.email)
        for recipient in (mine, outsider):
            consent.unsubscribe(recipient)
            added = consent.add(report, recipient.address, by=ana)
            assert added.pk == recipient.pk
            assert added.state == "waiting"


def test_a_member_can_ask_again_a_day_later_and_not_before(workspace, asked, ana, client_for):
    now = timezone.now()
    consent_mail.ask(workspace, now=now)
    browser, address = client_for(ana), reverse("reports:question", args=[workspace.slug, asked.pk])
    browser.post(address)
    assert consent_mail.ask(workspace, now=now) == 0
    with scope(workspace):
        Recipient.objects.filter(pk=asked.pk).update(asked_at=now - timedelta(days=1, minutes=1))
    browser.post(address)
    assert consent_mail.ask(workspace, now=now + timedelta(days=1, minutes=1)) == 1


def test_a_refused_question_is_not_asked_for_ever(workspace, asked, sink):
    sink.refuse = lambda address: "550 No such mailbox"
    assert consent_mail.ask(workspace, now=timezone.now()) == 0
    assert consent_mail.ask(workspace, now=timezone.now()) == 0
    assert state(workspace, asked) == "waiting"


def test_a_report_has_so_many_recipients_at_most(workspace, report, ana, monkeypatch):
    monkeypatch.setattr(consent, "MOST_RECIPIENTS", 2)
    with scope(workspace):
        consent.add(report, "one@example.org", by=ana)
        with pytest.raises(consent.TooMany, match="2 addresses at most"):
            consent.add(report, "two@example.org", by=ana)


def test_a_removed_recipients_link_leads_nowhere(workspace, outsider, ana, client):
    address = path(workspace, outsider, consent.UNSUBSCRIBE)
    with scope(workspace):
        consent.remove(outsider, by=ana)
    assert client.get(address).status_code == 404


def test_who_has_left_the_team_gets_nothing_more_and_is_listed_no_more(workspace, report, ana, ben):
    with scope(workspace):
        consent.add(report, ben.user.email, by=ana)
        consent.add(report, ana.user.email, by=ana)
    ben.delete()
    assert consent.let_go(workspace) == 1
    assert consent.let_go(workspace) == 0
    with scope(workspace):
        left = report.recipients.filter(removed_at=None, as_member=True)
        assert [recipient.address for recipient in left] == [ana.user.email]


def add_to_a_new_report(workspace, by, *addresses):
    """And remove the report before, as whoever floods somebody would."""
    with scope(workspace):
        for report in Report.objects.filter(name="Free gift: evil.example"):
            keeping.remove(report, by=by)
        report = Report.objects.create(name="Free gift: evil.example", ladder_key="admin", made_by=by.user)
        return [consent.add(report, address, by=by) for address in addresses]


def test_a_report_that_is_removed_and_made_anew_asks_nobody_again_that_day(
    workspace, other_workspace, report, ana, cyd
):
    now = timezone.now()
    for address in ("stranger@example.net", "Stranger+1@example.net", "stranger+2@example.net"):
        add_to_a_new_report(workspace, ana, address)
        consent_mail.ask(workspace, now=now)
        with scope(workspace):
            assert not consent_mail.is_waiting(now)
    assert len(mail.outbox) == 1

    # A day later once more; in a week no more than three times, whichever workspaces ask.
    for days in (1, 2, 3, 4, 6):
        add_to_a_new_report(workspace, ana, "stranger@example.net")
        consent_mail.ask(workspace, now=now + timedelta(days=days, minutes=days))
    assert len(mail.outbox) == asking.MOST_IN_A_WEEK
    add_to_a_new_report(other_workspace, cyd, "stranger@example.net")
    assert consent_mail.ask(other_workspace, now=now + timedelta(days=6, hours=23)) == 0
    assert consent_mail.ask(other_workspace, now=now + timedelta(days=7)) == 1


def test_a_no_holds_whatever_becomes_of_the_report(workspace, other_workspace, report, ana, cyd, client_for, client):
    now = timezone.now()
    (recipient,) = add_to_a_new_report(workspace, ana, "stranger@example.net")
    consent_mail.ask(workspace, now=now)
    client.post(path(workspace, recipient, consent.UNSUBSCRIBE))
    later = now + timedelta(days=400)
    (again,) = add_to_a_new_report(workspace, ana, "stranger@example.net")
    assert again.pk != recipient.pk
    assert again.state == "unsubscribed"
    assert consent_mail.ask(workspace, now=later) == 0
    browser = client_for(ana)
    page = browser.post(
        reverse("reports:recipients", args=[workspace.slug, report.pk]),
        {"address": "stranger@example.net"},
        follow=True,
    )
    assert "stranger@example.net has said no, and is not asked again." in page.content.decode()

    # It is no other workspace's business, and whoever says yes after all may be asked again.
    assert add_to_a_new_report(other_workspace, cyd, "stranger@example.net")[0].state == "waiting"
    client.post(path(workspace, again, consent.CONFIRM))
    assert state(workspace, again) == "active"
    with scope(workspace):
        assert asking.refused_at("stranger@example.net") is None


def test_a_workspace_asks_so_many_addresses_a_day(workspace, report, ana, monkeypatch):
    monkeypatch.setattr(asking, "MOST_IN_A_DAY", 2)
    now = timezone.now()
    add_to_a_new_report(workspace, ana, *(f"stranger{number}@example.net" for number in range(5)))
    assert consent_mail.ask(workspace, now=now) == 2
    assert consent_mail.ask(workspace, now=now + timedelta(hours=23)) == 0
    assert consent_mail.ask(workspace, now=now + timedelta(days=1)) == 2
    assert consent_mail.ask(workspace, now=now + timedelta(days=2)) == 1


def test_who_was_asked_is_kept_as_a_hash_and_forgotten_and_a_no_is_not(workspace, report, ana, monkeypatch):
    now = timezone.now()
    _, refused = add_to_a_new_report(workspace, ana, "one@example.net", "two@example.net")
    consent_mail.ask(workspace, now=now)
    with scope(workspace):
        consent.unsubscribe(refused)
        assert Asked.objects.count() == Question.objects.count() == 2
        assert not [one for one in (*Asked.objects.all(), *Question.objects.all()) if "@" in one.digest]
    monkeypatch.setattr(tasks.timezone, "now", lambda: now + timedelta(days=31))
    tasks.forget()
    with scope(workspace):
        assert Asked.objects.exclude(refused_at=None).count() == Asked.objects.count() == 1
        assert not Question.objects.exists()
