"""Ruling on a step from a person's page: who may, what is said, and what the checklist shows then."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.progress.models import Ruling
from onboarding.widget.links import checklist_url
from tests.analytics.events import send, track
from tests.onboarding.widget.conftest import LADDER
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level

WHY = "They showed it to me in our call."
HTMX = {"HX-Request": "true"}


def told(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def url(workspace, person, rung="invite-teammate", ladder="get-set-up"):
    return reverse("progress:ruling", args=[workspace.slug, person.pk, ladder, rung])


def page_of(workspace, person) -> str:
    return reverse("widget:person", args=[workspace.slug, person.pk])


@pytest.fixture
def kim(workspace, make_member):
    """Coach in Acme."""
    return make_member(workspace, "kim", Level.COACH)


@pytest.fixture
def pia(climb) -> Person:
    return climb("pia", 2)


@pytest.fixture
def ruled(workspace, pia, kim, client_for) -> Ruling:
    """Kim has completed pia's third step by hand."""
    client_for(kim).post(url(workspace, pia), {"verdict": "completed", "reason": WHY})
    with scope(workspace):
        return Ruling.objects.get()


def test_a_coach_completes_a_step_by_hand_and_the_page_says_so(workspace, pia, kim, client_for):
    response = client_for(kim).post(url(workspace, pia), {"verdict": "completed", "reason": f"  {WHY} "}, follow=True)
    assert response.redirect_chain[0][0].startswith(page_of(workspace, pia))
    page = told(response)
    assert f"By hand, by Kim because “{WHY}”" in page
    assert "3 of 7 done" in page
    assert "1 ruling " in page
    with scope(workspace):
        entry = Entry.objects.get(action="ruling.completed")
    assert (entry.actor, entry.target) == (kim.user.email, str(pia))


def test_for_htmx_the_climbs_come_back_with_a_toast_that_offers_to_undo(workspace, pia, kim, client_for):
    browser = client_for(kim)
    response = browser.post(url(workspace, pia), {"verdict": "completed", "reason": WHY}, headers=HTMX, follow=True)
    assert response["HX-Retarget"] == "#climbs"
    page = response.content.decode()
    assert page.startswith('<div class="stack" id="climbs">')
    assert "“Invite a teammate” is completed by hand." in page
    undo = re.search(r'hx-post="([^"]+/withdrawal/)"', page)[1]
    page = told(browser.post(undo, headers=HTMX, follow=True))
    assert "Withdrawn. “Invite a teammate” is again what its evidence says." in page
    assert "Withdrawn by Kim" in page
    assert "By hand, by" not in page


def test_the_checklist_of_the_person_shows_what_was_ruled_at_its_next_look(workspace, pia, kim, client_for, client):
    with scope(workspace):
        checklist = checklist_url(pia)
    steps = checklist + "steps/"
    tag = client.get(steps)["HX-PTag"]
    assert client.get(steps, headers={"HX-PTag": tag}).status_code == 304
    browser = client_for(kim)
    browser.post(url(workspace, pia), {"verdict": "completed", "reason": WHY})
    answer = client.get(steps, headers={"HX-PTag": tag})
    assert "3 of 7 done" in told(answer)
    browser.post(url(workspace, pia, "connect-source"), {"verdict": "revoked", "reason": "A test account."})
    send(workspace, [track("pia", "Export Automated", pia.first_seen_at)])  # as many are done, at the same last time
    again = client.get(steps, headers={"HX-PTag": answer["HX-PTag"]})
    assert again.status_code == 200
    assert 'data-step="connect-source" data-state="open"' in re.sub(r"\s+", " ", again.content.decode())


def test_the_form_asks_what_suits_the_step_and_tells_what_else_would_change(workspace, pia, kim, client_for):
    browser = client_for(kim)
    form = told(browser.get(url(workspace, pia), headers=HTMX))
    assert "“Invite a teammate” counts as done from now on" in form
    response = browser.get(url(workspace, pia, "connect-source"), headers=HTMX)
    assert 'name="verdict" value="revoked"' in response.content.decode()
    assert "will not count for “Connect a data source”" in told(response)
    whole = browser.get(url(workspace, pia, "connect-source")).content.decode()
    assert "<h1>Revoke “Connect a data source”</h1>" in whole


@pytest.mark.parametrize("reason", ["", "  ", "ok", "x" * 501, "a\x00b c"])
def test_without_a_reason_nothing_is_ruled(workspace, pia, kim, client_for, reason):
    response = client_for(kim).post(url(workspace, pia), {"verdict": "completed", "reason": reason}, headers=HTMX)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert 'id="id_reason_error"' in response.content.decode()
    with scope(workspace):
        assert not Ruling.objects.exists()


