"""The members' pages: from a new discovery to a ladder and its goals."""

import re

import pytest

from milestones.discovery import planning
from milestones.discovery.models import Discovery, Link, Plan, Response
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.library.models import Milestone
from tests.milestones.ladders.documents import changed, two_rungs
from workspaces.audit.models import Entry
from workspaces.scope import scope

from .conftest import TYPED


@pytest.fixture
def editor(ana, client_for):
    return client_for(ana)


@pytest.fixture
def plan(workspace, discovery, answered, editor, url):
    editor.post(url("propose", discovery.pk, answered.pk))
    with scope(workspace):
        return Plan.objects.get()


def latest(workspace):
    with scope(workspace):
        return Plan.objects.order_by("-pk").select_related("ladder", "discovery").first()


def act(editor, url, plan, what, **more):
    return editor.post(url("decide", plan.discovery_id), {"act": what, "base": str(plan.revision), **more})


def keys(plan):
    return plan.decisions["taken"]


def test_a_discovery_begins_with_a_role_and_a_product(workspace, editor, url):
    response = editor.post(url("new"), {"role": "operator", "product": "collaboration", "name": "Night shift"})
    with scope(workspace):
        found = Discovery.objects.get()
        assert (found.kind, found.role_name, found.name) == ("operator", "Operator", "Night shift")
        assert response["Location"] == found.get_absolute_url()
        assert Entry.objects.get().action == "discovery.begun"


def test_another_role_needs_a_name_and_gets_a_key(workspace, editor, url):
    refused = editor.post(url("new"), {"role": "another-one", "product": "another-one"})
    assert refused.status_code == 422
    assert "name another one" in refused.content.decode()
    editor.post(url("new"), {"role": "another-one", "another": "Team leads & friends", "product": "another-one"})
    with scope(workspace):
        found = Discovery.objects.get()
        assert (found.role_key, found.kind, found.product) == ("team-leads-friends", "", "")


def test_sending_the_answers_proposes_a_ladder_with_reasons(workspace, discovery, editor, url):
    response = editor.post(url("discovery", discovery.pk), {**TYPED, "base": "0", "page": "p"})
    assert response["Location"] == url("plan", discovery.pk)
    text = " ".join(editor.get(url("plan", discovery.pk)).content.decode().split())
    assert "Because the team has 25 people: at least 3 × Invite Accepted instead of 2." in text
    assert "Give one team a dashboard on live data" in text
    with scope(workspace):
        assert [entry.action for entry in Entry.objects.order_by("pk")] == ["discovery.answered", "discovery.proposed"]


def test_the_drafts_of_answers_are_kept(workspace, discovery, editor, url):
    response = editor.post(url("draft", discovery.pk), {"base": "0", "page": "p", "success": "Half a sent"})
    assert "Saved at" in response.content.decode()
    assert "Half a sent" in editor.get(url("discovery", discovery.pk)).content.decode()
    overtaken = editor.post(url("draft", discovery.pk), {"base": "0", "page": "other", "success": "Mine"})
    assert overtaken.status_code == 422
    assert "somebody else changed these answers" in overtaken.content.decode()


def test_a_viewer_reads_and_is_offered_nothing(workspace, plan, ben, client_for, url):
    for name in ("discovery", "plan"):
        text = client_for(ben).get(url(name, plan.discovery_id)).content.decode()
        assert "Nobody asks for figures." in text or name == "plan"
        assert not re.search(r'<form(?![^>]*(logout|theme|decision))[^>]*method="post"', text), name
    assert "Make the ladder" not in client_for(ben).get(url("plan", plan.discovery_id)).content.decode()
    assert client_for(ben).post(url("discovery", plan.discovery_id), TYPED).status_code == 403


def test_steps_are_refused_explained_swapped_taken_back_and_undone(workspace, plan, editor, url):
    before, key = keys(plan), keys(plan)[-1]
    act(editor, url, plan, f"refuse:{key}")
    now = latest(workspace)
    assert key not in keys(now)
    act(editor, url, now, f"explain:{key}", **{f"why_{key}": "  They have it <b>already</b> "})
    now = latest(workspace)
    assert now.decisions["refused"] == {key: "They have it <b>already</b>"}
    text = editor.get(url("plan", plan.discovery_id)).content.decode()
    assert "They have it &lt;b&gt;already&lt;/b&gt;" in text
    for _ in range(2):
        act(editor, url, now, "undo")
        now = latest(workspace)
    assert (keys(now), now.decisions["refused"]) == (before, {})
    key, other = next((step.key, step.instead[0]) for step in now.proposal.steps if step.instead)
    act(editor, url, now, f"swap:{key}:{other}")
    now = latest(workspace)
    assert other in keys(now)
    assert now.decisions["refused"][key].startswith("Swapped for")
    assert act(editor, url, now, "undo").status_code == 302
    assert act(editor, url, latest(workspace), "undo").status_code == 422


@pytest.mark.parametrize(
    "what",
    ["refuse:nothing", "take:nothing", "swap:connect-first-source:nothing", "explode:x", "", "accept:", "explain:x"],
)
def test_what_cannot_be_decided_changes_nothing(what, workspace, plan, editor, url):
    assert act(editor, url, plan, what).status_code == 422
    assert latest(workspace).decisions == plan.decisions


