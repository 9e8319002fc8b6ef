"""Every task, command and cache has a verdict on what keeps one workspace's work apart. A new one fails here."""

import argparse
import ast
import inspect
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from config.celery import app

ROOT = Path(__file__).resolve().parents[2]
STOREYS = ("workspaces", "milestones", "onboarding", "analytics", "config")

# Tasks of one workspace take its id, and little beside it, which is looked up in its scope; those of the installation
# say why they take none.
BESIDE = {"digest", "kind", "pk", "mark", "kept_s"}
TASKS_OF_A_WORKSPACE = {
    "cubes.fold",
    "features.learn",
    "features.tell",
    "intake.import",
    "ladders.let_go",
    "ladders.tell_reviewers",
    "progress.advance",
    "progress.expire",
    "progress.rehearse",
    "privacy.delete",
    "privacy.work",
    "reports.work",
    "reports.write",
    "review.check",
    "review.print",
    "team.send_invitations",
    "usage.advance",
    "webhooks.deliver",
    "webhooks.tell_owners",
}
EACH_IN_TURN = "enters each workspace's scope, one after the other"
TASKS_OF_THE_INSTALLATION = {
    "accounts.check_domains": "domains stand outside of the wall; each is noted in its workspace's scope",
    "accounts.read_metadata_again": "providers stand outside of the wall; changes are noted in each scope",
    "accounts.forget": "log-ins and their sessions, which belong to no workspace",
    "api.forget": EACH_IN_TURN,
    "keys.look_for_makers": "keys stand outside of the wall; each is told of to its own workspace's owners",
    "keys.tell_of_ends": "keys stand outside of the wall; each is told of to its own workspace's owners",
    "privacy.forget_the_inactive": EACH_IN_TURN,
    "privacy.sweep": EACH_IN_TURN,
    "privacy.sweep_deletions": "deletions outlive their workspaces; rows go in each one's scope",
    "audit.purge": EACH_IN_TURN,
    "config.heartbeat": "says that clock, queue and workers work; touches nothing of anybody's",
    "cubes.bind": EACH_IN_TURN,
    "cubes.sweep": EACH_IN_TURN,
    "debugger.forget": EACH_IN_TURN,
    "features.learn_all": EACH_IN_TURN,
    "features.sweep": EACH_IN_TURN,
    "intake.collect_files": "a file's workspace is the folder that it lies in",
    "intake.make_partitions": "makes months of the event log, which are empty",
    "intake.sweep_imports": EACH_IN_TURN,
    "intake.tidy_imports": EACH_IN_TURN,
    "ladders.publish_due": EACH_IN_TURN,
    "ladders.tell_all_reviewers": EACH_IN_TURN,
    "playbook.remind": EACH_IN_TURN,
    "progress.retain": EACH_IN_TURN,
    "progress.sweep": EACH_IN_TURN,
    "reports.forget": EACH_IN_TURN,
    "reports.sweep": EACH_IN_TURN,
    "review.sweep": EACH_IN_TURN,
    "team.forget_invitations": EACH_IN_TURN,
    "team.send_all_invitations": EACH_IN_TURN,
    "usage.sweep": EACH_IN_TURN,
    "webhooks.purge": EACH_IN_TURN,
    "webhooks.sweep": EACH_IN_TURN,
    "webhooks.tell_all_owners": EACH_IN_TURN,
}

COMMANDS_OF_A_WORKSPACE = {
    "erase_person",
    "import_events",
    "ladders",
    "limit_events",
    "metrics",
    "playbook",
    "rebuild",
    "verify",
    "widget",
}
COMMANDS_OF_THE_INSTALLATION = {
    "openapi": "writes down what the API is; reads nothing of anybody's",
    "operator": "looks at workspaces from outside, and notes it",
    "reseal": EACH_IN_TURN,
    "restored": "after a dump was restored, of all workspaces",
    "migrate": "the tables of all, as their owner",
    "seed_demo": "makes workspaces of its own",
}

# Modules that keep something in Redis or Django's cache: what stands in the key.
CACHES = {
    "workspaces/scope/wakes.py": "the workspace's id, of a call that waits",
    "onboarding/intake/rate.py": "the workspace's id, or the address that asks",
    "onboarding/widget/arrivals.py": "the workspace's id",
    "analytics/cubes/tasks.py": "the workspace's id",
    "analytics/reports/soon.py": "the workspace's id",
    "analytics/review/printing.py": "the workspace's id",
    "analytics/dashboards/charts/draw.py": "the workspace's id",
    "workspaces/api/limits.py": "the workspace's id",
    "config/cache.py": "the cache itself",
    "config/gauges.py": "nothing of anybody's: how long the queue is",
    "config/health.py": "nothing of anybody's: whether Redis answers",
    "config/heartbeat.py": "nothing of anybody's: when workers and clock were there last",
}


def test_every_task_has_a_verdict():
    app.loader.import_default_modules()
    known = {name for name in app.tasks if not name.startswith("celery.")}
    assert known == TASKS_OF_A_WORKSPACE | set(TASKS_OF_THE_INSTALLATION)


@pytest.mark.parametrize("name", sorted(TASKS_OF_A_WORKSPACE))
def test_a_task_of_a_workspace_is_told_which(name):
    app.loader.import_default_modules()
    parameters = list(inspect.signature(app.tasks[name].run).parameters)
    assert "workspace_id" in parameters
    assert set(parameters) <= {"workspace_id", *BESIDE}


def test_every_command_has_a_verdict():
    packages = {name: str(package) for name, package in get_commands().items()}
    ours = {name for name, package in packages.items() if package.partition(".")[0] in STOREYS}
    assert ours == COMMANDS_OF_A_WORKSPACE | set(COMMANDS_OF_THE_INSTALLATION)


@pytest.mark.parametrize("name", sorted(COMMANDS_OF_A_WORKSPACE))
def test_a_command_of_a_workspace_asks_which(name):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    verbs = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    asking = [verb for choices in verbs for verb in choices.values()] or [parser]
    assert all("--workspace" in one.format_help() for one in asking)


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.pure
def test_everything_that_caches_has_a_verdict():
    caching = {
        str(path.relative_to(ROOT))
        for storey in STOREYS
        for path in (ROOT / storey).rglob("*.py")
        if any(name == "redis" or name.startswith("django.core.cache") for name in imported(path))
    }
    assert caching == set(CACHES)


def test_what_is_cached_for_one_workspace_is_not_found_by_another(workspace, other_workspace):
    """The same digest in two workspaces is two entries."""
    from analytics.dashboards.charts import draw
    from analytics.review import printing
    from onboarding.widget import arrivals
    from workspaces.scope import wakes

    for key in (
        lambda pk: draw._svg_key(pk, "d"),
        lambda pk: draw._spec_key(pk, "d"),
        lambda pk: printing._key("pdf", pk, "d"),
        lambda pk: wakes._mark("task", pk),
        lambda pk: arrivals._keys(pk, admitted=True),
    ):
        assert key(workspace.pk) != key(other_workspace.pk)
