"""Who gets which role now: how many people, and why one person does or doesn't."""

from datetime import timedelta

import pytest

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.progress import role_check
from tests.onboarding.progress.test_engine import LADDER, event, identify, take
from workspaces.scope import scope

DEEP = "{any: [{trait: a.b, greater_than: 3}, {trait: job, exists: true}]}"
ROLES = {
    "admins": ("{trait: job, equals: admin}", 10),
    "scale": (f"{{all: [{{trait: plan, equals: scale}}, {DEEP}]}}", 20),
    "rest": ("{everyone: true}", 90),
}


@pytest.fixture
def roles(workspace, clock):
    """Three roles with a published ladder each, the last one's archived; and people of all kinds."""
    with scope(workspace):
        for key, (rule, precedence) in ROLES.items():
            text = LADDER.replace("key: start", f"key: {key}").replace(
                "role: {key: everyone, name: Everyone, rule: {everyone: true}}",
                f"role: {{key: {key}, name: {key.title()}, rule: {rule}, precedence: {precedence}}}",
            )
            import_ladder(load(text), by=None).ladder.publish(by=None, at=clock)
        Ladder.objects.filter(key="rest").update(archived_at=clock)
    take(
        workspace,
        identify(clock, "ana", job="admin", plan="scale", email="Ana@Example.com"),
        identify(clock, "ben", job="user", plan="scale"),
        identify(clock, "cyd", plan="scale", a={"b": 4}),
        identify(clock, "dan", **{"plan": "scale", "a.b": 2, "a": {"b": 9}}),  # a key with a dot in it goes first
        identify(clock, "eva", plan="free"),
        event("Signed Up", clock + timedelta(hours=1), "ana"),
    )
    return workspace


def test_people_are_counted_by_rule_and_by_who_gets_it(roles):
    with scope(roles):
        counts = role_check.count_people()
        everybody = Person.objects.count()  # dora and emil are there too, without any trait
    told = {count.role.key: (count.matching, count.getting, count.in_use) for count in counts.roles}
    assert told == {"admins": (1, 1, True), "scale": (3, 2, True), "rest": (everybody, 0, False)}
    assert (counts.people, counts.without) == (everybody, everybody - 3)


def test_counting_in_groups_equals_judging_one_by_one(roles):
    with scope(roles):
        counts = role_check.count_people()
        verdicts = [role_check.test(person) for person in Person.objects.all()]
    for place, count in enumerate(counts.roles):
        assert count.matching == sum(test.verdicts[place].matches for test in verdicts)
        assert count.getting == sum(test.verdicts[place].gets for test in verdicts)
    assert counts.without == sum(test.role is None for test in verdicts)


@pytest.mark.parametrize("who", ["ana", " ANA@example.com "])
def test_a_person_is_found_by_user_id_or_e_mail(roles, who):
    with scope(roles):
        assert role_check.find_person(who).external_id == "ana"


def test_the_tester_says_which_condition_fails(roles, other_workspace):
    with scope(roles):
        test = role_check.test(Person.objects.get(external_id="dan"))
        admins, scale, rest = test.verdicts
        assert [(c.words, c.known, c.holds) for c in admins.conditions] == [("job is admin", False, False)]
        assert [(c.trait, c.known, c.holds) for c in scale.conditions] == [("a.b", True, False), ("job", False, False)]
        assert (rest.matches, rest.in_use, rest.gets, test.role) == (True, False, False, None)
    with scope(other_workspace):
        assert role_check.find_person("ana") is None
        assert role_check.count_people().roles == []


def test_the_fragments_say_it_in_words(roles, ben, client_for):
    browser = client_for(ben)
    people = browser.get(f"/w/{roles.slug}/roles/people/").content.decode()
    assert "people whose job is admin" in people
    assert "no published ladder" in people
    page = " ".join(browser.get(f"/w/{roles.slug}/roles/test/?who=ana").content.decode().split())
    assert "would be <b>Admins</b> if they began now" in page
    assert "version 1, begun" in page
    page = browser.get(f"/w/{roles.slug}/roles/test/?who=dan").content.decode()
    assert "would be without a role" in page
    assert "a.b is more than 3: no, a.b is 2" in page
    assert "job is known: no, job was never said" in page
    assert "Nobody is known as <b>zoe</b>" in browser.get(f"/w/{roles.slug}/roles/test/?who=zoe").content.decode()
    assert "Give a user id" in browser.get(f"/w/{roles.slug}/roles/test/").content.decode()
