from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Any_, EventCondition, Everyone, TraitCondition
from onboarding.widget.checklist import Telling, checklist, closes_at, in_session, safe_link, story_for

pytestmark = pytest.mark.pure

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=2)


def rung(key, *, criterion=None, due=None, after=(), unlock="", first_value=False, spacing=None):
    return RungSpec(
        key=key,
        name=key.replace("-", " ").capitalize(),
        phase="quick wins",
        criterion=criterion or EventCondition(event=key),
        due_after=due,
        prerequisites=after,
        first_value=first_value,
        unlock=unlock,
        spacing=spacing,
    )


def build(*rungs, done=(), contents=None, now=NOW, session=None, finished=False, skipped=None):
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
        version=replace(version, new_steps_a_session=session),
        telling=Telling("Get set up"),
        contents=contents or {},
        started_at=START,
        completed=completed,
        now=now,
        finished=finished,
        skipped=skipped or {},
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


def test_where_nothing_is_offered_what_waits_says_why():
    done = {"a": NOW - timedelta(minutes=5)}
    shown = build(rung("a"), rung("b", after=("c",)), rung("c"), rung("d"), done=done, session=1)
    assert (shown.current, shown.unfolded) == (None, "c")
    assert build(rung("a"), rung("b")).unfolded == "a"
    assert build(rung("a"), done=["a"]).unfolded == ""


def test_nothing_is_left_to_do_once_every_open_step_is_aside():
    steps = [rung("a"), rung("b", after=("c",)), rung("c"), rung("d")]
    assert not build(*steps, done=["a"], skipped={"c": "later"}).all_aside
    assert build(*steps, done=["a"], skipped={"c": "later", "d": "unclear"}).all_aside
    assert not build(rung("a"), done=["a"]).all_aside


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


def test_spacing_offers_a_step_so_long_after_the_one_done_last():
    spaced = rung("a"), rung("b", spacing=timedelta(days=1)), rung("c")
    at = NOW - timedelta(hours=2)
    shown = build(*spaced, done={"a": at})
    assert [step.state for step in shown.steps] == ["done", "waiting", "open"]
    assert shown.steps[1].waits_until == at + timedelta(days=1)
    assert shown.current == "c"
    later = build(*spaced, done={"a": at}, now=at + timedelta(days=1))
    assert later.steps[1].state == "open"


def test_spacing_holds_nothing_back_at_the_beginning_nor_what_is_overdue():
    assert build(rung("a", spacing=timedelta(days=1))).steps[0].state == "open"
    late = build(rung("a"), rung("b", spacing=timedelta(days=9), due=timedelta(hours=1)), done={"a": START})
    assert (late.steps[1].state, late.steps[1].overdue) == ("open", True)


def test_a_session_offers_at_most_so_many_new_steps_and_the_next_one_goes_on():
    rungs = [rung(key) for key in "abcd"]
    assert [step.state for step in build(*rungs, session=2).steps] == ["open", "open", "waiting", "waiting"]
    just = {"a": NOW - timedelta(minutes=20), "b": NOW - timedelta(minutes=1)}
    enough = build(*rungs, session=2, done=just)
    assert [step.state for step in enough.steps] == ["done", "done", "waiting", "waiting"]
    assert enough.current is None
    back = build(*rungs, session=2, done=just, now=NOW + timedelta(minutes=40))
    assert [step.state for step in back.steps] == ["done", "done", "open", "open"]


def test_a_session_ends_with_a_pause_of_more_than_half_an_hour():
    def before(*minutes):
        return sorted(NOW - timedelta(minutes=m) for m in minutes)

    assert in_session(before(1, 20, 45), NOW) == 3
    assert in_session(before(1, 32), NOW) == 1
    assert in_session(before(31), NOW) == 0
    assert in_session([], NOW) == 0


def test_who_has_finished_stays_so_whatever_steps_are_added():
    shown = build(rung("a"), rung("b"), done=["a"], finished=True)
    assert (shown.finished, shown.done, shown.total) == (True, 1, 2)


STORIES = [
    {"text": "For anybody."},
    {"text": "An administrator.", "role": "Administrator"},
    {"text": "An administrator in retail.", "role": "administrator", "industry": "Retail", "who": "Kim"},
    {"text": "An operator.", "role": "operator"},
]


@pytest.mark.parametrize(
    "role, industry, told",
    [
        ("administrator", "retail", "An administrator in retail."),
        ("administrator", "banking", "An administrator."),
        ("administrator", "", "An administrator."),
        ("operator", "retail", "An operator."),
        ("power-user", "retail", "For anybody."),
    ],
)
def test_the_story_told_is_the_one_that_fits_best_and_never_somebody_elses(role, industry, told):
    assert story_for(STORIES, role=(role,), industry=industry).text == told


def test_without_a_story_that_fits_none_is_told():
    assert story_for(STORIES[1:2], role=("operator",), industry="") is None
