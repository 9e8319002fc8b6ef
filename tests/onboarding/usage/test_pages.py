"""The page of key workflows, and a feature's "used when"."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from onboarding.features.models import Feature
from onboarding.intake import sightings
from onboarding.usage.declaring import use_of
from onboarding.usage.models import KeyEvent
from tests.onboarding.progress.scenes import event, take
from workspaces.audit.models import Entry
from workspaces.scope import scope


@pytest.fixture
def browser(client_for, ana):
    return client_for(ana)


def address(workspace, name, *args):
    return reverse(f"usage:{name}", args=[workspace.slug, *args])


START = datetime(2026, 2, 2, 9, tzinfo=UTC)
SHARED = {
    "name": "Share a report",
    "workflow.kind": "event",
    "workflow.event": "Report Shared",
    "workflow.where.0.property": "audience",
    "workflow.where.0.operator": "equals",
    "workflow.where.0.operand": "team",
}


def test_a_workflow_is_declared_by_the_editor_that_criteria_have(browser, workspace):
    assert browser.post(address(workspace, "new"), SHARED).status_code == 302
    with scope(workspace):
        made = KeyEvent.objects.get()
        assert made.key == "share-a-report"
        assert made.criterion == {"event": "Report Shared", "where": [{"property": "audience", "equals": "team"}]}
        assert Entry.objects.filter(action="workflow.made").count() == 1
    page = browser.get(address(workspace, "index")).content.decode()
    assert "the user sends Report Shared (audience is team)" in page


def test_what_is_missing_is_said_beside_the_field(browser, workspace):
    response = browser.post(address(workspace, "new"), {**SHARED, "workflow.event": ""})
    assert response.status_code == 422
    assert "Write the event’s name" in response.content.decode()
    with scope(workspace):
        assert not KeyEvent.objects.exists()


def test_an_event_that_comes_often_is_suggested_until_a_workflow_counts_it(browser, workspace):
    take(workspace, *[event("Looked", START, f"p{number}") for number in range(3)])
    with scope(workspace):
        assert sightings.everything()
    link = address(workspace, "new") + "?event=Looked"
    assert link in browser.get(address(workspace, "index")).content.decode()
    form = browser.get(link).content.decode()
    assert 'value="Looked"' in form
    browser.post(address(workspace, "new"), {"name": "Look", "workflow.kind": "event", "workflow.event": "Looked"})
    assert link not in browser.get(address(workspace, "index")).content.decode()


def test_a_change_says_in_the_log_what_it_was(browser, workspace):
    browser.post(address(workspace, "new"), SHARED)
    browser.post(address(workspace, "show", "share-a-report"), {**SHARED, "workflow.where.0.operand": "all"})
    with scope(workspace):
        entry = Entry.objects.get(action="workflow.changed")
    assert "audience is team" in entry.details["before"]["when"]
    assert "audience is all" in entry.details["after"]["when"]


def test_a_feature_says_which_workflow_is_its_use(browser, workspace):
    browser.post(address(workspace, "new"), SHARED)
    with scope(workspace):
        feature = Feature.objects.create(key="exports", name="Exports")
    change = reverse("features:change", args=[workspace.slug, "exports"])
    browser.post(change, {"name": "Exports", "reach": "person", "used_when": "share-a-report"})
    with scope(workspace):
        assert use_of("exports").name == "Share a report"
        assert Entry.objects.filter(action="feature.changed").count() == 1
    assert "selected" in browser.get(feature.get_absolute_url()).content.decode()
    refused = browser.post(address(workspace, "archival", "share-a-report"), follow=True).content.decode()
    assert "choose another workflow there first" in refused
    browser.post(change, {"name": "Exports", "reach": "person", "used_when": ""})
    browser.post(address(workspace, "archival", "share-a-report"))
    with scope(workspace):
        assert KeyEvent.objects.get().archived_at
    browser.post(address(workspace, "archival", "share-a-report"), {"restore": "1"})
    with scope(workspace):
        assert KeyEvent.objects.get().archived_at is None


def test_a_viewer_sees_workflows_and_no_buttons(client_for, ben, browser, workspace):
    browser.post(address(workspace, "new"), SHARED)
    text = client_for(ben).get(address(workspace, "index")).content.decode()
    assert "Share a report" in text
    assert "<form method" not in text.split("<main")[1]


def test_another_workspaces_workflows_are_its_own(browser, workspace, other_workspace, client_for, cyd):
    browser.post(address(workspace, "new"), SHARED)
    assert "Share a report" not in client_for(cyd).get(address(other_workspace, "index")).content.decode()
