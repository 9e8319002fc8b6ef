"""What differs between two versions, in words: nothing more, nothing less."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders.document import FIELDS, RUNG_FIELDS, read
from milestones.ladders.versions.comparison import compare
from milestones.ladders.versions.marks import marked
from milestones.library.content import FIELDS as CONTENT
from tests.milestones.ladders.documents import (
    changed,
    documents,
    keys,
    long_texts,
    messages,
    milestones,
    two_rungs,
)
from tests.tiers import examples

pytestmark = pytest.mark.pure

# Whole ladders are large to draw; on a busy machine that is slow, and no fault of what is tested.
PATIENT = settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def words(before, after) -> dict[str, list[str]]:
    return {group.title: [change.words for change in group.changes] for group in compare(before, after)}


def rungs_with(number: int, **milestone) -> list:
    rungs = copy.deepcopy(two_rungs()["rungs"])
    rungs[number]["milestone"] |= milestone
    return rungs


def spelled(data) -> str:
    return json.dumps(data, sort_keys=True)


# Naively: where two documents differ


def naive_places(before, after) -> set[str]:
    places = {field for field in FIELDS if spelled(before.get(field)) != spelled(after.get(field))}
    if "role" in places:
        places |= {f"role.{field}" for field in ("rule", "precedence") if differ(before["role"], after["role"], field)}
        if differ(before["role"], after["role"], "key") or differ(before["role"], after["role"], "name"):
            places.add("role.name")
    if "impact" in places:
        sides = before.get("impact", {}), after.get("impact", {})
        places |= {f"impact.{side}" for side in ("before", "after") if differ(*sides, side)}
    old, new = by_key(before), by_key(after)
    places |= {f"rungs.{key}" for key in old.keys() ^ new.keys()}
    both = [key for key in old if key in new]
    for key in both:
        for field in RUNG_FIELDS:
            if field not in ("milestone", "first_value") and differ(old[key], new[key], field):
                places.add(f"rungs.{key}.{field}")
        for field in CONTENT:
            if differ(old[key]["milestone"], new[key]["milestone"], field):
                places.add(f"rungs.{key}.{field}")
    if both != [key for key in new if key in old]:
        places.add("another order")
    if [key for key in old if old[key].get("first_value")] != [key for key in new if new[key].get("first_value")]:
        places.add("first_value")
    return places - {"role", "impact", "rungs"}


def differ(before, after, field) -> bool:
    return spelled(before.get(field)) != spelled(after.get(field))


def by_key(document) -> dict:
    return {rung["milestone"]["key"]: rung for rung in document.get("rungs", [])}


stories = st.lists(
    st.fixed_dictionaries(
        {"text": st.sampled_from(["It works.", "Half the time", "No more mail"])},
        optional={"who": st.sampled_from(["Ana", "Ben"]), "industry": st.sampled_from(["retail", "food"])},
    ),
    max_size=3,
)


spacings = st.none() | st.just("2 days")


@st.composite
def rich_documents(draw):
    document = draw(documents())
    return read(
        {
            "ladder": {
                **document,
                "kickoff": draw(long_texts),
                "notes": draw(long_texts),
                "stories": draw(stories),
                "impact": {"before": draw(messages), "after": draw(messages)},
                "new_steps_a_session": draw(st.none() | st.integers(1, 20)),
                "rungs": [
                    {**rung, "spacing": "2 days"} if draw(st.booleans()) else rung for rung in rungs_of(document)
                ],
            }
        }
    )


def rungs_of(document) -> list:
    return document.get("rungs", [])


@st.composite
def pairs(draw):
    """A document and another one that has much in common with it: some of its parts, some of a third's."""
    before, third = draw(rich_documents()), draw(rich_documents())
    after = {field: draw(st.sampled_from([before, third])).get(field) for field in FIELDS}
    kept = draw(st.permutations(rungs_of(before)))[: draw(st.integers(0, 4))]
    new = [rung for rung in rungs_of(third) if rung["milestone"]["key"] not in by_key(before)][
        : draw(st.integers(0, 1))
    ]
    rungs = []
    for rung in [*kept, *new]:
        other = draw(milestones(rung["milestone"]["key"]))
        fields = draw(st.sets(st.sampled_from([field for field in CONTENT if field != "key"]), max_size=2))
        milestone = rung["milestone"] | {field: other.get(field) for field in fields if field in other}
        above = [r["milestone"]["key"] for r in rungs]
        asked = [key for key in rung.get("prerequisites", []) if key in above]
        phase = draw(st.sampled_from([rung["phase"], "advanced"]))
        rungs.append({**rung, "milestone": milestone, "phase": phase, "prerequisites": asked, "first_value": False})
    if rungs:
        rungs[draw(st.integers(0, len(rungs) - 1))]["first_value"] = draw(st.booleans())
    present = [rung["milestone"]["key"] for rung in rungs]
    after["funnel"] = [key for key in before.get("funnel", []) if key in present]
    return before, read({"ladder": {**after, "rungs": rungs}})