def test_a_viewer_sees_what_was_ruled_and_can_rule_nothing(workspace, pia, ruled, ben, client_for):
    browser = client_for(ben)
    page = browser.get(page_of(workspace, pia))
    assert f"By hand, by Kim because “{WHY}”" in told(page)
    for word in ("Complete by hand…", "Revoke…", "Withdraw<"):
        assert word not in page.content.decode()
    assert browser.post(url(workspace, pia), {"verdict": "completed", "reason": WHY}).status_code == 403
    assert browser.get(url(workspace, pia)).status_code == 403
    assert browser.post(reverse("progress:ruling_withdrawal", args=[workspace.slug, ruled.pk])).status_code == 403
    with scope(workspace):
        assert Ruling.objects.get().withdrawn_at is None


def test_a_stranger_cannot_rule_neither_through_our_door_nor_through_their_own(
    workspace, other_workspace, pia, ruled, cyd, client_for
):
    browser = client_for(cyd)
    for place in (workspace, other_workspace):
        sent = browser.post(url(place, pia), {"verdict": "completed", "reason": WHY})
        assert sent.status_code == 404
        assert browser.post(reverse("progress:ruling_withdrawal", args=[place.slug, ruled.pk])).status_code == 404
    with scope(workspace):
        assert list(Ruling.objects.values_list("withdrawn_at", flat=True)) == [None]
    with scope(other_workspace):
        assert not Ruling.objects.exists()
        assert not Ladder.objects.filter(key="get-set-up").exists()


def test_who_comes_second_is_told_and_changes_nothing(workspace, pia, ruled, ana, client_for):
    response = client_for(ana).post(url(workspace, pia), {"verdict": "completed", "reason": WHY}, headers=HTMX)
    assert response.status_code == 422
    assert "Kim has completed “Invite a teammate” by hand meanwhile. Nothing was changed." in told(response)
    with scope(workspace):
        assert Ruling.objects.count() == 1


def test_whoever_was_merged_away_or_has_no_ladder_cannot_be_ruled_on(workspace, pia, kim, client_for):
    browser = client_for(kim)
    alias = track("rosa", "", pia.first_seen_at, "alias")
    alias.type, alias.previous_id = "alias", "pia"
    send(workspace, [alias])
    sent = browser.post(url(workspace, pia), {"verdict": "completed", "reason": WHY}, headers=HTMX)
    assert sent.status_code == 404
    with scope(workspace):
        dora = Person.objects.get(external_id="dora")
        assert not Ruling.objects.exists()
    assert browser.get(url(workspace, dora)).status_code == 404


def test_a_ruling_on_a_step_that_the_shown_version_lacks_stays_in_sight(workspace, pia, ruled, kim, client_for):
    document = load(LADDER.read_text())
    document["rungs"] = [rung for rung in document["rungs"] if rung["milestone"]["key"] != "invite-teammate"]
    document["funnel"] = [key for key in document.get("funnel", []) if key != "invite-teammate"]
    for rung in document["rungs"]:
        rung["prerequisites"] = [key for key in rung.get("prerequisites", []) if key != "invite-teammate"]
    with scope(workspace):
        import_ladder(document, by=None).ladder.publish(by=None, at=timezone.now(), moves=True)
    send(workspace, [])
    browser = client_for(kim)
    page = told(browser.get(page_of(workspace, pia)))
    assert "Also done, of other versions of this ladder: Invite a teammate on" in page
    assert "(by hand, by Kim)" in page
    browser.post(reverse("progress:ruling_withdrawal", args=[workspace.slug, ruled.pk]))
    page = told(browser.get(page_of(workspace, pia)))
    assert "Also done" not in page
    assert "Invite a teammate of another version: 1 ruling" in page
    assert "Withdrawn by Kim" in page


def test_a_revoked_step_says_by_whom_and_why_and_its_history_stays(workspace, pia, ruled, kim, client_for):
    browser = client_for(kim)
    browser.post(url(workspace, pia), {"verdict": "revoked", "reason": "It was the other Pia."})
    page = told(browser.get(page_of(workspace, pia)))
    assert "Revoked by Kim because “It was the other Pia.”" in page
    assert "2 rulings " in page
    assert "2 of 7 done" in page
    audit = told(browser.get(page_of(workspace, pia)))
    assert WHY in audit
