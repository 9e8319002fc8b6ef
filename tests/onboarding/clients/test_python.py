"""The SDKs for Python deliver everything once, whatever happens on the way."""

import sys

import pytest

from tests.onboarding.clients import scenario
from tests.onboarding.clients.conftest import HERE
from tests.onboarding.clients.runs import Run, assert_every_fault_happened, run_all

SEGMENT = ("segment_python", "rudder_python")
POSTHOG = ("posthog_python", "posthog_python_v1")


@pytest.fixture(scope="module")
def runs(web_port, django_db_blocker) -> dict[str, Run]:
    def run(name: str, script: str = "", **order) -> Run:
        return Run(name, [sys.executable, str(HERE / f"{script or name}.py")], order=order)

    with django_db_blocker.unblock():
        return run_all(
            [
                *(run(name) for name in SEGMENT),
                run("posthog_python", mode="v0"),
                run("posthog_python_v1", "posthog_python", mode="v1"),
            ],
            web_port,
        )


@pytest.mark.parametrize("name", [*SEGMENT, *POSTHOG])
def test_everything_was_delivered_through_every_fault(name, runs):
    run = runs[name]
    assert run.failures == []
    assert run.rejections() == []
    assert_every_fault_happened(run.proxy)
    assert run.encodings() == {"gzip"}


@pytest.mark.parametrize("name", SEGMENT)
def test_segments_and_rudderstacks_are_in_the_log_once_as_they_were_meant(name, runs):
    run = runs[name]
    wanted = [scenario.expected(call) for call in scenario.calls()]
    scenario.assert_all_there_once(run.logged(), wanted, began_at=run.began_at)


@pytest.mark.parametrize("name", POSTHOG)
def test_posthogs_are_in_the_log_once_as_they_were_meant(name, runs):
    run = runs[name]
    wanted = [scenario.expected_by_posthog(call, swapped=True) for call in scenario.calls()]
    # PostHog's times are corrected by how long the request took.
    scenario.assert_all_there_once(run.logged(), wanted, began_at=run.began_at, seconds_off=60)