@PATIENT
@given(pairs())
def test_every_difference_is_mentioned_and_nothing_else(pair):
    before, after = pair
    mentioned = {change.place for group in compare(before, after) for change in group.changes}
    if any(place.endswith(".place") for place in mentioned):
        mentioned = {place for place in mentioned if not place.endswith(".place")} | {"another order"}
    assert mentioned == naive_places(before, after)


@PATIENT
@given(pairs())
def test_equal_documents_have_no_changes_and_different_ones_have_some(pair):
    before, after = pair
    assert compare(before, copy.deepcopy(before)) == ()
    assert (compare(before, after) == ()) == (spelled(before) == spelled(after))


@PATIENT
@given(pairs())
def test_a_change_says_something_and_shows_two_different_texts_or_none(pair):
    for group in compare(*pair):
        assert group.title
        for change in group.changes:
            assert change.words
            assert change.before != change.after or not change.before


@PATIENT
@given(rich_documents(), st.data())
def test_the_fewest_milestones_are_said_to_have_moved(document, data):
    rungs = [{**rung, "prerequisites": []} for rung in rungs_of(document)]
    before = read({"ladder": {**document, "rungs": rungs}})
    place, to = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4))
    if rungs:
        rungs.insert(to, rungs.pop(place % len(rungs)))
    after = read({"ladder": {**document, "rungs": rungs}})
    moved = [c for group in compare(before, after) for c in group.changes if c.place.endswith(".place")]
    assert len(moved) == (before != after)


@given(long_texts, long_texts)
def test_marked_words_lead_from_one_text_to_the_other(before, after):
    parts = marked(before, after)
    assert "".join(part.text for part in parts if part.kind != "added") == before
    assert "".join(part.text for part in parts if part.kind != "removed") == after
    assert all(part.text for part in parts)


# In words


def test_a_criterion_says_what_it_now_asks_and_asked_before():
    more = rungs_with(1, criterion={"event": "Invite Sent", "at_least": 3, "within": "7 days"})
    (group,) = compare(two_rungs(), changed(two_rungs(), rungs=more))
    assert (group.title, group.key) == ("Invite your team", "invite-team")
    (change,) = group.changes
    assert change.words == (
        "Done when: at least 3 instead of 2 Invite Sent; within 7 days instead of 14 days of starting"
    )
    assert change.before == "the user sends Invite Sent at least 2 times within 14 days of starting"
    assert change.after == "the user sends Invite Sent at least 3 times within 7 days of starting"


@pytest.mark.parametrize(
    "criterion, says",
    [
        ({"event": "Source Added"}, "Done when: Source Added instead of Source Connected"),
        (
            {"event": "Source Connected", "by": "account"},
            "Done when: Source Connected by anyone in the account instead of the user",
        ),
        (
            {"event": "Source Connected", "where": [{"property": "kind", "equals": "live"}]},
            "Done when: only where kind is live",
        ),
        (
            {"event": "Source Connected", "of": "opening"},
            "Done when: at any time after the step opened instead of at any time",
        ),
        ({"trait": "sources", "greater_than": 0}, "Done when changed"),
        ({"all": [{"event": "Source Connected"}, {"event": "Report Built"}]}, "Done when changed"),
    ],
)
def test_criteria_of_every_kind_are_compared(criterion, says):
    other = changed(two_rungs(), rungs=rungs_with(0, criterion=criterion))
    assert words(two_rungs(), other) == {"Connect a data source": [says]}


def test_a_group_says_which_condition_came_and_which_went():
    first = changed(two_rungs(), rungs=rungs_with(0, criterion={"any": [{"event": "A"}, {"event": "B"}]}))
    second = changed(two_rungs(), rungs=rungs_with(0, criterion={"any": [{"event": "A"}, {"trait": "b", "equals": 1}]}))
    third = changed(
        two_rungs(), rungs=rungs_with(0, criterion={"any": [{"event": "A"}, {"event": "B", "at_least": 4}]})
    )
    assert words(first, second) == {
        "Connect a data source": ["Done when: now also: the user's b is 1; no longer: the user sends B"]
    }
    assert words(first, third) == {"Connect a data source": ["Done when: at least 4 instead of 1 B"]}


