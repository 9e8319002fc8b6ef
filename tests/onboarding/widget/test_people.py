"""What members see of the end users."""

import re

import pytest
from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.progress import retention
from onboarding.widget.searching import people_matching
from tests.analytics.events import identify, send, track
from tests.onboarding.widget.conftest import LADDER
from workspaces.scope import scope


def names(response) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]+">([^<]+)<', response.content.decode())


@pytest.fixture
def pages(client_for, ana, workspace):
    client = client_for(ana)
    return lambda path="": client.get(f"/w/{workspace.slug}/people/{path}")


def test_people_of_the_workspace_are_listed_and_nobody_elses(pages, climb, other_workspace):
    climb("pia", 2)
    response = pages()
    assert sorted(names(response)) == ["dora", "emil", "pia"]
    assert "2 of 7" in response.content.decode()


def test_people_are_found_by_how_their_id_or_address_begins(workspace, climb):
    climb("pia", email="Pia.Berg@customer.example")
    climb("Pia-2")
    climb("quinn", email="q@customer.example")
    with scope(workspace):

        def found(text):
            return sorted(person.external_id for person in people_matching(text=text))

        assert found("pi") == ["pia"]
        assert found("PIA.berg@") == ["pia"]
        assert found("Pia") == ["Pia-2", "pia"]  # an id by its own capitals, an address by any
        assert found("q") == ["quinn"]
        assert found("customer") == []
        assert found("%") == []
        assert found("\x00") == found("")


def test_people_are_filtered_by_how_far_they_are(workspace, climb):
    climb("pia", 2)
    climb("sven", 4)
    climb("rosa", 7)
    with scope(workspace):

        def found(**asked):
            return {person.external_id for person in people_matching(**asked)} & {"pia", "sven", "rosa", "dora"}

        assert found(state="climbing") == {"pia", "sven"}
        assert found(state="first-value") == {"sven", "rosa"}
        assert found(state="finished") == {"rosa"}
        assert found(state="none") == {"dora"}
        assert found(ladder_key="get-set-up") == {"pia", "sven", "rosa"}
        assert found(ladder_key="no-such") == set()
        assert found(state="no-such") == set()


def test_anonymous_visitors_are_shown_only_when_asked_for(workspace):
    visitor = track("x", "Page Viewed", timezone.now())
    visitor.sender, visitor.anonymous_id = "a:visitor-1", "visitor-1"
    send(workspace, [visitor])
    with scope(workspace):
        assert "a:visitor-1" not in {person.key for person in people_matching()}
        assert {person.key for person in people_matching(state="anonymous")} == {"a:visitor-1"}
        assert not people_matching(state="anonymous", text="other")


def test_a_person_is_shown_with_every_step_and_its_evidence(pages, climb):
    person = climb("pia", 2)
    page = pages(f"{person.pk}/").content.decode()
    assert "Source Connected" in page
    with scope(person.workspace_id):
        proof = person.journeys.get().completions.get(rung_key="connect-source").message_id
    assert f"<code>{proof}</code>" in page
    assert page.count("None yet") == 5
    assert "2 of 7 done" in page
    assert "/c/" in page


def said(user, kind, account, **traits):
    message = identify(user, timezone.now(), **traits)
    message.type, message.group_id, message.message_id = kind, account, f"{user}-{kind}-{account}"
    return message


def test_a_person_is_shown_in_their_accounts_with_what_was_said_of_both(pages, workspace):
    send(
        workspace,
        [
            said("pia", "group", "acme", name="Acme Inc.", plan="scale"),
            said("pia", "identify", "acme", title="Head of dock"),
            said("pia", "group", "bolt"),
        ],
    )
    with scope(workspace):
        pia = Person.objects.get(external_id="pia")
    page = pages(f"{pia.pk}/").content.decode()
    for text in (">Acme Inc.</h2>", "<dd>acme</dd>", "<dt>plan</dt><dd>scale</dd>", "pia in this account</h3>"):
        assert text in page
    assert page.count("<dt>title</dt><dd>Head of dock</dd>") == 2  # their own trait, and theirs in the account
    assert ">bolt</h2>" in page


