from datetime import timedelta

import pytest

from workspaces.webhooks.retries import GIVEN_UP_AFTER, PAUSES, pause_after, rest_after

pytestmark = pytest.mark.pure


def test_retries_go_on_for_a_little_more_than_three_days_and_then_end():
    least = sum((pause_after(n, 0.0) for n in range(1, len(PAUSES) + 1)), timedelta())
    most = sum((pause_after(n, 1.0) for n in range(1, len(PAUSES) + 1)), timedelta())
    assert GIVEN_UP_AFTER < least < most < timedelta(days=4)
    assert pause_after(1, 0.0) == timedelta(seconds=5)
    assert pause_after(len(PAUSES) + 1, 0.0) is None


def test_an_endpoint_that_fails_rests_longer_each_time_up_to_five_minutes():
    rests = [rest_after(failures).total_seconds() for failures in (1, 2, 3, 6, 7, 1000)]
    assert rests == [5, 10, 20, 160, 300, 300]