@pytest.mark.parametrize("one, other", [(1, "1"), (True, 1), (False, "false")])
def test_values_that_read_alike_are_shown_as_they_are_written(one, other):
    before = changed(two_rungs(), rungs=rungs_with(0, criterion={"trait": "sources", "equals": one}))
    after = changed(two_rungs(), rungs=rungs_with(0, criterion={"trait": "sources", "equals": other}))
    (group,) = compare(before, after)
    assert group.changes[0].before != group.changes[0].after


def test_the_audience_is_told_by_its_rule():
    role = {**two_rungs()["role"], "rule": {"trait": "role", "equals": "owner"}, "precedence": 5}
    assert words(two_rungs(), changed(two_rungs(), role=role)) == {
        "Audience": [
            "Rule: role is owner, where before role is admin",
            "Precedence 5 instead of 100: of several roles that match, the smallest number counts",
        ]
    }


def test_order_first_value_due_dates_and_what_opens_when_are_told_by_name():
    first, second = copy.deepcopy(two_rungs()["rungs"])
    first |= {"due_after": "5 days", "first_value": True}
    second = {field: second[field] for field in ("milestone", "phase")}
    assert words(two_rungs(), changed(two_rungs(), rungs=[second, first])) == {
        "Order": [
            "Invite your team now comes first; it came after Connect a data source",
            "First value is reached at Connect a data source instead of Invite your team",
        ],
        "Invite your team": ["Opens at once instead of after Connect a data source"],
        "Connect a data source": ["Due after it opens: 5 days instead of 3 days"],
    }


def test_milestones_that_come_and_go_are_told_with_what_becomes_of_credit():
    alert = {
        "milestone": {"key": "set-alert", "name": "Set an alert", "criterion": {"event": "Alert Set"}},
        "phase": "core",
        "due_after": "10 days",
        "first_value": True,
    }
    after = changed(two_rungs(), rungs=[two_rungs()["rungs"][0], alert])
    groups = {group.title: group.changes for group in compare(two_rungs(), after)}
    (added,) = groups["Milestones added"]
    assert added.words == "Set an alert, after Connect a data source"
    assert added.after == "Core. Done when the user sends Alert Set. Due 10 days after it opens."
    (removed,) = groups["Milestones removed"]
    assert removed.words == "Invite your team; whoever has done it keeps the credit and what it switched on"


def test_a_story_that_was_rewritten_is_one_change():
    told = {"text": "Half the time.", "who": "Ana, Acme"}
    before = changed(two_rungs(), stories=[told])
    after = changed(
        two_rungs(), stories=[{"text": "It works.", "who": "Ben"}, {**told, "text": "A third of the time."}]
    )
    assert words(before, after) == {"Story": ["Story of Ana, Acme changed", "Story of Ben added"]}
    assert words(after, changed(after, stories=after["stories"][::-1])) == {
        "Story": ["Stories stand in another order: Ana, Acme, Ben"]
    }


def test_texts_carry_their_words_before_and_after():
    (group,) = compare(two_rungs(), changed(two_rungs(), title="Get fully set up"))
    (change,) = group.changes
    assert (group.title, change.words) == ("Story", "Title changed")
    assert [(part.kind, part.text) for part in change.marked] == [
        ("kept", "Get "),
        ("added", "fully "),
        ("kept", "set up"),
    ]


@given(keys)
def test_another_key_is_another_ladder(key):
    assert bool(words(two_rungs(), changed(two_rungs(), key=key))) == (key != "admins")


def test_translations_are_compared_text_by_text_and_language_by_language():
    before = changed(two_rungs(), translations={"de": {"title": "Los geht es"}})
    after = changed(
        two_rungs(),
        translations={"de": {"title": "Richten Sie sich ein"}},
        rungs=rungs_with(1, translations={"ja": {"name": "チームを招待", "messages": {"help": "三人から。"}}}),
    )
    assert words(before, after) == {
        "Story": ["German: Title changed"],
        "Invite your team": ["Japanese: Name added", "Japanese: Help-centre article added"],
    }
    looked_at = changed(before, translations={"de": {"title": "Los geht es", "made_from": {"title": "0badc0de"}}})
    assert words(before, looked_at) == {"Story": ["German: Title stays as it is, for another state of the original"]}


def test_a_story_that_was_only_translated_says_so():
    told = {"text": "Half the time.", "who": "Ana"}
    before = changed(two_rungs(), stories=[told])
    after = changed(two_rungs(), stories=[{**told, "translations": {"de": {"text": "Halb so lang."}}}])
    assert words(before, after) == {"Story": ["German: story of Ana added"]}
