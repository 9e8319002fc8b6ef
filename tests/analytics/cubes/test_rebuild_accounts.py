"""A rebuild where what accounts do and are counts for everybody in them, and where members rule on steps."""

import pytest

from analytics.cubes.rebuild import rebuild
from analytics.cubes.strays import correct, strays
from analytics.cubes.verify import differences
from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.progress.models import AccountActivity, AccountTraitValue, Activity, Completion, Journey, Ruling
from onboarding.progress.rebuild.rebuilding import OF_ACCOUNTS, Rebuilding
from tests.analytics.conftest import LADDER
from tests.analytics.cubes.test_rebuild import DAY, HOUR, belong, contents, folded, reached, sql
from tests.analytics.events import climb, identify, send, track
from tests.onboarding.progress.drawn import Judging
from tests.onboarding.progress.worlds import InTheDatabase
from workspaces.scope import scope

BY_ACCOUNT = (
    LADDER.read_text().replace("{event: Connected}", "{event: Connected, by: account}")
    + """
    - milestone: {key: plan, name: Plan, purpose: P., criterion: {trait: plan, equals: big, by: account}}
      phase: core
    - milestone: {key: twice, name: Twice, purpose: T., criterion: {event: Reported, at_least: 2, by: account}}
      phase: core
"""
)


def rule(workspace, user, rung, verdict, at):
    until = at if verdict == "revoked" else None
    return InTheDatabase(workspace).rule(Judging(f"u:{user}", "admin", rung, verdict, at, until))


def of_account(message, account):
    message.group_id = account
    return message


@pytest.fixture
def crew(make_workspace, publish, clock):
    """Gil, Hal and Ida in Acme, Joe in Bolt, Hal in both; what they do and are counts for each other."""
    start = clock - 9 * DAY
    places = [make_workspace(name, segments=["plan", "account.plan"]) for name in ("Crew", "Gang")]
    for place in places:
        publish(place, BY_ACCOUNT, at=start - DAY)
        send(
            place,
            [
                *climb("gil", start, plan="pro", invite=HOUR, report=2 * HOUR),
                *climb("hal", start + DAY, report=HOUR),
                *climb("ida", start + DAY),
                *climb("joe", start + 2 * DAY),
                belong("gil", "acme", start, plan="small", name="Acme"),
                belong("hal", "acme", start + DAY),
                belong("hal", "bolt", start + DAY),
                belong("ida", "acme", start + DAY),
                belong("joe", "bolt", start + 2 * DAY, plan="big"),
                belong("ida", "acme", start + 3 * DAY, plan="big"),
                of_account(identify("ida", start + 3 * DAY, duty="boss"), "acme"),
                track("gil", "Connected", start + 4 * DAY),
                of_account(track("hal", "Connected", start + 5 * DAY), "bolt"),
                track("nobody", "Connected", start),
            ],
        )
        rule(place, "joe", "invite", "completed", clock - DAY)
        rule(place, "hal", "report", "revoked", clock - DAY)
        rule(place, "ida", "twice", "revoked", clock - DAY)
        folded(place)
        assert list(differences(place)) == []
    assert reached(places[0], "ida") == {"connect", "plan"}
    assert reached(places[0], "joe") == {"connect", "plan", "invite"}
    return places


def test_where_nothing_is_wrong_nothing_is_written(crew):
    before = contents(crew[0], places=True)
    assert not rebuild(crew[0].pk).differences
    assert contents(crew[0], places=True) == before


