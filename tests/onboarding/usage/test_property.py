"""Whatever order messages come in, however they are batched and repeated, whoever turns out to be whom, and whatever is
declared meanwhile: what is counted of use equals a plain count over the whole log.
"""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.library.conditions import to_data
from milestones.library.criteria import parse
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.progress import engine
from onboarding.progress.models import Journey
from onboarding.usage import projection, rebuild, recompute
from onboarding.usage.cells import MOST_REPEATS, WINDOWS
from onboarding.usage.models import FeatureUse, KeyEvent, UsageCell, UsageDay
from onboarding.usage.periods import LAST, Grain
from onboarding.usage.plan import plan_of
from tests.onboarding.progress.drawn import document
from tests.onboarding.progress.worlds import InTheDatabase
from tests.onboarding.usage import naive
from tests.tiers import examples
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

BASE = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
LONG = 80 * 24 * 60  # minutes
ZONES = ["UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"]
KEY_EVENTS = [
    {"event": "Reported"},
    {"event": "Connected"},
    {"event": "Invited", "where": [{"property": "kind", "equals": "team"}]},
    {"event": "Home"},
]
SENDERS = ["u:1", "u:1", "u:2", "u:2", "u:3", "a:x", "a:y"]


def a_time(rng: random.Random) -> datetime:
    minute = rng.choice([rng.randrange(LONG), rng.randrange(3 * 24 * 60), rng.randrange(200)])
    return BASE + timedelta(minutes=minute, microseconds=rng.randrange(3))


def a_message(rng: random.Random, number: int) -> Message:
    kind = rng.choice(["track"] * 8 + ["page", "screen", "identify", "alias"])
    sender, at = rng.choice(SENDERS), a_time(rng)
    message = Message(kind, f"m{number}", sender=sender, client_at=at, occurred_at=at)
    if sender.startswith("u:") and rng.random() < 0.1:
        message.anonymous_id = rng.choice("xy")
    if kind == "track":
        message.event = rng.choice(["Signed Up", "Signed Up", "Connected", "Reported", "Reported", "Invited", "Other"])
        message.properties = {"kind": rng.choice(["team", "guest"])}
    elif kind in ("page", "screen"):
        message.event = rng.choice(["Home", ""])
    elif kind == "identify":
        message.traits = {"plan": rng.choice(["free", "pro"])}
    else:
        message.sender, message.previous_id = "u:2", rng.choice(["1", "2", "3", "x", "y"])
    return message


def a_ladder(rng: random.Random) -> dict:
    ladder = document(rng, "first", criteria=[{"event": "Connected"}, {"event": "Reported"}, {"event": "Invited"}])
    ladder["role"]["rule"] = {"everyone": True}
    return ladder


def something_else(rng: random.Random, workspace) -> None:
    """What members change: key workflows, what a feature's use is, the time zone."""
    with scope(workspace):
        what = rng.choice(["declare", "declare", "change", "archive", "use", "use", "zone"])
        events = list(KeyEvent.objects.all())
        if what == "declare" or not events:
            criterion = to_data(parse(rng.choice(KEY_EVENTS)))
            KeyEvent.objects.create(key=f"k{len(events)}", name=f"Key {len(events)}", criterion=criterion)
        elif what == "change":
            event = rng.choice(events)
            event.criterion = to_data(parse(rng.choice(KEY_EVENTS)))
            event.save()
        elif what == "archive":
            event = rng.choice(events)
            event.restore() if event.archived_at else event.archive()
        elif what == "use":
            feature = rng.choice(["f-connect", "f-invite", "f-report", "f-grow", "exports", "dashboards"])
            FeatureUse.objects.update_or_create(feature=feature, defaults={"key_event": rng.choice(events)})
        else:
            Workspace.objects.filter(pk=workspace.pk).update(time_zone=rng.choice(ZONES))


def settle(workspace) -> None:
    engine.settle(workspace.pk)
    projection.advance(workspace.pk)


def begun(workspace) -> list[naive.Begun]:
    with scope(workspace):
        return [
            naive.Begun(
                frozenset(journey.person.senders.values_list("key", flat=True)),
                journey.began_version_id,
                journey.started_at,
                journey.cohort_on,
                {
                    feature: min(u.unlocked_at for u in journey.unlocks.all() if u.feature == feature)
                    for feature in {u.feature for u in journey.unlocks.all()}
                },
            )
            for journey in Journey.objects.select_related("person").prefetch_related("unlocks")
        ]


def counted(workspace) -> dict:
    """The cells without segments: (measure, subject, cohort day) → {(p, q): n}."""
    found: dict = {}
    with scope(workspace):
        for cell in UsageCell.objects.all():
            cells = found.setdefault((cell.measure, cell.subject, cell.cohort_on), {})
            cells[cell.p, cell.q] = cells.get((cell.p, cell.q), 0) + cell.n
    return found


