from datetime import UTC, datetime, timedelta

import pytest

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Any_, EventCondition, Everyone, TraitCondition
from onboarding.widget.checklist import checklist, closes_at, safe_link

pytestmark = pytest.mark.pure

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=2)


def rung(key, *, criterion=None, due=None, after=(), unlock="", first_value=False):
    return RungSpec(
        key=key,
        name=key.replace("-", " ").capitalize(),
        phase="quick wins",
        criterion=criterion or EventCondition(event=key),
        due_after=due,
        prerequisites=after,
        first_value=first_value,
        unlock=unlock,
    )


def build(*rungs, done=(), contents=None, now=NOW):
    version = VersionSpec(
        version_id=1,
        ladder_id=1,
        ladder_key="l",
        number=1,
        role_key="r",
        role_precedence=1,
        rule=Everyone(),
        start=None,
        funnel=tuple(r.key for r in rungs),
        rungs=rungs,
        effective_from=None,
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    completed = done if isinstance(done, dict) else {key: START + timedelta(hours=1) for key in done}
    return checklist(
        version=version, title="Get set up", contents=contents or {}, started_at=START, completed=completed, now=now
    )


def test_the_first_step_that_can_be_done_is_the_current_one():
    shown = build(rung("a"), rung("b", after=("c",)), rung("c"), done=["a"])
    assert [step.state for step in shown.steps] == ["done", "locked", "open"]
    assert shown.current == "c"
    assert (shown.done, shown.total, shown.finished) == (1, 3, False)


def test_a_locked_step_names_only_what_it_still_waits_for():
    shown = build(rung("a"), rung("b"), rung("c", after=("a", "b")), done=["a"])
    assert shown.steps[2].waits_for == ("B",)


def test_a_step_is_due_so_long_after_it_opened_not_after_the_start():
    opened = START + timedelta(days=1)
    shown = build(rung("a"), rung("b", due=timedelta(days=3), after=("a",)), done={"a": opened})
    assert shown.steps[1].due_at == opened + timedelta(days=3)
    assert not shown.steps[1].overdue


def test_a_step_is_overdue_after_its_time_and_a_done_one_never_is():
    rungs = rung("a", due=timedelta(days=1)), rung("b", due=timedelta(days=1))
    shown = build(*rungs, done=["a"])
    assert [(step.due_at, step.overdue) for step in shown.steps] == [(None, False), (START + timedelta(days=1), True)]


def test_a_step_whose_period_has_passed_is_missed_and_is_not_the_current_one():
    late = rung("a", criterion=EventCondition(event="a", within=timedelta(days=1)))
    shown = build(late, rung("b"))
    assert [step.state for step in shown.steps] == ["missed", "open"]
    assert shown.current == "b"
    assert build(late, rung("b"), now=START + timedelta(days=1)).steps[0].state == "open"


def test_a_period_counts_from_the_opening_where_the_criterion_says_so():
    condition = EventCondition(event="a", within=timedelta(days=2), of="opening")
    opened = START + timedelta(days=5)
    assert closes_at(condition, start=START, opened=opened) == opened + timedelta(days=2)


def test_a_group_is_beyond_hope_only_when_every_part_of_it_is():
    short = EventCondition(event="a", within=timedelta(days=1))
    long = EventCondition(event="b", within=timedelta(days=9))
    endless = TraitCondition("plan", "equals", "team")
    for group in (All, Any_):
        assert closes_at(group((short, long)), start=START, opened=START) == START + timedelta(days=9)
        assert closes_at(group((short, endless)), start=START, opened=START) is None


def test_minutes_left_are_told_only_when_they_are_known_of_every_step_to_do():
    rungs = rung("a"), rung("b"), rung("c")
    contents = {"a": {"minutes": 5}, "b": {"minutes": 4}, "c": {"minutes": 2}}
    assert build(*rungs, done=["a"], contents=contents).minutes_left == 6
    assert build(*rungs, done=["a"], contents={"b": {"minutes": 4}}).minutes_left is None
    assert build(*rungs, done=["a", "b", "c"], contents=contents).minutes_left is None


def test_all_done_is_finished_and_leaves_nothing_current():
    shown = build(rung("a"), rung("b"), done=["a", "b"])
    assert shown.finished
    assert shown.current is None


def test_completions_of_steps_that_the_version_does_not_have_are_left_out():
    assert build(rung("a"), done=["a", "gone"]).done == 1


@pytest.mark.parametrize(
    "done, opened, seen",
    [
        ([], None, "abcde"),
        (["a", "b"], None, "bcdef"),
        (["a", "b", "c", "d", "e", "f"], None, "defgh"),
        (["a", "b", "c", "d", "e", "f", "g", "h"], None, "defgh"),
        (["b", "c"], None, "adefg"),
        (["a"], "h", "defgh"),
    ],
)
def test_at_most_five_steps_are_in_sight_around_the_one_to_do(done, opened, seen):
    shown = build(*(rung(key) for key in "abcdefgh"), done=done)
    assert "".join(step.key for step in shown.in_sight(opened=opened)) == seen


def test_a_short_ladder_is_all_in_sight():
    shown = build(*(rung(key) for key in "abcde"), done=["e"])
    assert shown.in_sight() == shown.steps


def test_skipping_goes_round_the_open_steps():
    shown = build(rung("a"), rung("b", after=("c",)), rung("c"), rung("d"), done=["a"])
    assert shown.next_after("c") == "d"
    assert shown.next_after("d") == "c"
    assert build(rung("a"), rung("b"), done=["a"]).next_after("b") is None


def test_an_unlocked_feature_is_named_in_words():
    assert build(rung("a", unlock="scheduled-reports.v2")).steps[0].feature == "Scheduled reports v2"


@pytest.mark.parametrize("url", ["https://app.example.com/x?y=1", "http://example.com", "/settings/team?invite=1", "/"])
def test_links_to_pages_are_kept(url):
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example/x",
        "/\\evil.example",
        "http:///nowhere",
        "https://[broken",
        "settings/team",
        "",
    ],
)
def test_every_other_link_is_dropped(url):
    assert safe_link(url) == ""
