"""The starter packs that come with Firstmile: complete, consistent, and ready to be published as they are."""

import re
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from milestones.ladders import document, yaml_text
from milestones.ladders.document import PHASES, missing_for_publication
from milestones.library.content import FIELDS, MESSAGES
from milestones.library.criteria import EventCondition, leaves, parse
from milestones.library.periods import parse_period
from milestones.library.variables import fill, names_in, problems_in

pytestmark = pytest.mark.pure

CONTENT = Path(document.__file__).parent / "packs" / "content"
PRODUCTS = {
    "saas-analytics": "SaaS analytics",
    "collaboration": "Collaboration",
    "developer-tool": "Developer tool",
    "commerce-back-office": "E-commerce back office",
}
ROLES = {"administrator": 10, "power-user": 20, "operator": 30}
PACKS = [f"{product}-{role}" for product in PRODUCTS for role in ROLES]

USE_CASES = {
    "adoption", "automation", "catalogue", "collaboration", "configuration", "data quality", "delivery", "finance",
    "fulfilment", "governance", "integration", "inventory", "operations", "reliability", "reporting", "security",
}  # fmt: skip
INDUSTRIES = {"financial services", "food", "healthcare", "public sector", "retail", "wholesale"}
SIZES = ["small", "medium", "large"]

OPTIONAL = {"unlock", "video_url", "translations"}
LONGEST_PROMPT = 160  # characters that an in-app message shows without being cut
LONGEST_CUE = 90


def text_of(name):
    return (CONTENT / f"{name}.yaml").read_text()


def file_of(name):
    """The file's plain values, by the same strict YAML as ladders."""
    return yaml_text.load_as(text_of(name), lambda data: data)


def ladder_of(name):
    return document.read({"ladder": file_of(name)["ladder"]})


def milestones_of(name):
    return [rung["milestone"] for rung in ladder_of(name)["rungs"]]


def events_of(milestone):
    """The conditions on events in a milestone's criterion."""
    return [leaf for leaf in leaves(parse(milestone["criterion"])) if isinstance(leaf, EventCondition)]


