"""The SDKs for Node deliver everything once, whatever happens on the way. Versions: node/package-lock.json."""

import json

import pytest

from tests.onboarding.clients import scenario
from tests.onboarding.clients.conftest import HERE
from tests.onboarding.clients.faults import EVERY, Fault
from tests.onboarding.clients.runs import Run, assert_every_fault_happened, run_all

SEGMENT = ("segment", "rudder")
# Where the SDK can pack its requests.
PACKS = {"segment": {""}, "rudder": {"gzip"}, "posthog": {"gzip"}}
# An answer cut in the middle is an error that RudderStack's doesn't retry (its events are stored by then).
PLANS = {"rudder": [Fault.SLOW if fault is Fault.CUT else fault for fault in EVERY]}


@pytest.fixture(scope="module")
def runs(web_port, node_modules, django_db_blocker) -> dict[str, Run]:
    path = {"NODE_PATH": str(node_modules)}
    with django_db_blocker.unblock():
        return run_all(
            [
                Run(name, ["node", str(HERE / "node" / f"{name}.js")], PLANS.get(name, EVERY), environment=path)
                for name in PACKS
            ],
            web_port,
        )


@pytest.mark.parametrize("name", PACKS)
def test_everything_was_delivered_through_every_fault(name, runs):
    run = runs[name]
    assert run.failures == []
    assert run.rejections() == []
    assert_every_fault_happened(run.proxy)
    assert run.encodings() == PACKS[name]


@pytest.mark.parametrize("name", SEGMENT)
def test_segments_and_rudderstacks_are_in_the_log_once_as_they_were_meant(name, runs):
    run = runs[name]
    wanted = [scenario.expected(call) for call in scenario.calls()]
    # RudderStack's state the original time, so theirs are corrected by how long the request took.
    off = 60 if name == "rudder" else 0
    scenario.assert_all_there_once(run.logged(), wanted, began_at=run.began_at, seconds_off=off)


def test_posthogs_are_in_the_log_once_as_they_were_meant(runs):
    run = runs["posthog"]
    wanted = [scenario.expected_by_posthog(call, swapped=False) for call in scenario.calls()]
    scenario.assert_all_there_once(run.logged(), wanted, began_at=run.began_at, seconds_off=60)


def test_the_lock_file_names_no_registry():
    packages = json.loads((HERE / "node" / "package-lock.json").read_text())["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)
    assert not any("resolved" in package for package in packages.values())
