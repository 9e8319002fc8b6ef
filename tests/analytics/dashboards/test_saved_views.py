"""Questions under a name: one's own or everybody's, one of them the default, and nothing is lost by deleting."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.dashboards.models import SavedView
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level


@pytest.fixture
def eve(workspace, make_member):
    """An editor in Acme."""
    return make_member(workspace, "eve", Level.EDITOR)


@pytest.fixture
def at(workspace, publish, clock):
    publish(workspace, at=clock)

    def address(name, *args):
        return reverse(f"dashboards:{name}", args=[workspace.slug, *args])

    return address


@pytest.fixture
def saved(workspace):
    def find(name):
        with scope(workspace):
            return SavedView.objects.get(name=name)

    return find


def listed(browser, at):
    return [view.name for view, _ in browser.get(at("views")).context["rows"]]


def test_a_saved_view_asks_the_same_again(at, ben, client_for, saved):
    browser = client_for(ben)
    asks = "ladder=admin&period=30&window=7&split=trait:plan&page=3&as_of=2026-03-01"
    assert browser.post(at("view_new"), {"name": "Monthly by plan", "asks": asks}).status_code == 302
    view = saved("Monthly by plan")
    assert parse_qs(urlsplit(view.address).query) == {
        "ladder": ["admin"],
        "period": ["30"],
        "window": ["7"],
        "as_of": ["2026-03-01"],
        "split": ["trait:plan"],
        "view": [str(view.pk)],
    }
    page = browser.get(at("adoption") + view.address)
    assert page.context["asked"].trait == "plan"
    assert unescape(page.content.decode()).count("Monthly by plan") >= 1 or not page.context["board"].people


def test_what_is_not_shared_is_nobody_elses(at, ben, eve, client_for, saved):
    client_for(ben).post(at("view_new"), {"name": "Mine", "asks": "period=30"})
    client_for(eve).post(at("view_new"), {"name": "Ours", "asks": "period=30", "shared": "on"})
    assert listed(client_for(ben), at) == ["Mine", "Ours"]
    assert listed(client_for(eve), at) == ["Ours"]
    mine = saved("Mine").pk
    for name in ("view", "view_deletion", "view_return"):
        assert client_for(eve).post(at(name, mine), {"name": "Stolen"}).status_code == 404


def test_viewers_save_for_themselves_only_and_leave_what_is_shared_alone(at, ben, eve, client_for, saved):
    client_for(ben).post(at("view_new"), {"name": "Loud", "asks": "period=30", "shared": "on"})
    assert not saved("Loud").shared
    client_for(eve).post(at("view_new"), {"name": "Ours", "asks": "period=30", "shared": "on"})
    for name in ("view", "view_deletion"):
        assert client_for(ben).post(at(name, saved("Ours").pk), {"name": "X"}).status_code == 403


def test_the_default_opens_the_page_and_ones_own_comes_before_the_workspaces(at, ben, eve, client_for, saved):
    shared = {"name": "Ours", "asks": "period=365", "shared": "on", "default": "on"}
    client_for(eve).post(at("view_new"), shared)
    browser = client_for(ben)
    assert browser.get(at("adoption"))["Location"] == at("adoption") + saved("Ours").address
    for name in ("First", "Second"):
        browser.post(at("view_new"), {"name": name, "asks": "period=30", "default": "on"})
    assert browser.get(at("adoption"))["Location"] == at("adoption") + saved("Second").address
    assert not saved("First").default
    assert saved("Ours").default
    # Whoever asks for something gets it, default or not.
    assert browser.get(at("adoption"), {"period": "90"}).status_code == 200
    browser.post(at("view_deletion", saved("Second").pk))
    assert browser.get(at("adoption"))["Location"] == at("adoption") + saved("Ours").address


def test_a_default_that_cannot_be_told_any_more_locks_nobody_out(at, ben, client_for, saved, workspace):
    browser = client_for(ben)
    browser.post(at("view_new"), {"name": "By plan", "asks": "split=trait:plan", "default": "on"})
    workspace.segments = ["country"]
    workspace.save()
    page = browser.get(at("adoption"))
    assert page.status_code == 200
    assert "“By plan” opens this page, but cannot be told any more. “plan” is no segment here." in unescape(
        page.content.decode()
    )
    refused = browser.get(at("adoption") + saved("By plan").address)
    assert refused.status_code == 400
    (way_out,) = re.findall(r'class="button" href="([^"]+)">Show the last 90 days', refused.content.decode())
    assert browser.get(way_out).status_code == 200


def test_a_view_is_renamed_and_deleted_and_comes_back(at, ben, client_for, saved, workspace):
    browser = client_for(ben)
    browser.post(at("view_new"), {"name": "Mine", "asks": "period=30", "default": "on"})
    pk = saved("Mine").pk
    browser.post(at("view", pk), {"name": "Monthly", "default": "on"})
    assert listed(browser, at) == ["Monthly"]
    after = browser.post(at("view_deletion", pk), follow=True)
    assert "“Monthly” is deleted." in after.content.decode()
    assert listed(browser, at) == []
    browser.post(at("view_new"), {"name": "Other", "asks": "period=30", "default": "on"})
    browser.post(at("view_return", pk))
    assert listed(browser, at) == ["Monthly", "Other"]
    assert [saved(name).default for name in ("Monthly", "Other")] == [False, True]
    with scope(workspace):
        actions = list(Entry.objects.filter(action__startswith="view.").order_by("pk").values_list("action", flat=True))
    assert actions == ["view.saved", "view.changed", "view.deleted", "view.saved", "view.restored"]


def test_what_was_deleted_long_ago_goes_for_good(at, ben, client_for, saved, workspace):
    browser = client_for(ben)
    browser.post(at("view_new"), {"name": "Old", "asks": "period=30"})
    with scope(workspace):
        SavedView.objects.update(deleted_at=timezone.now() - timedelta(days=31))
    browser.post(at("view_new"), {"name": "New", "asks": "period=30"})
    with scope(workspace):
        assert [view.name for view in SavedView.objects.all()] == ["New"]


@pytest.mark.parametrize(
    "form, answer",
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "Bad", "asks": "ladder=moon"}, "no published ladder “moon”"),
        ({"name": "Bad", "asks": "as_of=2199-01-01"}, "still to come"),
    ],
)
def test_a_view_that_could_not_be_opened_is_not_saved(at, ben, client_for, workspace, form, answer):
    response = client_for(ben).post(at("view_new"), {"asks": "period=30", **form})
    assert response.status_code == 422
    assert answer in unescape(response.content.decode())
    with scope(workspace):
        assert not SavedView.objects.exists()


def test_a_number_beyond_all_views_brings_nothing_back(at, ben, client_for):
    for odd in ("9" * 5000, "²", "-1", "x"):
        assert client_for(ben).get(at("views"), {"deleted": odd}).status_code == 200


def test_another_workspaces_views_do_not_exist(at, ben, cyd, client_for, saved, other_workspace):
    client_for(ben).post(at("view_new"), {"name": "Mine", "asks": "period=30"})
    theirs = reverse("dashboards:view_deletion", args=[other_workspace.slug, saved("Mine").pk])
    assert client_for(cyd).post(theirs).status_code == 404
