"""What happens by itself, and what is found when a call for it was lost."""

import pytest
from django.utils import timezone

from onboarding.features import tasks
from onboarding.features.models import Feature
from tests.onboarding.features.conftest import LADDER
from tests.onboarding.progress.scenes import event, publish, take
from tests.processes import celery_worker, wait_until
from workspaces.scope import scope


def known(workspace) -> list[str]:
    with scope(workspace):
        return list(Feature.objects.order_by("key").values_list("key", flat=True))


def test_what_a_publication_names_is_known_by_itself(workspace):
    with celery_worker():
        publish(workspace, LADDER)
        wait_until(lambda: known(workspace) == ["bulk-edit", "dashboards"], seconds=30, what="nothing was learnt")


def test_the_task_learns_of_its_own_workspace_alone(workspace, other_workspace):
    for one in (workspace, other_workspace):
        publish(one, LADDER)
    tasks.learn(workspace.pk)
    assert known(workspace) == ["bulk-edit", "dashboards"]
    assert known(other_workspace) == []


@pytest.mark.every_workspace
def test_the_sweeps_call_for_workspaces_in_which_anything_waits(workspace, other_workspace, ladder, monkeypatch):
    called = []
    monkeypatch.setattr(tasks, "call", lambda task, workspace_id: called.append((task, workspace_id)))
    now = timezone.now()
    take(workspace, event("Signed Up", now), event("Connected", now))
    tasks.sweep()
    ours = {workspace.pk, other_workspace.pk}
    assert {one for one in called if one[1] in ours} == {("features.tell", workspace.pk)}
    called.clear()
    tasks.learn_all()
    assert {("features.learn", pk) for pk in ours} <= set(called)
