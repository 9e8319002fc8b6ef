"""Nobody outside gets a report before they have said yes, and everybody can stop."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from analytics.reports import consent, consent_mail
from analytics.reports.models import Recipient
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
    assert consent_mail.ask(workspace, now=now) == 1


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