def test_a_decision_on_an_old_page_changes_nothing_and_shows_how_it_stands(workspace, plan, editor, url):
    first, second = keys(plan)[:2]
    act(editor, url, plan, f"refuse:{first}")
    response = act(editor, url, plan, f"refuse:{second}")
    assert response.status_code == 422
    assert "Ana decided something since this page was loaded" in response.content.decode()
    assert second in keys(latest(workspace))


def test_a_ladder_is_made_with_its_milestones_role_and_goals(workspace, plan, editor, url):
    refused = keys(plan)[-1]
    act(editor, url, plan, f"refuse:{refused}")
    now = latest(workspace)
    form = {"into": "a new one", "name": "First weeks: Northwind", "base": str(now.revision)}
    response = editor.post(url("make", plan.discovery_id), form)
    with scope(workspace):
        ladder = Ladder.objects.select_related("role").get()
        assert response["Location"].endswith(f"/ladders/{ladder.key}/")
        assert ladder.key == "first-weeks-northwind"
        assert ladder.role.rule == {"trait": "role", "equals": "administrator"}
        document = ladder.draft.document
        assert [rung["milestone"]["key"] for rung in document["rungs"]] == keys(now)
        assert document["done_looks_like"] == "Nobody asks for figures."
        assert document["start"] == {"event": "Signed Up"}
        invited = Milestone.objects.get(key="invite-analysts")
        rung = next(rung for rung in document["rungs"] if rung["milestone"]["key"] == invited.key)
        # The ladder has what was fitted to the answers, the library what everybody can use.
        assert rung["milestone"]["criterion"]["any"][0]["at_least"] == 3
        assert invited.criterion["any"][0]["at_least"] == 2
        entry = Entry.objects.get(action="discovery.made")
        assert entry.details["refused"] == [refused]
    goals = " ".join(editor.get(f"/w/{workspace.slug}/ladders/{ladder.key}/goals/").content.decode().split())
    assert "Nobody asks for figures." in goals
    assert "No reason given." in goals


def test_making_it_twice_makes_one_ladder_and_what_was_decided_is_final(workspace, plan, editor, url):
    form = {"into": "a new one", "name": "Once", "base": str(plan.revision)}
    assert editor.post(url("make", plan.discovery_id), form).status_code == 302
    assert editor.post(url("make", plan.discovery_id), form).status_code == 422
    assert act(editor, url, plan, f"refuse:{keys(plan)[0]}").status_code == 422
    with scope(workspace):
        assert Ladder.objects.count() == 1


def test_existing_milestones_are_never_overwritten(workspace, discovery, answered, editor, url):
    with scope(workspace):
        own = {"key": "connect-first-source", "name": "Connect our way", "criterion": {"event": "Our Way Connected"}}
        Milestone().become(own)
    editor.post(url("propose", discovery.pk, answered.pk))
    plan = latest(workspace)
    editor.post(url("make", discovery.pk), {"into": "a new one", "name": "Ours", "base": str(plan.revision)})
    with scope(workspace):
        assert Milestone.objects.get(key="connect-first-source").content == own
        rungs = Ladder.objects.get().draft.document["rungs"]
        assert "Connect our way" in [rung["milestone"]["name"] for rung in rungs]


def test_the_draft_of_a_ladder_there_is_takes_the_steps_and_keeps_its_own_words(workspace, plan, editor, url):
    with scope(workspace):
        ladder = import_ladder(changed(two_rungs(), title="Get going"), by=None).ladder
        ladder.publish(by=None)
    form = {"into": "admins", "name": "", "base": str(plan.revision)}
    assert editor.post(url("make", plan.discovery_id), form).status_code == 302
    with scope(workspace):
        ladder = Ladder.objects.get()
        assert ladder.draft.number == 2
        assert ladder.draft.document["title"] == "Get going"
        assert [rung["milestone"]["key"] for rung in ladder.draft.document["rungs"]] == keys(plan)
        assert [rung["milestone"]["key"] for rung in ladder.published.document["rungs"]] == [
            "connect-source",
            "invite-team",
        ]


def test_no_ladder_is_made_of_nothing(workspace, plan, editor, url):
    for key in keys(plan):
        act(editor, url, latest(workspace), f"refuse:{key}")
    now = latest(workspace)
    response = editor.post(
        url("make", plan.discovery_id), {"into": "a new one", "name": "X", "base": str(now.revision)}
    )
    assert response.status_code == 422
    assert "Every step is refused." in response.content.decode()


def test_a_link_is_made_shown_and_revoked(workspace, discovery, editor, url):
    editor.post(url("links", discovery.pk), {"label": "Maria", "days": "30"})
    with scope(workspace):
        link = Link.objects.get()
    assert "/d/" in editor.get(url("discovery", discovery.pk)).content.decode()
    editor.post(url("revoke", discovery.pk, link.pk))
    with scope(workspace):
        assert not Link.objects.get().is_open
        actions = [entry.action for entry in Entry.objects.order_by("pk")]
        assert actions == ["discovery_link.made", "discovery_link.revoked"]
    assert editor.post(url("links", discovery.pk), {"label": "", "days": "9000"}).status_code == 422


