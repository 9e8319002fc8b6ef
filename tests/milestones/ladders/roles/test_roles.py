"""Roles: whom they are for, which goes first, and what of them has been published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.ladders.document import LARGEST_PRECEDENCE
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder, Role
from milestones.ladders.roles.order import put_in_order, rising
from milestones.ladders.roles.standing import standings
from tests.milestones.ladders.documents import two_rungs
from workspaces.audit.models import Entry
from workspaces.scope import scope


@pytest.fixture
def roles(workspace, other_workspace, ana, cyd):
    """Administrators climb a published ladder; operators and power users have none. Globex has administrators too."""
    with scope(workspace):
        import_ladder(two_rungs(), by=ana).ladder.publish(by=ana)
        for key in ("operator", "power"):
            Role.objects.create(key=key, name=key.title(), rule={"trait": "job", "equals": key})
    with scope(other_workspace):
        import_ladder(two_rungs(), by=cyd).ladder.publish(by=cyd)
    return workspace


def order(workspace) -> list[str]:
    with scope(workspace):
        return [standing.role.key for standing in standings()]


def unpublished(workspace) -> dict[str, list[str]]:
    with scope(workspace):
        return {s.role.key: [ladder.key for ladder in s.unpublished] for s in standings() if s.unpublished}


def url(workspace, path="") -> str:
    return f"/w/{workspace.slug}/roles/{path}"


def read(client, address, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


TRAIT = {"rule.kind": "trait", "rule.trait": "job", "rule.operator": "equals", "rule.operand": "lead"}


def test_roles_stand_in_the_order_in_which_they_are_asked_with_their_rules_in_words(roles, ben, client_for):
    page = read(client_for(ben), url(roles))
    assert "People whose role is admin" in page
    assert "People whose job is operator" in page
    assert page.index("Administrator") < page.index("Operator") < page.index("Power")
    assert "No ladder yet" in page
    assert "data-grip" not in page
    assert "New role" not in page


def test_an_empty_list_says_what_a_role_is_and_offers_the_first(workspace, ana, client_for):
    page = read(client_for(ana), url(workspace))
    assert "No role yet" in page
    assert "Make the first role" in page


def test_a_role_is_made_last_so_that_it_takes_nobody(roles, ana, client_for):
    response = client_for(ana).post(url(roles, "new/"), {"name": "Lead", "key": "lead", **TRAIT})
    assert response.status_code == 302
    with scope(roles):
        made = Role.objects.get(key="lead")
        assert (made.name, made.rule) == ("Lead", {"trait": "job", "equals": "lead"})
        assert Entry.objects.get(action="role.made").target == "Lead"
    assert order(roles)[-1] == "lead"


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"key": "operator"}, "Another role has this key"),
        ({"key": "No Key"}, "Use small letters"),
        ({"name": ""}, "required"),
        ({"rule.trait": ""}, "The rule is not complete yet"),
    ],
)
def test_a_role_that_is_not_complete_is_refused_beside_its_field_and_keeps_what_was_typed(
    roles, ana, client_for, changes, says
):
    sent = {"name": "Lead", "key": "lead", **TRAIT, **changes}
    response = client_for(ana).post(url(roles, "new/"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert 'value="lead"' in page
    with scope(roles):
        assert not Role.objects.filter(name="Lead").exists()


def test_a_key_that_the_other_workspace_uses_is_free_here(roles, other_workspace, ana, client_for):
    with scope(other_workspace):
        Role.objects.create(key="lead", name="Theirs", rule={"everyone": True})
    client_for(ana).post(url(roles, "new/"), {"name": "Lead", "key": "lead", **TRAIT})
    with scope(roles):
        assert Role.objects.get(key="lead").name == "Lead"
    with scope(other_workspace):
        assert Role.objects.get(key="lead").name == "Theirs"


def test_the_rules_buttons_work_without_scripts(roles, ana, client_for):
    sent = {"name": "Boss", "key": "boss", **TRAIT, "act": "rule:group::any"}
    response = client_for(ana).post(url(roles, "new/"), sent)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="rule.children.0.trait"' in page
    assert 'value="Boss"' in page
    with scope(roles):
        assert not Role.objects.filter(key="boss").exists()


def test_a_changed_role_is_marked_until_its_ladder_is_published_anew(roles, ana, ben, client_for):
    assert unpublished(roles) == {}
    client = client_for(ana)
    response = client.post(url(roles, "administrator/edit/"), {"name": "Administrator", **TRAIT}, follow=True)
    page = response.content.decode()
    assert "It takes effect with the next publication of Administrators." in page
    assert unpublished(roles) == {"administrator": ["admins"]}
    page = read(client_for(ben), url(roles))
    assert "Not published yet" in page
    assert f'href="/w/{roles.slug}/ladders/admins/publication/"' in page
    with scope(roles):
        entry = Entry.objects.get(action="role.changed")
        assert entry.details["after"]["rule"] == {"trait": "job", "equals": "lead"}
        ladder = Ladder.objects.get()
    client.post(f"/w/{roles.slug}/ladders/admins/draft/")
    with scope(roles):
        ladder.publish(by=ana)
    assert unpublished(roles) == {}


def test_saving_a_role_as_it_is_leaves_no_entry(roles, ana, client_for):
    sent = {"name": "Operator", **TRAIT, "rule.operand": "operator"}
    client_for(ana).post(url(roles, "operator/edit/"), sent)
    with scope(roles):
        assert not Entry.objects.filter(action="role.changed").exists()


def test_buttons_move_a_role_up_and_down_and_the_mark_shows_what_to_publish(roles, ana, client_for):
    client = client_for(ana)
    client.post(url(roles, "order/"), {"up": "power"})
    assert order(roles) == ["administrator", "power", "operator"]
    assert unpublished(roles) == {}
    client.post(url(roles, "order/"), {"down": "administrator"})
    assert order(roles) == ["power", "administrator", "operator"]
    assert unpublished(roles) == {"administrator": ["admins"]}
    with scope(roles):
        assert Entry.objects.filter(action="roles.reordered").count() == 2


def test_a_whole_order_is_taken_at_once_and_says_what_it_did(roles, ana, client_for):
    response = client_for(ana).post(
        url(roles, "order/"),
        {"order": "power operator administrator", "moved": "power"},
        headers={"HX-Request": "true"},
    )
    assert "Power is now number 1 of 3." in response.content.decode()
    assert order(roles) == ["power", "operator", "administrator"]


def test_at_the_ends_and_for_unknown_roles_nothing_moves(roles, other_workspace, ana, client_for):
    with scope(other_workspace):
        Role.objects.create(key="theirs", name="Theirs", rule={"everyone": True}, precedence=1)
    client = client_for(ana)
    before = order(roles)
    for sent in ({"up": "administrator"}, {"down": "power"}, {"up": "theirs"}, {"order": "theirs nobody"}, {}):
        client.post(url(roles, "order/"), sent)
    assert order(roles) == before
    with scope(roles):
        assert not Entry.objects.filter(action="roles.reordered").exists()


def test_roles_that_are_not_named_keep_their_place(roles, ana):
    with scope(roles):
        put_in_order(["power", "administrator"], by=ana)
    assert order(roles) == ["power", "operator", "administrator"]


@pytest.mark.pure
@given(st.lists(st.sampled_from([0, 1, 2, 3, 100, *range(LARGEST_PRECEDENCE - 4, LARGEST_PRECEDENCE + 1)]), max_size=8))
def test_numbers_rise_within_what_is_allowed_and_change_only_where_they_must(some):
    numbers = sorted(some)
    risen = rising(numbers)
    assert len(set(risen)) == len(numbers)
    assert risen == sorted(risen)
    assert all(0 <= number <= LARGEST_PRECEDENCE for number in risen)
    if len(set(numbers)) == len(numbers):
        assert risen == numbers


def test_a_role_without_ladders_is_deleted_and_one_with_a_ladder_is_not(roles, ana, client_for):
    client = client_for(ana)
    client.post(url(roles, "operator/delete/"))
    assert order(roles) == ["administrator", "power"]
    page = client.post(url(roles, "administrator/delete/"), follow=True).content.decode()
    assert "Administrator is the role of Administrators; give them another role first." in page
    assert order(roles) == ["administrator", "power"]
    with scope(roles):
        assert Entry.objects.get(action="role.deleted").details["content"]["key"] == "operator"


def test_the_role_tab_says_whose_a_ladder_is_and_gives_it_to_another(roles, ana, ben, client_for):
    address = f"/w/{roles.slug}/ladders/admins/role/"
    assert "Administrator: people whose role is admin" in read(client_for(ben), address)
    assert "Give it to this role" not in read(client_for(ben), address)
    with scope(roles):
        power = Role.objects.get(key="power")
    page = client_for(ana).post(address, {"role": power.pk}, follow=True).content.decode()
    assert "Administrators is for Power now. It takes effect with the next publication." in page
    assert "Version 1 is for Administrator as it was then." in page
    assert unpublished(roles) == {"power": ["admins"]}
    with scope(roles):
        entry = Entry.objects.get(action="ladder.given")
        assert (entry.details["before"], entry.details["after"]) == ("Administrator", "Power")


def test_a_viewer_gives_no_ladder_away_and_nobody_gives_it_to_anothers_role(
    roles, other_workspace, ana, ben, client_for
):
    address = f"/w/{roles.slug}/ladders/admins/role/"
    with scope(other_workspace):
        theirs = Role.objects.get(key="administrator").pk
    with scope(roles):
        power = Role.objects.get(key="power").pk
    assert client_for(ben).post(address, {"role": power}).status_code == 403
    assert client_for(ana).post(address, {"role": theirs}).status_code == 422
    with scope(roles):
        assert Ladder.objects.get().role.key == "administrator"


def test_an_archived_ladder_waits_for_no_publication(roles, ana, client_for):
    with scope(roles):
        Ladder.objects.update(archived_at="2026-01-01T00:00:00Z")
        Role.objects.filter(key="administrator").update(name="Admin")
    assert unpublished(roles) == {}
