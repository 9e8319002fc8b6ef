"""Features granted by hand."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from onboarding.features import granting
from onboarding.features.evaluation import evaluate_all
from onboarding.features.models import Feature, Grant
from onboarding.features.standing import features_on, standing_of
from onboarding.people.models import Account, Person
from tests.onboarding.progress.scenes import event, take
from workspaces.audit.models import Entry
from workspaces.scope import scope


@pytest.fixture
def grant(workspace, ladder, ana):
    """Grant dashboards to a person by their userId, or to an account by its key."""

    def to(user: str = "", account: str = "", **fields) -> Grant:
        with scope(workspace):
            feature = Feature.objects.get(key="dashboards")
            whom = Person.objects.get(senders__key=f"u:{user}") if user else Account.objects.get(key=account)
            return granting.grant(feature, whom, by=ana, reason="A pilot.", **fields)

    return to


def test_a_person_has_what_was_granted_to_them_and_others_have_not(climb, grant, flags):
    climb("gil")
    climb("hal")
    grant("gil")
    found = flags("gil")["dashboards"]
    assert (found["value"], found["reason"], found["metadata"]["source"]) == (True, "TARGETING_MATCH", "grant")
    assert "until" not in found["metadata"]
    assert flags("hal")["dashboards"]["value"] is False


def test_everyone_in_an_account_has_what_was_granted_to_it(workspace, climb, grant, flags, clock):
    for user, account in (("gil", "acme"), ("hal", "acme"), ("ida", "globex")):
        take(workspace, event("", clock, user, type="group", group_id=account, message_id=user))
    grant(account="acme")
    assert flags("hal")["dashboards"]["metadata"]["account"] == "acme"
    assert flags("ida")["dashboards"]["value"] is False
    assert flags("hal", context={"groupId": "globex"})["dashboards"]["value"] is False


def test_a_grant_ends_by_the_clock_alone(workspace, climb, grant, flags):
    climb("gil")
    until = timezone.now() + timedelta(hours=1)
    grant("gil", until=until)
    assert datetime.fromisoformat(flags("gil")["dashboards"]["metadata"]["until"]) == until
    with scope(workspace):
        gil = Person.objects.get(external_id="gil")

        def on(at):
            return [one.value for one in evaluate_all(*standing_of(gil, now=at)) if one.key == "dashboards"]

        assert on(until - timedelta(microseconds=1)) == [True]
        assert on(until) == [False]


def test_a_revoked_grant_ends_at_once_and_revoking_twice_leaves_one_entry(workspace, climb, grant, flags, ana):
    climb("gil")
    made = grant("gil")
    with scope(workspace):
        granting.revoke(made, by=ana)
        granting.revoke(Grant.objects.get(), by=ana)
        entries = list(Entry.objects.order_by("id").values_list("action", "details__to"))
    assert flags("gil")["dashboards"]["value"] is False
    assert entries[-2:] == [("feature.granted", "gil"), ("feature.grant_revoked", "gil")]


def test_a_completion_outlasts_the_grant_that_came_before_it(workspace, climb, grant, flags, ana):
    climb("gil")
    made = grant("gil")
    climb("gil", "Connected")
    assert flags("gil")["dashboards"]["metadata"]["source"] == "completion"
    with scope(workspace):
        granting.revoke(made, by=ana)
    assert flags("gil")["dashboards"]["value"] is True


def test_a_grant_goes_with_the_id_that_it_was_made_on_when_persons_turn_out_to_be_one(
    workspace, climb, grant, flags, clock
):
    climb("gil")
    climb("gil-2")
    grant("gil-2")
    take(workspace, event("", clock + timedelta(hours=1), "gil", type="alias", message_id="a", previous_id="gil-2"))
    assert flags("gil")["dashboards"]["value"] is True
    assert flags("gil-2")["dashboards"]["value"] is True


def test_a_grant_of_another_workspace_gives_nothing_here(workspace, other_workspace, climb, flags, cyd):
    climb("gil")
    with scope(other_workspace):
        theirs = Feature.objects.create(key="dashboards", name="Dashboards")
        gil = Person.objects.create(key="u:gil", external_id="gil")
        granting.grant(theirs, gil, by=cyd, reason="A pilot.")
    assert flags("gil")["dashboards"]["value"] is False


def test_grants_are_never_changed_but_to_revoke_them(workspace, climb, grant):
    climb("gil")
    made = grant("gil")
    for change in ({"until": None}, {"sender": "u:hal"}, {"reason": "Another."}):
        with pytest.raises(DatabaseError, match="permission denied"), scope(workspace):
            Grant.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError, match="permission denied"), scope(workspace):
        Grant.objects.filter(pk=made.pk)._raw_delete("default")


def test_the_features_that_are_on_can_be_listed_with_their_moments(workspace, climb, grant, clock):
    climb("gil", "Invited")
    made = grant("gil")
    with scope(workspace):
        on = features_on(Person.objects.get(external_id="gil"))
    assert on == {"bulk-edit": clock + timedelta(minutes=1), "dashboards": made.granted_at}
