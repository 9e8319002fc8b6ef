"""The starter packs: every one reads, says what a ladder needs, and becomes a ladder of the workspace's own."""

import html

import pytest

from milestones.ladders.document import DocumentError, missing_for_publication
from milestones.ladders.models import Ladder, LadderVersion, Role
from milestones.ladders.packs.adopting import adopt
from milestones.ladders.packs.catalogue import CONTENT, all_packs, pack_named, read_pack
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.scope import scope

PACKS = sorted(path.stem for path in CONTENT.glob("*.yaml"))
SAID = ("purpose", "expected_actions", "risks", "cue", "tip", "value_statement", "tags", "messages")
SMALL = """
pack: {product: tea, product_name: Tea house, summary: For those who pour.}
ladder:
  key: pourers
  name: Pourers
  role: {key: pourer, name: Pourer, rule: {everyone: true}}
  title: Pour
  rungs:
    - {milestone: {key: boil, name: Boil water, criterion: {event: Boiled}}, phase: quick wins, first_value: true}
"""


# What the files hold


@pytest.mark.pure
def test_there_are_packs_for_three_roles_in_at_least_four_kinds_of_product():
    kinds = {
        pack.product: {other.role for other in all_packs() if other.product == pack.product} for pack in all_packs()
    }
    assert len(kinds) >= 4
    assert all(roles == {"administrator", "power-user", "operator"} for roles in kinds.values()), kinds


@pytest.mark.pure
@pytest.mark.parametrize("key", PACKS)
def test_a_packs_name_says_its_product_and_role(key):
    pack = pack_named(key)
    assert key == f"{pack.product}-{pack.role}"
    assert pack.product_name
    assert pack.summary


@pytest.mark.pure
@pytest.mark.parametrize("key", PACKS)
def test_a_pack_lacks_nothing_for_publication_and_every_milestone_says_all_it_should(key):
    pack = pack_named(key)
    assert missing_for_publication(pack.document) == []
    for milestone in pack.milestones:
        assert [field for field in SAID if not milestone.get(field)] == [], milestone["key"]
        assert set(milestone["messages"]) == {"in_app", "email_subject", "email", "help"}, milestone["key"]


@pytest.mark.pure
def test_no_two_packs_share_a_ladder_and_a_shared_milestone_says_the_same_in_both():
    keys = [pack.document["key"] for pack in all_packs()]
    assert len(set(keys)) == len(keys)
    said = {}
    for pack in all_packs():
        for milestone in pack.milestones:
            assert said.setdefault(milestone["key"], milestone) == milestone, (pack.key, milestone["key"])


@pytest.mark.pure
def test_a_mistake_in_a_file_is_told_with_its_line():
    assert read_pack("tea-pourer", SMALL).first_value == "Boil water"
    with pytest.raises(DocumentError, match=r"line 9, rungs\[0\]\.phase"):
        read_pack("tea-pourer", SMALL.replace("phase: quick wins", "phase: slow"))
    with pytest.raises(DocumentError, match="product_nam"):
        read_pack("tea-pourer", SMALL.replace("product_name", "product_nam"))
    with pytest.raises(DocumentError, match="pack"):
        read_pack("tea-pourer", SMALL.replace("pack:", "box:"))


# Adopting


@pytest.mark.parametrize("key", PACKS)
def test_an_empty_workspace_adopts_a_pack_and_can_publish_it_as_it_is(workspace, ana, key):
    pack = pack_named(key)
    with scope(workspace):
        adopted = adopt(pack, by=ana)
        assert adopted.ladder.draft.document == pack.document
        assert adopted.added == [milestone["name"] for milestone in pack.milestones]
        assert adopted.kept == []
        assert {m.key: m.content for m in Milestone.objects.all()} == {m["key"]: m for m in pack.milestones}
        version = adopted.ladder.publish(by=ana)
        assert version.state == LadderVersion.State.PUBLISHED
        assert version.document == pack.document


def test_all_packs_stand_side_by_side_in_one_workspace(workspace, ana):
    with scope(workspace):
        for pack in all_packs():
            assert adopt(pack, by=ana).kept == []
        assert Ladder.objects.count() == len(PACKS)
        assert Role.objects.count() == 3


