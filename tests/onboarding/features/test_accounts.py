"""Features for everyone in the account."""

from datetime import timedelta

import pytest

from onboarding.features.models import Feature
from onboarding.people.models import Account
from tests.onboarding.progress.scenes import event, take
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


@pytest.fixture
def for_the_account(workspace, ladder):
    with scope(workspace):
        Feature.objects.filter(key="dashboards").update(reach=Feature.Reach.ACCOUNT)


@pytest.fixture
def join(workspace, clock):
    """Somebody is said to belong to an account, since the clock's noon."""

    def group(user: str, account: str, *, hours: float = 0):
        at = clock + timedelta(hours=hours)
        take(workspace, event("", at, user, type="group", group_id=account, message_id=f"{user}-{account}"))

    return group


def test_what_one_does_switches_it_on_for_all_of_their_account_and_nobody_else(for_the_account, climb, join, flags):
    join("gil", "acme")
    join("hal", "acme")
    join("ida", "globex")
    climb("gil", "Connected", "Invited")
    assert flags("gil")["dashboards"]["metadata"]["source"] == "completion"
    found = flags("hal")["dashboards"]
    assert found["value"] is True
    assert found["metadata"]["source"] == "account"
    assert (found["metadata"]["account"], found["metadata"]["step"]) == ("acme", "connect")
    assert flags("ida")["dashboards"]["value"] is False
    assert flags("hal")["bulk-edit"]["value"] is False  # that one is for persons


def test_for_the_person_alone_it_is_nobody_elses(climb, join, flags):
    join("gil", "acme")
    join("hal", "acme")
    climb("gil", "Connected")
    assert flags("hal")["dashboards"]["value"] is False


def test_it_is_theirs_since_they_joined(for_the_account, climb, join, flags, clock):
    join("gil", "acme")
    climb("gil", "Connected")
    join("hal", "acme", hours=5)
    assert flags("hal")["dashboards"]["metadata"]["since"] == (clock + timedelta(hours=5)).isoformat()
    join("ida", "acme", hours=-5)
    assert flags("ida")["dashboards"]["metadata"]["since"] == (clock + timedelta(minutes=1)).isoformat()


def test_the_account_in_which_they_are_now_may_be_said(for_the_account, climb, join, flags):
    join("gil", "acme")
    join("hal", "acme")
    join("hal", "globex")
    climb("gil", "Connected")
    assert flags("hal")["dashboards"]["value"] is True
    assert flags("hal", context={"groupId": "acme"})["dashboards"]["value"] is True
    assert flags("hal", context={"groupId": "globex"})["dashboards"]["value"] is False
    # Naming an account makes nobody belong to it; what they did themselves is theirs anywhere.
    assert flags("ida", context={"groupId": "acme"})["dashboards"]["value"] is False
    assert flags("gil", context={"groupId": "globex"})["dashboards"]["value"] is True


def test_two_accounts_of_one_name_in_two_workspaces_are_two(for_the_account, climb, join, other_workspace, ask):
    join("gil", "acme")
    climb("gil", "Connected")
    with scope(other_workspace):
        Account.objects.create(key="acme")
    theirs = ApiKey.issue(other_workspace, kind="flags", name="theirs")[1]
    assert ask("gil", key=theirs).json() == {"flags": []}


def test_the_answer_is_the_same_however_often_it_is_asked(for_the_account, climb, join, ask):
    for user in ("gil", "hal", "ida", "jon"):
        join(user, "acme")
    for user in ("gil", "hal", "ida"):
        climb(user, "Connected")
    assert len({ask("jon")["ETag"] for _ in range(5)}) == 1