def every_text(value):
    """All texts at any depth of plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from every_text(inside)


def test_there_is_one_pack_for_each_product_and_role_and_nothing_else():
    assert {path.name for path in CONTENT.iterdir()} == {f"{name}.yaml" for name in PACKS}


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_says_what_it_is_for_and_is_filed_under_it(name):
    file = file_of(name)
    assert list(file) == ["pack", "ladder"]
    assert set(file["pack"]) == {"product", "product_name", "summary"}
    assert file["pack"]["product_name"] == PRODUCTS[file["pack"]["product"]]
    role = file["ladder"]["role"]
    assert name == f"{file['pack']['product']}-{role['key']}"
    assert role["precedence"] == ROLES[role["key"]]
    assert 40 <= len(file["pack"]["summary"]) <= 300


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_can_be_published_as_it_is_and_exported(name):
    ladder = ladder_of(name)
    assert missing_for_publication(ladder) == []
    assert yaml_text.load(yaml_text.dump(ladder)) == ladder


@pytest.mark.parametrize("name", PACKS)
def test_a_ladder_tells_its_story_from_beginning_to_end(name):
    ladder = ladder_of(name)
    for field in ("title", "value_proposition", "kickoff", "done_looks_like", "notes", "start", "impact", "funnel"):
        assert ladder[field]
    assert 2 <= ladder["new_steps_a_session"] <= 3
    assert set(ladder["impact"]) == {"before", "after"}
    assert "hours_to_first_value" in names_in(ladder["impact"]["after"])
    assert {"steps_done", "steps_total"} <= set(names_in(ladder["impact"]["after"]))
    (first_value,) = [rung["milestone"]["key"] for rung in ladder["rungs"] if rung.get("first_value")]
    assert first_value in ladder["funnel"]


@pytest.mark.parametrize("name", PACKS)
def test_somebody_of_any_industry_is_told_a_story_and_no_invented_one_passes_for_real(name):
    ladder = ladder_of(name)
    assert 2 <= len(ladder["stories"]) <= 3
    assert {story["role"] for story in ladder["stories"]} == {ladder["role"]["key"]}
    assert any("industry" not in story for story in ladder["stories"])
    assert any("industry" in story for story in ladder["stories"])
    assert all(story["who"].endswith("(example)") for story in ladder["stories"])
    assert "invented" in ladder["notes"]


@pytest.mark.parametrize("name", PACKS)
def test_the_phases_come_in_their_order_and_value_comes_early_but_after_some_work(name):
    rungs = ladder_of(name)["rungs"]
    assert 5 <= len(rungs) <= 7
    assert tuple(phase for phase, _ in groupby(rung["phase"] for rung in rungs)) == PHASES
    (place,) = [n for n, rung in enumerate(rungs) if rung.get("first_value")]
    assert 1 <= place <= 5  # so at most five steps stand before it
    assert rungs[place]["phase"] != "advanced"


@pytest.mark.parametrize("name", PACKS)
def test_steps_are_due_in_their_order_and_nothing_becomes_impossible_before_it_is_due(name):
    rungs = ladder_of(name)["rungs"]
    for rung in rungs:
        due = parse_period(rung["due_after"])
        for condition in events_of(rung["milestone"]):
            assert condition.within is None or condition.within >= 1.5 * due
        assert rung.get("prerequisites") or rung["phase"] == "quick wins"
    dues = [max(parse_period(rung["due_after"]) for rung in phase) for _, phase in groupby(rungs, by_phase)]
    assert dues == sorted(dues)


def by_phase(rung):
    return rung["phase"]


@pytest.mark.parametrize("name", PACKS)
def test_every_milestone_is_complete(name):
    role = file_of(name)["ladder"]["role"]["key"].replace("-", " ")
    for milestone in milestones_of(name):
        assert set(FIELDS) - OPTIONAL <= set(milestone), milestone["key"]
        assert 2 <= len(milestone["expected_actions"]) <= 4
        assert 2 <= len(milestone["risks"]) <= 3
        assert set(milestone["messages"]) == set(MESSAGES)
        assert milestone["action_url"].startswith("/")
        assert milestone["tags"]["role"] == [role]


@pytest.mark.parametrize("name", PACKS)
def test_no_milestone_is_reached_by_merely_opening_a_page(name):
    for milestone in milestones_of(name):
        found = events_of(milestone)
        assert len(found) > 1 or found[0].where, milestone["key"]


@pytest.mark.parametrize("name", PACKS)
def test_tags_keep_to_one_vocabulary(name):
    for milestone in milestones_of(name):
        tags = milestone["tags"]
        assert 1 <= len(tags["use_case"]) <= 3
        assert set(tags["use_case"]) <= USE_CASES
        assert set(tags.get("industry", [])) <= INDUSTRIES
        assert tags["size"] == SIZES[-len(tags["size"]) :]  # what small ones need, large ones need as well


@pytest.mark.parametrize("name", PACKS)
def test_events_are_named_in_one_manner(name):
    for milestone in milestones_of(name):
        for condition in events_of(milestone):
            assert re.fullmatch(r"[A-Z][A-Za-z]*([ -][A-Z][A-Za-z]*)+", condition.event)
            assert all(re.fullmatch(r"[a-z_]+", one.property) for one in condition.where)


@pytest.mark.parametrize("name", PACKS)
def test_messages_are_short_and_lead_to_the_one_action(name):
    for milestone in milestones_of(name):
        messages, where = milestone["messages"], milestone["key"]
        assert len(messages["in_app"]) <= LONGEST_PROMPT, where
        assert len(messages["email_subject"]) <= 60, where
        assert len(milestone["cue"]) <= LONGEST_CUE, where
        lines = [line for line in messages["email"].splitlines() if line]
        assert 3 <= len(lines) <= 6, where
        assert all(line.endswith((".", ",", "?")) for line in lines[:-1]), where  # none is broken in its middle
        assert lines[0] == "Hello {{ first_name | there }},"
        assert lines[-1] == f"{milestone['action_label']}: {{{{ action_url }}}}", where
        assert messages["email"].count("action_url") == 1, where


@pytest.mark.parametrize("name", PACKS)
def test_help_says_what_it_is_then_the_steps_then_what_goes_wrong(name):
    for milestone in milestones_of(name):
        tokens = MarkdownIt().parse(milestone["messages"]["help"])
        outline = [token.tag for token in tokens if token.level == 0 and token.nesting == 1]
        assert outline == ["p", "h2", "ol", "h2", "ul"], milestone["key"]
        headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
        assert headings == ["Steps", "What goes wrong"]


@pytest.mark.parametrize("name", PACKS)
def test_templates_are_right_and_read_well_when_nothing_is_known_of_the_person(name):
    ladder = ladder_of(name)
    templates = [*ladder["impact"].values()]
    for milestone in milestones_of(name):
        templates += milestone["messages"].values()
    for template in templates:
        assert problems_in(template) == []
        filled = fill(template, {"action_url": "https://app.example.com/here"})
        assert "  " not in re.sub(r"^ +", "", filled, flags=re.MULTILINE)  # no gap where a value was missing
        assert not re.search(r" [.,:;]", filled)


def test_a_milestone_of_two_packs_is_the_same_in_both_and_ladders_have_keys_of_their_own():
    seen = {}
    for name in PACKS:
        for milestone in milestones_of(name):
            assert seen.setdefault(milestone["key"], milestone) == milestone
    keys = [ladder_of(name)["key"] for name in PACKS]
    assert len(set(keys)) == len(PACKS)


def test_a_feature_is_unlocked_by_one_milestone_only():
    unlocks = [milestone["unlock"] for name in PACKS for milestone in milestones_of(name) if "unlock" in milestone]
    assert sorted(unlocks) == sorted(set(unlocks))


@pytest.mark.parametrize("name", PACKS)
def test_the_tone_is_calm_and_the_file_can_be_read(name):
    assert not any("!" in text for text in every_text(file_of(name)))
    assert all(len(line) <= 120 for line in text_of(name).splitlines())