def assert_counted_as_a_plain_count(workspace, log) -> None:
    with scope(workspace):
        plan = plan_of(workspace.pk)
    people, cells, zone = begun(workspace), counted(workspace), plan.zone
    cohorts = {one.cohort_on for one in people}
    signals = {None: "any", **{plan.tracked[signal]: signal for signal in plan.counted - {"any"}}}
    used = {
        (place, signal): naive.days(log, one, condition, zone)
        for place, one in enumerate(people)
        for condition, signal in signals.items()
    }
    for cohort in cohorts:
        own = [place for place, one in enumerate(people) if one.cohort_on == cohort]
        assert cells["began", "", cohort] == {(0, 0): len(own)}
        for signal in signals.values():
            for grain in Grain if signal == "any" else [Grain.WEEK]:
                periods = [{naive.period(grain.value, cohort, day) for day in used[place, signal]} for place in own]
                found = cells.get((grain.value, signal, cohort), {})
                for number in range(LAST[grain] + 1):
                    on = sum(number in active for active in periods)
                    after = sum(any(one >= number for one in active) for active in periods)
                    assert on == sum(n for (p, _), n in found.items() if p == number)
                    assert after == sum(n for (p, q), n in found.items() if q < number <= p)
        for window in WINDOWS:
            last = cohort + timedelta(days=window - 1)
            active = [sum(day <= last for day in used[place, "any"]) for place in own]
            found = cells.get(("active_days", "any", cohort), {})
            assert {q: n for (p, q), n in found.items() if p == window} == histogram(active)
            different = [
                sum(any(day <= last for day in used[place, signal]) for signal in plan.counted - {"any"})
                for place in own
            ]
            found = cells.get(("key_events", "", cohort), {})
            assert {q: n for (p, q), n in found.items() if p == window} == histogram(different)
    for signal in plan.counted - {"any"}:
        firsts = [min(used[place, signal]) for place in range(len(people)) if used[place, signal]]
        for first in set(firsts):
            found = cells["repeat", signal, first]
            assert found[0, 0] == firsts.count(first)
            for window in WINDOWS:
                times = [
                    min(sum(day < first + timedelta(days=window) for day in used[place, signal]), MOST_REPEATS)
                    for place in range(len(people))
                    if used[place, signal] and min(used[place, signal]) == first
                ]
                assert {q: n for (p, q), n in found.items() if p == window} == histogram(times)
    for feature, signal in plan.used_when.items():
        came: dict = {}
        for one in people:
            if feature in one.unlocked:
                day = one.unlocked[feature].astimezone(zone).date()
                came.setdefault(day, []).append(naive.used_after(log, one, feature, plan.tracked[signal], zone))
        assert {day: n for (m, f, day), n in cells.items() if (m, f) == ("unlocked", feature)} == {
            day: {(0, 0): len(after)} for day, after in came.items()
        }
        for day, after in came.items():
            found = cells.get(("adopted", feature, day), {})
            assert {p: n for (p, _), n in found.items()} == histogram([a for a in after if a is not None], zero=True)


def histogram(numbers: list[int], *, zero: bool = False) -> dict[int, int]:
    return {number: numbers.count(number) for number in set(numbers) if number or zero}


def assert_nothing_differs(workspace) -> None:
    with scope(workspace):
        assert list(recompute.differences(plan_of(workspace.pk))) == []
    assert not rebuild.rebuild(workspace.pk)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_any_order_batching_repeating_and_declaring_equals_a_plain_count(seed, make_workspace):
    rng = random.Random(seed)
    workspace = make_workspace("Usage", segments=["plan"])
    world = InTheDatabase(workspace)
    log = [a_message(rng, number) for number in range(rng.randint(5, 50))]
    deliveries = [[message] for message in log] + [[message] for message in rng.choices(log, k=len(log) // 3)]
    rng.shuffle(deliveries)
    batch = rng.choice([1, 3, 10_000])
    publications = [BASE - timedelta(days=1), *sorted(a_time(rng) + timedelta(seconds=n) for n in range(90))][::-1]
    for delivery in deliveries:
        if rng.random() < 0.03:
            world.publish(a_ladder(rng), at=publications.pop(), moves=rng.random() < 0.5)
        if rng.random() < 0.2:
            something_else(rng, workspace)
        append(workspace.pk, delivery)
        if rng.random() < 0.3:
            engine.advance(workspace.pk, batch=batch)
        if rng.random() < 0.3:
            projection.advance(workspace.pk, batch=batch)
    world.publish(a_ladder(rng), at=publications.pop(), moves=rng.random() < 0.5)
    settle(workspace)
    assert_counted_as_a_plain_count(workspace, log)
    assert_nothing_differs(workspace)
    let_the_log_begin(workspace, a_time(rng), removed=rng.random() < 0.7)
    assert_nothing_differs(workspace)
    # Another zone, when the log is gone: days are made of what is kept, and are the same days.
    Workspace.objects.filter(pk=workspace.pk).update(time_zone=rng.choice(ZONES))
    settle(workspace)
    with scope(workspace):
        senders = dict(UsageDay.objects.filter(signal="any").values_list("sender_id", "day_on"))
        assert senders or not any(message.type in naive.DOING for message in log)
    assert_nothing_differs(workspace)


def let_the_log_begin(workspace, at: datetime, *, removed: bool) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(log_begins_at=at)
    if removed:
        with scope(workspace) as workspace_id, connections["owner"].cursor() as owner:
            owner.execute("SELECT set_config('app.workspace_id', %s, false)", [str(workspace_id)])
            owner.execute(
                "DELETE FROM intake_event WHERE workspace_id = %s AND greatest(client_at, occurred_at) < %s",
                [workspace_id, at],
            )


def test_days_in_another_zone_are_the_same_with_and_without_the_log(make_workspace):
    """Of every day the first and the last moment are kept, and a day overlaps two of another zone."""
    rng = random.Random(7)
    whole, gone = make_workspace("Whole"), make_workspace("Gone")
    log = [a_message(rng, number) for number in range(300)]
    found = []
    for workspace in (whole, gone):
        append(workspace.pk, log)
        settle(workspace)
        if workspace is gone:
            let_the_log_begin(workspace, BASE + timedelta(days=90), removed=True)
        Workspace.objects.filter(pk=workspace.pk).update(time_zone="Pacific/Auckland")
        workspace.refresh_from_db()
        assert workspace.zone == ZoneInfo("Pacific/Auckland")
        settle(workspace)
        with scope(workspace):
            found.append(sorted(UsageDay.objects.filter(signal="any").values_list("day_on", flat=True)))
    assert found[0] == found[1]
    assert len(set(found[0])) > 10