def test_what_the_workspace_has_already_is_kept_and_used(workspace, ana):
    pack = pack_named(PACKS[0])
    first = pack.milestones[0]
    ours = {"key": first["key"], "name": "Ours", "criterion": {"event": "Ours Done"}}
    with scope(workspace):
        Milestone().become(ours)
        Role.objects.create(key=pack.role, name="Our admins", rule={"trait": "job", "equals": "admin"}, precedence=3)
        adopted = adopt(pack, by=ana)
        assert adopted.kept == ["Ours"]
        assert first["name"] not in adopted.added
        assert Milestone.objects.get(key=first["key"]).content == ours
        assert Milestone.objects.get(key=first["key"]).revision == 1
        document = adopted.ladder.draft.document
        assert document["rungs"][0]["milestone"] == ours
        assert document["role"]["name"] == "Our admins"
        assert Entry.objects.get(action="pack.adopted").details["kept"] == ["Ours"]


def test_adopting_twice_changes_nothing(workspace, ana):
    pack = pack_named(PACKS[0])
    with scope(workspace):
        ladder = adopt(pack, by=ana).ladder
        ladder.name = "Renamed"
        ladder.save()
        revision = ladder.draft.revision
        again = adopt(pack, by=ana)
        assert (again.ladder.pk, again.new) == (ladder.pk, False)
        ladder.refresh_from_db()
        assert ladder.name == "Renamed"
        assert ladder.draft.revision == revision
        assert Entry.objects.filter(action="pack.adopted").count() == 1


def test_a_pack_comes_to_one_workspace_alone(workspace, other_workspace, ana):
    with scope(workspace):
        adopt(pack_named(PACKS[0]), by=ana)
    with scope(other_workspace):
        assert not Ladder.objects.exists()
        assert not Milestone.objects.exists()


# The pages


def text_of(response, status=200):
    assert response.status_code == status
    return html.unescape(" ".join(response.content.decode().split()))


def test_every_pack_is_listed_and_narrowed_down_by_product_and_role(workspace, ben, client_for):
    client, url = client_for(ben), f"/w/{workspace.slug}/packs/"
    text = text_of(client.get(url))
    assert all(pack.name in text for pack in all_packs())
    text = text_of(client.get(url, {"product": "collaboration", "role": "operator"}))
    assert [pack.key for pack in all_packs() if f"packs/{pack.key}/" in text] == ["collaboration-operator"]
    assert "No pack for this kind of product" in text_of(client.get(url, {"product": "tea"}))


@pytest.mark.parametrize("key", PACKS)
def test_a_packs_page_shows_everything_in_it(workspace, ben, client_for, key):
    pack = pack_named(key)
    text = text_of(client_for(ben).get(f"/w/{workspace.slug}/packs/{key}/"))
    for milestone in pack.milestones:
        for said in (milestone["name"], milestone["cue"], milestone["tip"], *milestone["risks"]):
            assert " ".join(said.split()) in text.replace("<br>", " ").replace("  ", " ")
    assert pack.document["title"] in text


def test_one_click_adopts_a_pack_and_leads_to_its_ladder(workspace, ana, client_for):
    client, pack = client_for(ana), pack_named(PACKS[0])
    response = client.post(f"/w/{workspace.slug}/packs/{pack.key}/adoption/")
    assert response.status_code == 302
    assert response["Location"] == f"/w/{workspace.slug}/ladders/{pack.document['key']}/"
    text = text_of(client.get(f"/w/{workspace.slug}/packs/"))
    assert f"{pack.name} is yours as a draft; {len(pack.milestones)} milestones came with it." in text
    assert "Open your ladder" in text
    client.post(f"/w/{workspace.slug}/packs/{pack.key}/adoption/")
    assert "is here already; nothing of it was changed." in text_of(client.get(f"/w/{workspace.slug}/packs/"))


def test_viewers_look_at_packs_and_adopt_none(workspace, ben, client_for):
    client = client_for(ben)
    assert f"packs/{PACKS[0]}/adoption/" not in text_of(client.get(f"/w/{workspace.slug}/packs/"))
    assert client.post(f"/w/{workspace.slug}/packs/{PACKS[0]}/adoption/").status_code == 403
    assert client.get(f"/w/{workspace.slug}/packs/no-such-pack/").status_code == 404
