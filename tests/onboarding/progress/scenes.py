"""What scenes are made of: a small ladder, messages of named people, and what has become of them."""

from collections import Counter

from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.progress import engine, recompute
from onboarding.progress.assign import canonical
from onboarding.progress.cells import Cell, cells_of
from onboarding.progress.models import Completion, CubeDelta
from workspaces.scope import scope

LADDER = """
ladder:
  key: start
  name: Start
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  title: Start
  value_proposition: Value.
  done_looks_like: Done.
  start: {event: Signed Up}
  rungs:
    - milestone: {key: connect, name: Connect, purpose: Connect., unlock: dashboards, criterion: {event: Connected}}
      phase: quick wins
    - milestone: {key: report, name: Report, purpose: Report., criterion: {event: Reported, at_least: 2}}
      phase: core
      first_value: true
"""


def publish(workspace, text: str = LADDER, *, at=None, moves=False):
    with scope(workspace):
        ladder = import_ladder(load(text), by=None).ladder
        return ladder.publish(by=None, at=at or timezone.now(), moves=moves)


def event(name, at, user="gil", **fields):
    fields = {"type": "track", "event": name, "message_id": f"{user}-{name}-{at.isoformat()}", **fields}
    return Message(sender=f"u:{user}", client_at=at, occurred_at=at, **fields)


def identify(at, user="gil", **traits):
    return event("", at, user, type="identify", traits=traits, message_id=f"{user}-i-{at.isoformat()}")


def take(workspace, *messages):
    append(workspace.pk, list(messages))
    return engine.settle(workspace.pk)


def reached(workspace, user="gil") -> dict:
    with scope(workspace):
        found = Completion.objects.filter(journey__person__external_id=user)
        return dict(found.values_list("rung_key", "completed_at"))


def assert_counts_follow_from_the_log(workspace):
    """The sum of all count changes is what the raw log makes, and nothing else differs from it."""
    workspace.refresh_from_db()
    with scope(workspace):
        plan = engine.plan_of(workspace.pk)
        assert list(recompute.differences(plan)) == []
        expected = Counter(cell for state in recompute.journeys(plan) for cell in cells_of(state, plan.zone))
        kept = Counter()
        for delta in CubeDelta.objects.values_list(*Cell._fields, "n"):
            version, measure, rung, segment, *rest, n = delta
            kept[Cell(version, measure, rung, canonical(segment), *rest)] += n
    assert {cell: n for cell, n in kept.items() if n} == dict(expected)
