"""What becomes of a feature when ladders change, completions are revoked and ladders are archived."""

from datetime import timedelta

from django.utils import timezone

from milestones.ladders.models import Ladder
from onboarding.features.learning import learn
from onboarding.features.models import Feature
from onboarding.people.models import Person
from onboarding.progress import engine, rule
from tests.onboarding.features.conftest import LADDER
from tests.onboarding.progress.scenes import event, publish, take
from workspaces.scope import scope

WITHOUT_FEATURE = LADDER.replace(" unlock: dashboards,", "")
WITHOUT_STEP = "\n".join(
    line
    for number, line in enumerate(LADDER.splitlines())
    if "key: connect" not in line and "phase: quick wins" not in line
)


def republish(workspace, text):
    # Some hours ago: for one hour after a publication what the former version asks for gives credit, too.
    publish(workspace, text, at=timezone.now() - timedelta(hours=3), moves=True)
    engine.settle(workspace.pk)
    with scope(workspace):
        learn()


def test_what_was_unlocked_stays_when_a_version_without_the_feature_is_published(workspace, climb, flags):
    climb("gil", "Connected")
    before = flags("gil")["dashboards"]
    republish(workspace, WITHOUT_FEATURE)
    after = flags("gil")["dashboards"]
    assert after["value"] is True
    assert after["metadata"] == before["metadata"] | {"named": False}


def test_it_stays_when_a_version_without_the_step_is_published(workspace, climb, flags):
    climb("gil", "Connected")
    republish(workspace, WITHOUT_STEP)
    assert flags("gil")["dashboards"]["value"] is True


def test_rolling_back_takes_nothing_from_anybody_and_gives_newcomers_what_the_older_version_says(
    workspace, ladder, climb, flags
):
    climb("gil", "Invited")
    republish(workspace, WITHOUT_STEP.replace("unlock: bulk-edit", "unlock: bulk-edit-2"))
    climb("hal", "Invited")
    republish(workspace, LADDER)
    on = {user: {key for key, flag in flags(user).items() if flag["value"]} for user in ("gil", "hal")}
    assert {"bulk-edit"} <= on["gil"]
    assert {"bulk-edit"} <= on["hal"]
    assert flags("gil")["bulk-edit-2"]["metadata"]["named"] is False


def test_whoever_has_not_got_there_does_not_get_what_no_version_of_theirs_gives(workspace, climb, flags):
    climb("gil")
    republish(workspace, WITHOUT_FEATURE)
    take(workspace, event("Connected", timezone.now()))
    found = flags("gil")["dashboards"]
    assert (found["value"], found["metadata"]) == (False, {"named": False})


def test_revoking_the_completion_takes_it_away_and_withdrawing_gives_it_back(workspace, climb, flags, ana):
    climb("gil", "Connected")
    with scope(workspace):
        gil, ladder = Person.objects.get(external_id="gil"), Ladder.objects.get()
        ruling = rule.revoke(gil.pk, ladder, "connect", by=ana, reason="A test account.").ruling
    assert flags("gil")["dashboards"]["value"] is False
    with scope(workspace):
        rule.withdraw(ruling.pk, by=ana)
    assert flags("gil")["dashboards"]["value"] is True


def test_a_completion_that_is_revoked_leaves_it_on_when_another_step_gives_it(workspace, climb, flags, ana):
    republish(workspace, LADDER.replace("unlock: bulk-edit", "unlock: dashboards"))
    climb("gil", "Connected", "Invited")
    with scope(workspace):
        gil, ladder = Person.objects.get(external_id="gil"), Ladder.objects.get()
        rule.revoke(gil.pk, ladder, "connect", by=ana, reason="A test account.")
    found = flags("gil")["dashboards"]
    assert found["value"] is True
    assert found["metadata"]["step"] == "invite"


def test_a_step_completed_by_hand_switches_it_on(workspace, climb, flags, ana):
    climb("gil")
    with scope(workspace):
        gil, ladder = Person.objects.get(external_id="gil"), Ladder.objects.get()
        rule.complete(gil.pk, ladder, "connect", by=ana, reason="Seen in a call.")
    assert flags("gil")["dashboards"]["value"] is True


def test_an_archived_ladder_takes_nothing_away(workspace, ladder, climb, flags):
    climb("gil", "Connected")
    with scope(workspace):
        Ladder.objects.get().close(at=timezone.now())
        learn()
    found = flags("gil")["dashboards"]
    assert (found["value"], found["metadata"]["named"]) == (True, False)


def test_an_archived_feature_is_off_for_everybody_until_it_is_restored(workspace, climb, ask):
    climb("gil", "Connected")
    with scope(workspace):
        Feature.objects.get(key="dashboards").archive()
    found = ask("gil", "dashboards").json()
    assert (found["value"], found["reason"], found["variant"]) == (False, "DISABLED", "off")
    with scope(workspace):
        Feature.objects.get(key="dashboards").restore()
    assert ask("gil", "dashboards").json()["value"] is True


def test_late_evidence_moves_the_moment(workspace, climb, flags, clock):
    climb("gil", "Invited", "Connected")
    assert flags("gil")["dashboards"]["metadata"]["since"] == (clock + timedelta(minutes=2)).isoformat()
    climb("gil", "Connected")
    assert flags("gil")["dashboards"]["metadata"]["since"] == (clock + timedelta(minutes=1)).isoformat()


def test_features_are_known_once_however_often_they_are_learnt(workspace, ladder):
    with scope(workspace):
        learn()
        learn()
        known = list(Feature.objects.order_by("key").values_list("key", "name", "reach", "named"))
    assert known == [("bulk-edit", "Bulk edit", "person", True), ("dashboards", "Dashboards", "person", True)]
