"""What accounts, rulings, retention and clocks make of one another."""

from datetime import UTC, timedelta

from django.utils import timezone

from milestones.ladders.models import Ladder
from onboarding.intake.log import append
from onboarding.people.models import Person
from onboarding.progress import engine, recompute, retention, rule
from onboarding.progress.foresee import foresee
from onboarding.progress.models import Journey
from tests.onboarding.progress.scenes import event, publish, reached, take
from tests.onboarding.progress.test_accounts import LADDER
from workspaces.scope import scope

DAY = timedelta(days=1)


def group(at, user, account, **traits):
    return event("", at, user, type="group", group_id=account, traits=traits, message_id=f"{user}-g-{at.isoformat()}")


def test_a_trait_that_is_said_again_after_a_revocation_counts_again(make_workspace, ana, clock, monkeypatch):
    w = ana.workspace
    publish(w, LADDER, at=clock - 9 * DAY)
    take(w, event("Signed Up", clock - 3 * DAY, "gil"), group(clock - 3 * DAY, "gil", "acme"))
    take(w, group(clock - 2 * DAY, "gil", "acme", plan="enterprise"))
    assert "plan" in reached(w)
    now = [clock]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    with scope(w):
        rule.revoke(Person.objects.get(external_id="gil").pk, Ladder.objects.get(), "plan", by=ana, reason="no no")
    assert "plan" not in reached(w)
    now[0] = clock + DAY
    append(w.pk, [group(clock + timedelta(hours=2), "gil", "acme", plan="enterprise")], received_at=clock + DAY)
    engine.settle(w.pk)
    with scope(w):
        d = list(recompute.differences(engine.plan_of(w.pk)))
    assert d == []


def test_what_a_revocation_would_take_is_foreseen_for_steps_of_the_account_too(ana, clock, monkeypatch):
    w = ana.workspace
    publish(w, LADDER, at=clock - 9 * DAY)
    take(w, event("Signed Up", clock - 3 * DAY, "gil"), group(clock - 3 * DAY, "gil", "acme"))
    take(w, event("Connected", clock - 2 * DAY, "gil"), event("Invited", clock - DAY, "gil"))
    assert {"connect", "after"} <= set(reached(w))
    monkeypatch.setattr(timezone, "now", lambda: clock)
    with scope(w):
        j = Journey.objects.select_related("person", "ladder").get()
        f = foresee(j, "connect", "revoked", now=clock)
        rule.revoke(j.person.pk, Ladder.objects.get(), "connect", by=ana, reason="no no")
    assert "after" in f.lost


def test_what_a_clock_ahead_stamped_at_the_turn_of_a_month_counts_once_after_retention(make_workspace):
    from datetime import datetime as D

    NOW = D(2013, 2, 15, 12, tzinfo=UTC)
    CUT = D(2012, 2, 1, tzinfo=UTC)
    w = make_workspace("Skew")
    publish(w, LADDER, at=CUT - 60 * DAY)
    s = CUT - 20 * DAY
    m = event("Reported", CUT - timedelta(minutes=3), "gil")
    m.client_at = CUT + timedelta(minutes=3)
    take(w, event("Signed Up", s, "gil"), group(s, "gil", "acme"), m)
    w.keep_events_months = 12
    w.save()
    assert retention.let_go(w.pk, now=NOW)
    with scope(w):
        d = list(recompute.differences(engine.plan_of(w.pk)))
    assert d == []


def test_a_secret_key_says_when_it_was_last_used(client, make_workspace, db):
    from workspaces.keys.models import ApiKey

    w = make_workspace("Keys")
    key, token = ApiKey.issue(w, kind="secret", name="x")
    r = client.get("/api/v1/events", headers={"Authorization": f"Bearer {token}"})
    assert r.status_code == 200
    key.refresh_from_db()
    assert key.last_used_at is not None
