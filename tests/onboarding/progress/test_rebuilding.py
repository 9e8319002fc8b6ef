"""Whatever was damaged before it looked, and whatever came between looking and writing, a rebuild makes it right."""

import random
from datetime import datetime, timedelta

from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from onboarding.intake.log import append
from onboarding.progress import engine, recompute
from onboarding.progress.rebuild.rebuilding import Rebuilding
from tests.onboarding.progress.drawn import document, introduction, saying
from tests.onboarding.progress.test_property import BASE, logs
from tests.onboarding.progress.worlds import InTheDatabase
from workspaces.scope import scope

SOME = "workspace_id = %(workspace)s AND random() < 0.5"
SOMEBODY = "(SELECT id FROM people_person WHERE workspace_id = %(workspace)s ORDER BY random() LIMIT 1)"
DAMAGE = [
    f"DELETE FROM progress_unlock WHERE {SOME}",
    f"DELETE FROM progress_completion WHERE {SOME}",
    f"DELETE FROM progress_activity WHERE {SOME}",
    f"DELETE FROM progress_traitvalue WHERE {SOME}",
    f"DELETE FROM intake_seen WHERE {SOME}",
    f"UPDATE progress_completion SET completed_at = completed_at - interval '1 minute' WHERE {SOME}",
    f"UPDATE progress_journey SET first_value_at = NULL, started_at = started_at - interval '1 minute' WHERE {SOME}",
    f"UPDATE progress_activity SET occurred_at = occurred_at + interval '1 minute' WHERE {SOME}",
    f"UPDATE people_person SET email = 'x', first_seen_at = now() WHERE {SOME}",
    f"UPDATE people_sender SET linked_to = '', linked_at = NULL, linked_by = '' WHERE {SOME}",
    f"UPDATE people_sender SET traits = '{{}}', traits_at = '{{}}' WHERE {SOME}",
    f"UPDATE people_sender SET person_id = {SOMEBODY} WHERE {SOME}",
]


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(log=logs, seed=st.integers(0, 2**32 - 1))
def test_any_damage_is_made_good_whatever_comes_meanwhile(log, seed, make_workspace):
    rng = random.Random(seed)
    workspace = make_workspace("Damaged", segments=["plan"])
    world = InTheDatabase(workspace)
    world.publish(document(rng, "first"), at=BASE - timedelta(minutes=5), moves=False)
    log += [introduction(rng, user, at_some_time(rng)) for user in "12"]
    log += [saying(rng, rng.choice("12"), at_some_time(rng), f"n{number}") for number in range(rng.randrange(25))]
    for number, message in enumerate(log):
        message.message_id = f"m{number}"
    rng.shuffle(log)
    before = rng.randrange(len(log) + 1)
    append(workspace.pk, log[:before])
    engine.settle(workspace.pk)

    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [rng.random()])
        for statement in rng.sample(DAMAGE, k=rng.randint(1, 5)):
            cursor.execute(statement, {"workspace": workspace_id})
    with Rebuilding(workspace.pk) as rebuilding:
        found = rebuilding.look()
        append(workspace.pk, log[before:])
        engine.settle(workspace.pk)
        if found.total():
            with rebuilding.swapped():
                """Nothing besides."""

    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
    with Rebuilding(workspace.pk) as rebuilding:
        assert rebuilding.look().total() == 0


def at_some_time(rng: random.Random) -> datetime:
    return BASE + timedelta(minutes=rng.randrange(300), microseconds=rng.randrange(3))
