"""What stands open without a log-in is closed while its workspace is suspended, and says so; the keys end with it."""

import json
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client

from analytics.reports import consent, links, tasks
from analytics.reports.models import Report
from milestones.discovery.links import ask_url, make_link
from milestones.discovery.models import Discovery
from onboarding.people.models import Person
from onboarding.widget.links import checklist_url
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.operator import acts
from workspaces.scope import scope

pytestmark = pytest.mark.every_workspace

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def opened(workspace, ana):
    """Every kind of address of Acme that asks for no log-in."""
    with scope(workspace):
        report = Report.objects.create(name="Weekly", ladder_key="everyone")
        board = {"ladder_key": "everyone", "period_days": 90, "window_days": 14, "split": ""}
        recipient = consent.add(report, "vic@example.com", by=ana)
        discovery = Discovery.objects.create(
            name="All", role_key="everyone", role_name="All", made_by=ana.user, product="saas-analytics"
        )
        local = {
            name: consent.link(recipient, purpose).partition("/reports/")[2]
            for name, purpose in (("confirm", consent.CONFIRM), ("unsubscribe", consent.UNSUBSCRIBE))
        }
        return {
            "checklist": checklist_url(Person.objects.get(external_id="dora")),
            "board": f"/s/{links.make(by=ana, label='Board', days=7, **board)[1]}/",
            "locked board": f"/s/{links.make(by=ana, label='Board', days=7, password='open sesame', **board)[1]}/",
            "questions": ask_url(make_link(discovery, label="Initech", days=7, by=ana)),
            **{name: f"/reports/{path}" for name, path in local.items()},
        }


def test_a_suspension_closes_what_stands_open_and_its_end_opens_it(workspace, other_workspace, opened):
    client = Client()
    with scope(other_workspace):
        theirs = checklist_url(Person.objects.get(external_id="finn"))
    before = {name: client.get(address).status_code for name, address in opened.items()}
    assert 403 not in before.values()  # the board's ladder is not published: that page says so
    acts.suspend(workspace, reason="Their bill is not paid.", operator="olga")
    for name, address in opened.items():
        answer = client.get(address)
        if name == "unsubscribe":  # whoever wants no more mail may always say so
            assert answer.status_code == 200
            continue
        assert (name, answer.status_code) == (name, 403)
        assert b"for now" in answer.content
        assert b"bill" not in answer.content  # the reason is the members' own
        assert workspace.name.encode() not in answer.content
    assert client.get(f"{opened['checklist']}steps/").status_code == 403
    assert client.post(f"{opened['checklist']}acts/", {"kind": "dismissed"}).status_code == 403
    assert client.post(f"{opened['questions']}draft/", {"success": "x"}).status_code == 403
    assert client.post(opened["locked board"], {"password": "open sesame"}).status_code == 403
    assert client.post(opened["confirm"]).status_code == 403
    assert client.get(opened["checklist"], headers={"Accept-Language": "de"}).content.count(b"zurzeit geschlossen") == 2
    assert client.get(theirs).status_code == 200
    acts.lift(workspace, operator="olga")
    assert {name: client.get(address).status_code for name, address in opened.items()} == before


def test_what_belongs_to_the_environment_for_tests_is_closed_with_it(workspace, ana):
    test = make_test(by=ana)
    with scope(test):
        address = checklist_url(Person.objects.create(key="u:tess", external_id="tess"))
    acts.suspend(workspace, reason="Abuse", operator="olga")
    assert Client().get(address).status_code == 403


def test_reports_wait_for_the_end_of_a_suspension(workspace, opened):
    waiting = tasks.has_work(workspace, NOW)
    acts.suspend(workspace, reason="Abuse", operator="olga")
    assert (waiting, tasks.has_work(workspace, NOW)) == (True, False)
    mail.outbox.clear()
    tasks.do(workspace, now=NOW)
    assert mail.outbox == []
    acts.lift(workspace, operator="olga")
    tasks.do(workspace, now=NOW)
    assert [message.to for message in mail.outbox] == [["vic@example.com"]]


def test_events_flags_widget_and_api_are_refused_as_with_a_revoked_key(workspace, other_write_key):
    tokens = {kind: ApiKey.issue(workspace, kind=kind, name=kind)[1] for kind in ApiKey.Kind.values}
    event = {"type": "track", "event": "Looked", "userId": "dora"}
    client = Client()

    def answers() -> list[int]:
        def send(address, token, body):
            return client.post(
                address, json.dumps(body), content_type="application/json", headers={"Authorization": f"Bearer {token}"}
            ).status_code

        return [
            send("/v1/track", tokens["write"], event),
            send("/ofrep/v1/evaluate/flags", tokens["flags"], {"context": {"targetingKey": "dora"}}),
            client.get("/api/v1/workspace", headers={"Authorization": f"Bearer {tokens['secret']}"}).status_code,
            client.get("/widget/v1/frame", {"key": tokens["write"]}).status_code,
            send("/v1/track", other_write_key, event),
        ]

    assert answers() == [200, 200, 200, 200, 200]
    acts.suspend(workspace, reason="Abuse", operator="olga")
    assert answers() == [401, 401, 401, 403, 200]
    acts.lift(workspace, operator="olga")
    assert answers() == [200, 200, 200, 200, 200]
