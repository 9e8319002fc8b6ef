"""A ladder goes from test to live as a draft that was looked at, and back; nothing else crosses."""

import pytest
from django.urls import reverse

from milestones.ladders.exchange import export_ladder, import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.promotion.bringing import ChangedMeanwhile, bring, look
from milestones.ladders.yaml_text import load
from milestones.library.models import Milestone
from tests.workspaces.test_urls import LADDER
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.scope import scope
from workspaces.tenants.access import Level

LONGER = LADDER.replace("title: Look around", "title: Look all around")
OTHERWISE = LADDER.replace("criterion: {event: Looked}", "criterion: {event: Seen}")


@pytest.fixture
def test(workspace, ana):
    """The environment for tests, in which there is a ladder that live has not."""
    made = make_test(by=ana)
    with scope(made):
        import_ladder(load(LADDER), by=ana.in_environment(made))
    return made


def page(workspace) -> str:
    return reverse("ladders:promotion", args=[workspace.slug, "everyone"])


def cross(browser, source, **posted):
    """Look at the page and press the button."""
    seen = browser.get(page(source)).context["look"].seen
    return browser.post(page(source), {"seen": seen, **posted}, follow=True)


def documents(*workspaces):
    found = []
    for workspace in workspaces:
        with scope(workspace):
            found.append(export_ladder(Ladder.objects.get(key="everyone")))
    return found


def test_a_ladder_becomes_a_draft_in_live_and_is_published_there(workspace, test, ana, client_for):
    browser = client_for(ana)
    shown = browser.get(page(test)).content.decode()
    assert "Bring Everyone to live" in shown
    assert "The ladder is not there yet" in shown
    done = cross(browser, test)
    assert done.redirect_chain[-1][0] == reverse("ladders:publication", args=[workspace.slug, "everyone"])
    here, there = documents(workspace, test)
    assert here == there
    with scope(workspace):
        ladder = Ladder.objects.get()
        assert (ladder.published, ladder.draft.number) == (None, 1)
        assert Milestone.objects.get().key == "look"
        assert Entry.objects.get(action="ladder.brought").details == {"source": "Acme (test)"}
        ladder.publish(by=workspace.member(user=ana.user))
    with scope(test):
        assert Entry.objects.get(action="ladder.taken").details == {"to": "Acme"}
    assert "There is nothing to bring over" in browser.get(page(test)).content.decode()


def test_a_change_is_shown_before_it_crosses_and_live_goes_on_until_it_is_published(workspace, test, ana, client_for):
    browser = client_for(ana)
    cross(browser, test)
    with scope(workspace):
        Ladder.objects.get().publish(by=ana)
    with scope(test):
        import_ladder(load(LONGER), by=None)
    ((change,),) = (group.changes for group in browser.get(page(test)).context["groups"])
    assert (change.before, change.after) == ("Look around", "Look all around")
    cross(browser, test)
    with scope(workspace):
        ladder = Ladder.objects.get()
        assert (ladder.published.title, ladder.draft.title) == ("Look around", "Look all around")


def test_what_the_draft_over_there_said_can_be_brought_back(workspace, test, ana, client_for):
    from milestones.ladders import drafts

    with scope(workspace):
        import_ladder(load(LONGER), by=ana)
    browser = client_for(ana)
    assert "There is a draft already" in browser.get(page(test)).content.decode()
    cross(browser, test)
    with scope(workspace):
        draft = Ladder.objects.get().draft
        assert draft.title == "Look around"
        drafts.undo(draft, by=ana)
        assert Ladder.objects.get().draft.title == "Look all around"


def test_milestones_that_differ_there_are_named_with_the_ladders_that_have_them(workspace, test, ana, client_for):
    with scope(workspace):
        import_ladder(load(OTHERWISE.replace("key: everyone\n  name: Everyone", "key: others\n  name: Others")), by=ana)
    shown = " ".join(client_for(ana).get(page(test)).content.decode().split())
    assert "1 milestone says something else" in shown
    assert "<li>Look, also in Others</li>" in shown


@pytest.mark.parametrize("side", ["here", "there"])
def test_what_changed_since_it_was_looked_at_does_not_cross(side, workspace, test, ana, client_for):
    browser = client_for(ana)
    seen = browser.get(page(test)).context["look"].seen
    with scope(test if side == "here" else workspace):
        import_ladder(load(LONGER), by=None)
    answer = browser.post(page(test), {"seen": seen})
    assert answer.status_code == 409
    assert "Something was changed meanwhile" in answer.content.decode()
    with scope(workspace):
        assert Ladder.objects.filter(versions__title="Look around").exists() is False


def test_a_change_over_there_between_the_look_and_the_lock_is_noticed(workspace, test, ana):
    found = look("everyone", None, source=test, target=workspace)
    with scope(workspace):
        import_ladder(load(LONGER), by=ana)
    with pytest.raises(ChangedMeanwhile):
        bring(found, by=ana.in_environment(test), target=workspace)
    with scope(test):
        assert not Entry.objects.filter(action="ladder.taken").exists()


def test_it_goes_back_to_test_as_well(workspace, test, ana, client_for):
    with scope(workspace):
        import_ladder(load(LONGER), by=ana)
    browser = client_for(ana)
    assert "Copy Everyone to test" in browser.get(page(workspace)).content.decode()
    cross(browser, workspace)
    here, there = documents(workspace, test)
    assert here == there


def test_it_needs_the_right_to_edit_and_another_environment(
    workspace, other_workspace, test, ana, cyd, make_member, client_for
):
    coach = make_member(workspace, "coach", Level.COACH)
    assert client_for(coach).get(page(test)).status_code == 403
    assert client_for(cyd).get(page(test)).status_code == 404
    with scope(other_workspace):
        import_ladder(load(LADDER), by=cyd)
    assert "There is one environment only" in client_for(cyd).get(page(other_workspace)).content.decode()
    assert client_for(ana).get(page(test) + "?version=99").status_code == 404
    assert client_for(ana).get(page(test) + "?version=\N{SUPERSCRIPT TWO}").status_code == 200
