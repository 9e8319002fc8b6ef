import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import NotComputable, RetentionMode, Returns, Share, pooled, retention, share

pytestmark = pytest.mark.pure

# One person: (whole periods watched, the periods in which they were active; the last may still run).
person = st.integers(0, 6).flatmap(lambda watched: st.tuples(st.just(watched), st.frozensets(st.integers(0, watched))))
people = st.lists(person, max_size=25)


def counted(people, mode):
    watched, active = {}, {}
    for periods, days in people:
        watched[periods] = watched.get(periods, 0) + 1
        told = days if mode is RetentionMode.ON else [max(days)] if days else []
        for day in told:
            active[periods, day] = active.get((periods, day), 0) + 1
    return Returns(watched, active)


def row_of(people, mode, periods=range(7)):
    return retention(counted(people, mode), periods, mode=mode)


def test_a_cohort_by_hand_on_each_period():
    # Three watched for 3 weeks, one for 1: active in weeks 0 and 2, in 0 only, in 0, 1 and 2; the newest in 0 and 1.
    cohort = [(3, {0, 2}), (3, {0}), (3, {0, 1, 2}), (1, {0, 1})]
    on = row_of(cohort, RetentionMode.ON, range(4))
    assert [(cell.mature, cell.immature, cell.complete) for cell in on] == [
        (4, 0, True),
        (3, 1, False),
        (3, 1, False),
        (0, 4, False),
    ]
    assert [cell.share for cell in on[:3]] == [share(4, 4), share(1, 3), share(2, 3)]
    assert isinstance(on[3].share, NotComputable)
    after = row_of(cohort, RetentionMode.ON_OR_AFTER, range(3))
    assert [cell.share for cell in after] == [share(4, 4), share(2, 3), share(2, 3)]


def test_whoever_comes_back_in_a_period_that_still_runs_is_not_counted_for_it():
    (cell,) = row_of([(1, {1}), (1, {1})], RetentionMode.ON, [1])
    assert (cell.mature, isinstance(cell.share, NotComputable)) == (0, True)
    # They have come back after their period 0, though.
    (cell,) = row_of([(1, {1}), (1, set())], RetentionMode.ON_OR_AFTER, [0])
    assert cell.share == share(1, 2)


def test_the_pooled_curve_rests_on_the_mature_of_every_cohort():
    old, new = [(3, {0, 1, 2})] * 4, [(1, {0})] * 6
    first, second, third = pooled([row_of(old, RetentionMode.ON, range(3)), row_of(new, RetentionMode.ON, range(3))])
    assert (first.share, first.mature) == (share(10, 10), 10)
    assert (second.share, second.immature, second.complete) == (share(4, 4), 6, False)
    assert third.share == share(4, 4)


def test_periods_before_the_beginning_are_refused():
    with pytest.raises(ValueError, match="count from 0"):
        row_of([(1, {0})], RetentionMode.ON, [-1])


@given(people, st.sampled_from(RetentionMode))
def test_every_cell_counts_the_people_themselves(people, mode):
    for cell in row_of(people, mode):
        mature = [days for watched, days in people if watched >= cell.period + 1]
        later = mode is RetentionMode.ON_OR_AFTER
        back = [days for days in mature if cell.period in days or (later and max(days, default=-1) > cell.period)]
        assert (cell.people, cell.mature) == (len(people), len(mature))
        if mature:
            assert cell.share == share(len(back), len(mature))
        else:
            assert isinstance(cell.share, NotComputable)


@given(people, people, st.sampled_from(RetentionMode))
def test_cohorts_add_up(first, second, mode):
    assert pooled([row_of(first, mode), row_of(second, mode)]) == row_of([*first, *second], mode)


@given(people)
def test_on_or_after_never_rises_among_the_same_people_and_is_never_below_on(people):
    same = [(6, days) for _, days in people]
    on, after = row_of(same, RetentionMode.ON, range(6)), row_of(same, RetentionMode.ON_OR_AFTER, range(6))
    shares = [cell.share.count for cell in after if isinstance(cell.share, Share)]
    assert shares == sorted(shares, reverse=True)
    for one, other in zip(on, after, strict=True):
        if isinstance(one.share, Share):
            assert one.share.count <= other.share.count
