"""A playbook's live numbers are those of the metrics, of the versions on which a milestone means the same."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics.question import ask
from analytics.metrics.rungs import rung_table
from analytics.metrics.sizes import Caution
from analytics.review.numbers import drift, numbers_of
from analytics.stats import NotComputable, share
from milestones.ladders import drafts
from milestones.playbook.book import book_of
from milestones.playbook.models import Span
from milestones.playbook.writing import expect
from workspaces.scope import scope

DAY = timedelta(days=1)


def numbers(workspace, ladder, clock):
    with scope(workspace):
        return numbers_of(workspace, book_of(ladder), now=clock)


def test_the_numbers_are_those_of_the_metrics(workspace, ladder, climbs, clock):
    climbs(workspace, 40, 10, now=clock, ago=30 * DAY, after=2 * DAY)
    climbs(workspace, 20, 20, now=clock, ago=5 * DAY, after=DAY, first=100)
    found = numbers(workspace, ladder, clock)
    line = found.lines["connect"]
    with scope(workspace):
        question = ask(workspace, ladder="admin", now=clock, period_days=90)
        (same,) = (
            row
            for row in rung_table(question.counts(), question.subject, question.as_of, window_days=14)
            if row.key == "connect"
        )
    assert line.pace.within == same.pace.within
    assert line.pace.median == same.pace.median
    assert (line.of, line.pace.within.mature.count, line.pace.within.immature) == (40, 10, 20)
    assert (found.people, found.lines["report"].pace.reached) == (60, 0)


def test_people_on_the_way_are_never_counted_as_lost(workspace, ladder, climbs, clock):
    climbs(workspace, 50, 0, now=clock, ago=3 * DAY, after=DAY)
    line = numbers(workspace, ladder, clock).lines["connect"]
    assert isinstance(line.pace.within.mature, NotComputable)
    assert (line.of, line.pace.within.immature, line.caution) == (0, 50, Caution.WITHHELD)


def test_each_range_has_a_window_of_its_own(workspace, ladder, climbs, ana, clock):
    climbs(workspace, 40, 40, now=clock, ago=30 * DAY, after=6 * DAY)
    with scope(workspace):
        expect(ladder, "milestone-connect", span=Span(50, 60, 5), by=ana, why="x")
    found = numbers(workspace, ladder, clock)
    assert (found.lines["connect"].window_days, found.lines["connect"].pace.within.mature.count) == (5, 0)
    assert found.lines["invite"].window_days == 14


def test_only_versions_count_on_which_the_milestone_means_the_same(workspace, ladder, climbs, ana, clock):
    climbs(workspace, 40, 40, now=clock, ago=40 * DAY, after=DAY)
    with scope(workspace):
        draft = drafts.begin(ladder, by=ana)
        document = draft.document
        document["rungs"][0]["milestone"]["criterion"] = {"event": "Connected", "at_least": 2}
        drafts.write(draft, document, by=ana, words="twice", place="rungs")
        ladder.publish(by=ana, at=clock - 35 * DAY)
    climbs(workspace, 30, 3, now=clock, ago=30 * DAY, after=DAY, first=100)
    found = numbers(workspace, ladder, clock)
    assert (found.lines["connect"].of, found.lines["connect"].pace.within.mature.count) == (30, 3)
    assert found.lines["invite"].of == 70


def test_there_are_no_numbers_where_nobody_can_have_begun(workspace, ladder, clock):
    with scope(workspace):
        ladder.archived_at = clock
        ladder.save()
    assert numbers(workspace, ladder, clock) is None


def test_other_workspaces_people_do_not_count(workspace, other_workspace, ladder, climbs, clock):
    climbs(other_workspace, 40, 40, now=clock, ago=30 * DAY, after=DAY)
    assert numbers(workspace, ladder, clock).people == 0


@pytest.mark.pure
@pytest.mark.parametrize(
    ("count", "of", "span", "side"),
    [
        (10, 100, Span(40, 60, 14), "below"),
        (95, 100, Span(40, 60, 14), "above"),
        (50, 100, Span(40, 60, 14), ""),
        (35, 100, Span(40, 60, 14), ""),  # may be chance
        (350, 1000, Span(40, 60, 14), "below"),  # hardly
        (0, 4, Span(90, 100, 14), ""),  # too few to tell of single people
        (0, 100, None, ""),
    ],
)
def test_a_drift_is_told_when_it_is_hardly_chance(count, of, span, side):
    assert drift(span, share(count, of)) == side


@pytest.mark.pure
@given(
    st.integers(5, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_a_share_inside_its_range_never_drifts(drawn, one, other):
    count, of = drawn
    span = Span(min(one, other), max(one, other), 14)
    side = drift(span, share(count, of))
    percent = 100 * count / of
    if span.low <= percent <= span.high:
        assert side == ""
    assert side in ("", "below" if percent < span.low else "above")


def test_a_range_is_proposed_that_fits_what_is_known(workspace, ladder, climbs, clock):
    climbs(workspace, 100, 50, now=clock, ago=30 * DAY, after=DAY)
    line = numbers(workspace, ladder, clock).lines["connect"]
    assert line.proposed == Span(40, 60, 14)
    assert drift(line.proposed, line.pace.within.mature) == ""


def test_nothing_is_proposed_from_too_few(workspace, ladder, climbs, clock):
    climbs(workspace, 29, 10, now=clock, ago=30 * DAY, after=DAY)
    assert numbers(workspace, ladder, clock).lines["connect"].proposed is None
