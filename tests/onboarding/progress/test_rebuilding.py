"""Whatever was damaged before it looked, and whatever came between looking and writing, a rebuild makes it right."""

import random
from datetime import timedelta

from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from onboarding.intake.log import append
from onboarding.progress import engine, recompute
from onboarding.progress.rebuild.rebuilding import Rebuilding
from tests.onboarding.progress.drawn import BY_ACCOUNT, CRITERIA, document, introduction, judging, saying
from tests.onboarding.progress.test_property import BASE, SENDERS, at_some_time, let_the_log_begin, logs
from tests.onboarding.progress.worlds import InTheDatabase
from tests.tiers import examples
from workspaces.scope import scope

# Of what lies before the log begins, what is kept is all that there is.
SOME = "workspace_id = %(workspace)s AND random() < 0.5"
SOMEBODY = "(SELECT id FROM people_person WHERE workspace_id = %(workspace)s ORDER BY random() LIMIT 1)"
LATE = "%(begins)s::timestamptz"
DAMAGE = [
    f"DELETE FROM progress_unlock WHERE {SOME}",
    f"DELETE FROM progress_completion WHERE {SOME}",
    f"DELETE FROM progress_activity WHERE {SOME} AND occurred_at >= {LATE}",
    f"DELETE FROM progress_traitvalue WHERE {SOME} AND said_at >= {LATE}",
    f"DELETE FROM intake_seen WHERE {SOME} AND {LATE} = '-infinity'",
    f"DELETE FROM progress_accountactivity WHERE {SOME}",
    f"DELETE FROM progress_accounttraitvalue WHERE {SOME} AND said_at >= {LATE}",
    f"DELETE FROM people_accountmembership WHERE {SOME} AND since >= {LATE}",
    f"UPDATE progress_completion SET ruling_id = NULL WHERE {SOME}",
    f"UPDATE progress_accountactivity SET occurred_at = occurred_at - interval '1 minute' WHERE {SOME}",
    f"UPDATE progress_accounttraitvalue SET value = '\"team\"' WHERE {SOME} AND said_at >= {LATE}",
    f"UPDATE progress_activity SET account_key = 'acme' WHERE {SOME} AND occurred_at >= {LATE}",
    f"UPDATE people_accountmembership SET since = since + interval '1 minute' WHERE {SOME} AND since >= {LATE}",
    f"UPDATE people_accountmembership SET traits = '{{}}', traits_at = '{{}}' WHERE {SOME} AND {LATE} = '-infinity'",
    f"INSERT INTO people_accountmembership (workspace_id, sender_id, account_id, since, traits, traits_at) "
    f"SELECT s.workspace_id, s.id, a.id, now(), '{{}}', '{{}}' FROM people_sender s JOIN people_account a "
    f"ON a.workspace_id = s.workspace_id WHERE s.{SOME} ON CONFLICT DO NOTHING",
    f"UPDATE progress_completion SET completed_at = completed_at - interval '1 minute' WHERE {SOME}",
    f"UPDATE progress_journey SET first_value_at = NULL, started_at = started_at - interval '1 minute' WHERE {SOME}",
    f"UPDATE progress_activity SET occurred_at = occurred_at + interval '1 minute' "
    f"WHERE {SOME} AND occurred_at >= {LATE}",
    f"UPDATE people_person SET email = 'x', first_seen_at = now() WHERE {SOME}",
    f"UPDATE people_sender SET linked_to = '', linked_at = NULL, linked_by = '' WHERE {SOME} AND linked_at >= {LATE}",
    f"UPDATE people_sender SET linked_to = 'u:1', linked_at = now(), linked_by = 'x' "
    f"WHERE {SOME} AND key <> 'u:1' AND coalesce(linked_at, now()) >= {LATE}",
    f"UPDATE people_sender SET traits = '{{}}', traits_at = '{{}}' WHERE {SOME} AND {LATE} = '-infinity'",
    f"UPDATE people_sender SET person_id = {SOMEBODY} WHERE {SOME}",
]


@settings(
    max_examples=examples(40),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(log=logs, seed=st.integers(0, 2**32 - 1))
def test_any_damage_is_made_good_whatever_comes_meanwhile(log, seed, make_workspace):
    rng = random.Random(seed)
    segments, values = rng.choice([["plan"], ["plan", "account.plan"]]), rng.choice([[], ["plan"]])
    workspace = make_workspace("Damaged", segments=segments, values=values)
    world = InTheDatabase(workspace)
    criteria = rng.choice([CRITERIA, BY_ACCOUNT, [one for one in CRITERIA if one not in BY_ACCOUNT]])
    ladder = document(rng, "first", criteria=rng.sample(criteria, k=3))
    if rng.random() < 0.7:
        ladder["role"]["rule"] = {"everyone": True}  # so that many climb it
    world.publish(ladder, at=BASE - timedelta(minutes=5), moves=False)
    log += [introduction(rng, user, at_some_time(rng)) for user in "12"]
    log += [saying(rng, rng.choice("12"), at_some_time(rng), f"n{number}") for number in range(rng.randrange(25))]
    for number, message in enumerate(log):
        message.message_id = f"m{number}"
    rng.shuffle(log)
    before = rng.randrange(len(log) + 1)
    append(workspace.pk, log[:before])
    engine.settle(workspace.pk)
    ruled = [world.rule(judging(rng, rng.choice(SENDERS), at_some_time(rng))) for _ in range(rng.randrange(4))]
    begins = None
    if rng.random() < 0.4:
        begins = at_some_time(rng)
        let_the_log_begin(workspace, begins, removed=rng.random() < 0.7)

    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [rng.random()])
        for statement in rng.sample(DAMAGE, k=rng.choice([1, 1, 2, 6])):
            cursor.execute(statement, {"workspace": workspace_id, "begins": begins or "-infinity"})
    with Rebuilding(workspace.pk) as rebuilding:
        found = rebuilding.look()
        append(workspace.pk, log[before:])
        engine.settle(workspace.pk)
        for _ in range(rng.randrange(3)):
            world.rule(judging(rng, rng.choice(SENDERS), at_some_time(rng)))
        if any(ruled) and rng.random() < 0.5:
            world.withdraw(rng.choice([one for one in ruled if one]))
        if found.total():
            with rebuilding.swapped():
                """Nothing besides."""

    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
    with Rebuilding(workspace.pk) as rebuilding:
        assert not +rebuilding.look()