DAMAGE = {
    "what accounts did is gone": "DELETE FROM progress_accountactivity WHERE OURS",
    "accounts did it at another time": "UPDATE progress_accountactivity SET occurred_at = now() WHERE OURS",
    "other accounts did it": (
        "UPDATE progress_accountactivity SET account_id = (SELECT id FROM people_account WHERE OURS AND key = 'bolt') "
        "WHERE OURS AND sender_id = (SELECT id FROM people_sender WHERE OURS AND key = 'u:gil')"
    ),
    "other messages did it": "UPDATE progress_accountactivity SET message_id = 'x' || message_id WHERE OURS",
    "what accounts were is gone": "DELETE FROM progress_accounttraitvalue WHERE OURS",
    "accounts were otherwise": "UPDATE progress_accounttraitvalue SET value = '\"huge\"' WHERE OURS",
    "accounts were it at another time": "UPDATE progress_accounttraitvalue SET said_at = now() WHERE OURS",
    "events of no account": "UPDATE progress_activity SET account_key = '' WHERE OURS AND account_key <> ''",
    "events of an account": "UPDATE progress_activity SET account_key = 'acme' WHERE OURS",
    "evidence is gone": "DELETE FROM progress_activity WHERE OURS",
    "nobody belongs": "DELETE FROM people_accountmembership WHERE OURS",
    "everybody belongs": (
        "INSERT INTO people_accountmembership (workspace_id, sender_id, account_id, since, traits, traits_at) "
        "SELECT s.workspace_id, s.id, a.id, now(), '{}', '{}' FROM people_sender s "
        "JOIN people_account a ON a.workspace_id = s.workspace_id WHERE s.OURS ON CONFLICT DO NOTHING"
    ),
    "everybody belongs since later": "UPDATE people_accountmembership SET since = since + interval '1 hour' WHERE OURS",
    "members are nothing": (
        "UPDATE people_accountmembership SET traits = '{}', traits_at = '{}' WHERE OURS AND traits <> '{}'"
    ),
    "a ruling is not what did it": (
        "UPDATE progress_completion SET ruling_id = NULL WHERE OURS AND ruling_id IS NOT NULL"
    ),
    "a ruling did all": (
        "UPDATE progress_completion SET ruling_id = (SELECT min(id) FROM progress_ruling WHERE OURS) WHERE OURS"
    ),
    "what was completed by hand is gone": "DELETE FROM progress_completion WHERE OURS AND ruling_id IS NOT NULL",
    "what was revoked is done": (
        "INSERT INTO progress_completion (workspace_id, journey_id, rung_key, completed_at, message_id) "
        "SELECT workspace_id, id, 'twice', started_at, '' FROM progress_journey WHERE OURS ON CONFLICT DO NOTHING"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_is_damaged_is_made_what_it_was(lent, damage):
    loan = lent("crew")
    (crew,) = loan.things
    before, others = contents(crew[0]), contents(crew[1], places=True)
    sql(crew[0], DAMAGE[damage])
    assert contents(crew[0]) != before
    assert rebuild(crew[0].pk).differences
    assert folded(crew[0]) == before
    assert list(differences(crew[0])) == []
    assert not rebuild(crew[0].pk).differences
    assert contents(crew[1], places=True) == others
    loan.give_back()


def test_everything_that_was_lost_comes_again_but_for_rulings(crew):
    kept = (AccountActivity, AccountTraitValue, Activity, Completion, Journey, AccountMembership, Account, Sender)
    with scope(crew[0]):
        counts = {model: model.objects.count() for model in kept}
        rulings = list(Ruling.objects.order_by("pk").values())
    for table in (
        *("progress_completion", "progress_journey", "progress_activity", "progress_accountactivity"),
        *("progress_accounttraitvalue", "progress_traitvalue", "people_accountmembership", "people_account"),
        *("people_sender", "people_person", "cubes_cell"),
    ):
        sql(crew[0], f"DELETE FROM {table} WHERE OURS")
    rebuilt = rebuild(crew[0].pk)
    assert rebuilt.differences[OF_ACCOUNTS] == counts[AccountActivity] + counts[AccountTraitValue]
    folded(crew[0])
    assert list(differences(crew[0])) == []
    with scope(crew[0]):
        assert {model: model.objects.count() for model in kept} == counts
        assert list(Ruling.objects.order_by("pk").values()) == rulings
    assert not rebuild(crew[0].pk).differences


@pytest.mark.parametrize(
    "damage",
    ["what accounts did is gone", "what accounts were is gone", "nobody belongs", "evidence is gone", "a step"],
)
def test_what_colleagues_do_between_looking_and_writing_counts_as_if_live(crew, clock, damage):
    """Those about whom all is right send, join with a past, are described, and the engine writes of others."""
    place, now = crew[0], clock - 2 * DAY
    sql(place, DAMAGE.get(damage, "DELETE FROM progress_completion WHERE OURS AND rung_key = 'plan'"))
    with Rebuilding(place.pk) as rebuilding:
        assert +rebuilding.look()
        found = strays(place)
        send(place, [identify("hal", now, plan="pro"), belong("ida", "acme", now, plan="small")])  # all are replayed
        send(place, [track("gil", "Reported", now), *climb("new", now, report=HOUR), belong("new", "bolt", now)])
        send(place, [belong("nobody", "acme", now), belong("joe", "bolt", now - 6 * DAY, plan="small")])
        send(place, [belong("ida", "bolt", now, plan="big"), belong("hal", "third", now, plan="big")])
        with rebuilding.swapped():
            correct(found)
    folded(place)
    assert list(differences(place)) == []
    assert not rebuild(place.pk).differences
    assert "connect" in reached(place, "gil")
    assert "twice" in reached(place, "joe")


def test_rulings_between_looking_and_writing_hold(crew, clock):
    place = crew[0]
    sql(place, "UPDATE progress_completion SET completed_at = completed_at + interval '1 minute' WHERE OURS")
    with scope(place):
        by_hand = Ruling.objects.get(sender="u:joe")
        people = set(Person.objects.values_list("pk", "key"))
    with Rebuilding(place.pk) as rebuilding:
        assert +rebuilding.look()
        found = strays(place)
        made = rule(place, "gil", "invite", "revoked", clock - HOUR)
        rule(place, "ida", "report", "completed", clock - HOUR)
        InTheDatabase(place).withdraw(by_hand)
        with rebuilding.swapped():
            correct(found)
    folded(place)
    assert list(differences(place)) == []
    assert not rebuild(place.pk).differences
    assert "invite" not in reached(place, "gil")
    assert "invite" not in reached(place, "joe")
    assert "report" in reached(place, "ida")
    InTheDatabase(place).withdraw(made)
    assert "invite" in reached(place, "gil")
    with scope(place):
        assert set(Person.objects.values_list("pk", "key")) == people


def test_the_first_revocation_of_all_starts_nothing_over(workspace, publish, clock):
    """It makes more of accounts' events count, for whom it concerns."""
    publish(workspace, BY_ACCOUNT)
    send(workspace, [*climb("gil", clock - 3 * DAY, connect=HOUR, invite=HOUR), belong("gil", "acme", clock - 3 * DAY)])
    sql(workspace, "DELETE FROM progress_completion WHERE OURS")
    with Rebuilding(workspace.pk) as rebuilding:
        assert +rebuilding.look()
        found = strays(workspace)
        rule(workspace, "gil", "connect", "revoked", clock)
        with rebuilding.swapped():
            correct(found)
    folded(workspace)
    assert list(differences(workspace)) == []
    assert reached(workspace, "gil") == {"invite"}


def test_portions_and_processes_share_what_accounts_did(crew, monkeypatch):
    monkeypatch.setattr("onboarding.progress.rebuild.rebuilding.MESSAGES_AT_ONCE", 7)
    monkeypatch.setattr("onboarding.progress.rebuild.rebuilding.WORTH_PROCESSES", 1)
    monkeypatch.setattr("onboarding.progress.rebuild.rebuilding.PEOPLE_AT_ONCE", 2)
    before = contents(crew[0])
    assert not rebuild(crew[0].pk, processes=2).differences
    for damage in ("what accounts did is gone", "everybody belongs", "a ruling is not what did it"):
        sql(crew[0], DAMAGE[damage])
    sql(crew[0], "DELETE FROM progress_completion WHERE OURS AND rung_key = 'plan'")
    assert rebuild(crew[0].pk, processes=2).differences
    assert folded(crew[0]) == before
    assert list(differences(crew[0])) == []