def test_a_step_that_a_colleague_did_shows_their_event(pages, workspace):
    document = load(LADDER.read_text())
    document["rungs"][1]["milestone"]["criterion"]["by"] = "account"
    start = timezone.now()
    with scope(workspace):
        import_ladder(document, by=None).ladder.publish(by=None, at=start)
    send(
        workspace,
        [
            message
            for user in ("pia", "quinn")
            for message in (said(user, "group", "acme"), track(user, "Signed Up", start))
        ],
    )
    send(workspace, [track("quinn", "Source Connected", start)])
    with scope(workspace):
        pia, quinn = (Person.objects.get(external_id=user) for user in ("pia", "quinn"))
    assert "by somebody in their account" in pages(f"{pia.pk}/").content.decode()
    assert "by somebody in their account" not in pages(f"{quinn.pk}/").content.decode()


def test_a_person_of_another_workspace_does_not_exist_here(pages, other_workspace):
    with scope(other_workspace):
        stranger = Person.objects.get(external_id="finn")
    assert pages(f"{stranger.pk}/").status_code == 404


def test_an_odd_page_number_shows_a_page_all_the_same(pages, climb):
    climb("pia")
    for number in ("0", "99", "x", "-1"):
        assert pages(f"?page={number}").status_code == 200


def test_people_without_anybody_says_how_they_come(client_for, make_workspace, make_member):
    from workspaces.tenants.access import Level

    empty = make_workspace("Empty")
    member = make_member(empty, "eve", Level.ADMIN)
    page = client_for(member).get(f"/w/{empty.slug}/people/").content.decode()
    assert "No people yet" in page
    assert "Get a write key" in page


@pytest.fixture
def moved(workspace, climb):
    """Pia has done the first two steps, rosa all seven; then a version without the first step takes people over."""
    climb("pia", 2)
    climb("rosa", 7)
    document = load(LADDER.read_text())
    first = document["rungs"].pop(0)["milestone"]["key"]
    for rung in document["rungs"]:
        rung["prerequisites"] = [key for key in rung.get("prerequisites", []) if key != first]
    document["funnel"] = [key for key in document.get("funnel", []) if key != first]
    with scope(workspace):
        import_ladder(document, by=None).ladder.publish(by=None, at=timezone.now(), moves=True)
    send(workspace, [])
    with scope(workspace):
        return {person.external_id: person.pk for person in Person.objects.filter(journeys__isnull=False)}


def told(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_moved_persons_page_tells_where_they_began_and_what_they_did_there(pages, moved):
    page = told(pages(f"{moved['pia']}/"))
    assert "Version 2, moved from version 1" in page
    assert "Also done, of other versions of this ladder: Create your workspace on" in page
    assert "1 of 6" in told(pages())


def test_whoever_has_finished_is_shown_what_they_finished_though_people_were_moved_since(pages, moved):
    page = told(pages(f"{moved['rosa']}/"))
    assert "Version 1 ·" in page
    assert "Finished" in page
    assert "Also done" not in page
    assert "7 of 7" in told(pages())


def test_an_archived_ladder_stays_on_the_persons_page_and_leaves_their_checklist(workspace, ladder, climb, pages):
    person = climb("pia", 2)
    assert "Connect a data source" in told(pages(f"{person.pk}/")).split("What they see now")[1]
    with scope(workspace):
        ladder.close(at=timezone.now())
    page = told(pages(f"{person.pk}/"))
    assert "archived, so they no longer see it" in page
    assert "Connect a data source" not in page.split("What they see now")[1]


def test_of_somebody_whose_raw_events_are_gone_the_page_says_so_and_still_names_the_proofs(pages, workspace, climb):
    person = climb("pia", 2, days_ago=100)
    workspace.keep_events_months = 1
    workspace.save()
    assert retention.let_go(workspace.pk, now=timezone.now())
    assert not retention.remove(workspace.pk)
    page = pages(f"{person.pk}/").content.decode()
    assert "are no longer kept, and none came since" in page
    assert "2 of 7 done" in page
    with scope(workspace):
        proof = person.journeys.get().completions.get(rung_key="connect-source").message_id
    assert f"<code>{proof}</code>" in page