def test_another_workspaces_discoveries_are_not_there(
    workspace, other_workspace, discovery, answered, link, other_discovery, cyd, client_for
):
    client = client_for(cyd)
    root = f"/w/{other_workspace.slug}/discoveries"
    for path in (f"/{discovery.pk}/", f"/{discovery.pk}/proposal/", f"/{other_discovery.pk}/answers/{answered.pk}/"):
        assert client.get(root + path).status_code == 404
    for path in (
        f"/{other_discovery.pk}/answers/{answered.pk}/proposal/",
        f"/{other_discovery.pk}/links/{link.pk}/revoke/",
    ):
        assert client.post(root + path).status_code == 404
    with scope(workspace):
        assert Link.objects.get().revoked_at is None
        assert not Plan.objects.exists()
        assert Response.objects.count() == 1
    assert "Northwind" not in client.get(root + "/").content.decode()


def test_archiving_puts_a_discovery_aside_and_back(workspace, discovery, editor, url):
    editor.post(url("archive", discovery.pk))
    assert "Northwind" not in re.sub(
        r'class="toast.*?</div>', "", editor.get(url("index")).content.decode(), flags=re.S
    )
    assert "Northwind" in editor.get(url("index") + "?archived=1").content.decode()
    editor.post(url("archive", discovery.pk))
    assert "Northwind" in editor.get(url("index")).content.decode()


def test_an_empty_list_offers_an_example_that_can_be_proposed_from_at_once(workspace, editor, url):
    assert "Try it with example answers" in editor.get(url("index")).content.decode()
    response = editor.post(url("new"), {"example": "1"})
    page = editor.get(response["Location"]).content.decode()
    assert "Ward managers open one dashboard every morning" in page
    with scope(workspace):
        found = Response.objects.get()
        typed = {**found.typed, "base": str(found.revision), "page": "p"}
    assert editor.post(response["Location"], typed).status_code == 302
    assert len(keys(latest(workspace))) >= 6


def test_proposing_again_keeps_what_was_decided_until_it_is_gone_back_to(workspace, plan, answered, editor, url):
    refused = keys(plan)[-1]
    act(editor, url, plan, f"refuse:{refused}")
    # The same answers give the same proposal, so there is nothing to begin anew.
    editor.post(url("propose", plan.discovery_id, answered.pk))
    assert latest(workspace).pk == plan.pk
    editor.post(url("discovery", plan.discovery_id), {**TYPED, "team": "3", "base": "0", "page": "p"})
    assert latest(workspace).pk != plan.pk
    assert "Go back to it" in editor.get(url("plan", plan.discovery_id)).content.decode()
    act(editor, url, latest(workspace), "back")
    assert latest(workspace).pk == plan.pk
    assert refused in latest(workspace).decisions["refused"]
    assert act(editor, url, latest(workspace), "back").status_code == 422


def test_what_the_library_archived_is_not_proposed_from_a_pack_either(workspace, discovery, answered, ana, editor, url):
    with scope(workspace):
        milestone = Milestone()
        milestone.become({"key": "connect-first-source", "name": "Connect", "criterion": {"event": "Connected"}})
        milestone.archive(by=ana)
    editor.post(url("propose", discovery.pk, answered.pk))
    assert "connect-first-source" not in latest(workspace).proposal.known()


def test_names_without_latin_letters_make_ladders_too(workspace, plan, editor, url):
    form = {"into": "a new one", "name": "日本語 __ ", "base": str(plan.revision)}
    assert editor.post(url("make", plan.discovery_id), form).status_code == 302
    with scope(workspace):
        assert Ladder.objects.get().name == "日本語 __"


def test_a_decision_about_a_proposal_that_another_one_replaced_changes_nothing(workspace, answered, url, editor, ana):
    with scope(workspace):
        seen = planning.plan_from(answered, by=ana)
        answered.answers = {**answered.answers, "outcomes": ["together"]}
        answered.save()
        now = planning.plan_from(answered, by=ana)
    assert now.pk != seen.pk
    said = {"plan": str(seen.pk), "base": "0"}  # the revision alone would fit the new one too
    key = now.proposal.steps[0].key
    for act in (f"refuse:{key}", "back"):
        assert editor.post(url("decide", seen.discovery_id), {**said, "act": act}).status_code == 422
    form = {**said, "into": "a new one", "name": "Unseen"}
    assert editor.post(url("make", seen.discovery_id), form).status_code == 422
    with scope(workspace):
        now.refresh_from_db()
        assert (now.revision, now.ladder_id) == (0, None)


def test_no_ladder_takes_the_address_of_a_page(workspace, answered, url, editor, ana):
    with scope(workspace):
        plan = planning.plan_from(answered, by=ana)
    form = {"into": "a new one", "name": "New", "base": str(plan.revision)}
    assert editor.post(url("make", plan.discovery_id), form)["Location"].endswith("/ladders/new-2/")
