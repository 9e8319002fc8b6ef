"""On which ladder and version people begin, by scenes: roles that come, change and go, and other start events."""

from datetime import timedelta

from milestones.ladders.models import Ladder
from onboarding.progress import engine
from onboarding.progress.models import Journey
from tests.onboarding.progress.scenes import (
    LADDER,
    assert_counts_follow_from_the_log,
    event,
    identify,
    publish,
    reached,
    take,
)
from workspaces.scope import scope

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def ladder(key, *, role="everyone", rule="{everyone: true}", precedence=90, start="{event: Signed Up}"):
    return (
        LADDER.replace("key: start\n", f"key: {key}\n")
        .replace("name: Start\n", f"name: {key.title()}\n")
        .replace(
            "{key: everyone, name: Everyone, rule: {everyone: true}}",
            f"{{key: {role}, name: {role.title()}, rule: {rule}, precedence: {precedence}}}",
        )
        .replace("start: {event: Signed Up}", f"start: {start}")
    )


EVERYONE = ladder("all")
ADMINS = ladder("admins", role="admin", rule="{trait: role, equals: admin}", precedence=10)


def arrive(workspace, user, at, role="admin", name="Signed Up"):
    """Somebody of that role signs up."""
    take(workspace, identify(at - SECOND, user, role=role, plan="free"), event(name, at, user))


def climbing(workspace) -> dict[str, set[str]]:
    """By user the ladders they climb, each with the number of the version that they began on."""
    engine.settle(workspace.pk)
    assert_counts_follow_from_the_log(workspace)
    found: dict[str, set[str]] = {}
    with scope(workspace):
        for user, key, number in Journey.objects.values_list(
            "person__external_id", "ladder__key", "began_version__number"
        ):
            found.setdefault(user, set()).add(f"{key} {number}")
    return found


def archive(workspace, key, at):
    with scope(workspace):
        Ladder.objects.get(key=key).close(at=at)


def use_again(workspace, key, at):
    with scope(workspace):
        Ladder.objects.get(key=key).reopen(at=at)


def test_a_role_that_is_published_later_takes_nobody_from_their_ladder(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    arrive(workspace, "gil", clock - DAY)
    publish(workspace, ADMINS, at=clock)
    arrive(workspace, "hal", clock + DAY)
    arrive(workspace, "ida", clock + DAY, role="user")
    assert climbing(workspace) == {"gil": {"all 1"}, "hal": {"admins 1"}, "ida": {"all 1"}}


def test_people_from_before_every_publication_get_the_first_role_that_matches_them(workspace, clock):
    arrive(workspace, "gil", clock - DAY)
    arrive(workspace, "hal", clock - DAY, role="user")
    publish(workspace, ADMINS, at=clock)
    assert climbing(workspace) == {"gil": {"admins 1"}}
    publish(workspace, EVERYONE, at=clock + DAY)
    assert climbing(workspace) == {"gil": {"admins 1"}, "hal": {"all 1"}}


def test_of_roles_that_are_published_at_once_the_one_with_precedence_counts_for_the_past_too(workspace, clock):
    arrive(workspace, "gil", clock - DAY)
    publish(workspace, EVERYONE, at=clock)
    publish(workspace, ADMINS, at=clock)
    assert climbing(workspace) == {"gil": {"admins 1"}}


def test_a_changed_rule_concerns_who_begins_from_then_on(workspace, clock):
    publish(workspace, ADMINS, at=clock - 9 * DAY)
    arrive(workspace, "gil", clock - DAY)
    arrive(workspace, "hal", clock - DAY, role="owner")
    publish(workspace, ADMINS.replace("equals: admin", "equals: owner"), at=clock, moves=True)
    arrive(workspace, "ida", clock + DAY)
    arrive(workspace, "jon", clock + DAY, role="owner")
    assert climbing(workspace) == {"gil": {"admins 1"}, "jon": {"admins 2"}}


def test_changed_precedence_concerns_who_begins_from_then_on(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    publish(workspace, ADMINS, at=clock - 9 * DAY)
    arrive(workspace, "gil", clock - DAY)
    publish(workspace, ADMINS.replace("precedence: 10", "precedence: 99"), at=clock)
    arrive(workspace, "hal", clock + DAY)
    assert climbing(workspace) == {"gil": {"admins 1"}, "hal": {"all 1"}}


def test_a_ladder_can_be_for_another_role_from_a_version_on(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    publish(workspace, ADMINS, at=clock - 9 * DAY)
    arrive(workspace, "gil", clock - DAY)
    owners = ADMINS.replace("equals: admin", "equals: owner").replace(
        "key: admin, name: Admin", "key: owner, name: Owner"
    )
    publish(workspace, owners, at=clock, moves=True)
    arrive(workspace, "hal", clock + DAY)
    arrive(workspace, "ida", clock + DAY, role="owner")
    assert climbing(workspace) == {"gil": {"admins 1"}, "hal": {"all 1"}, "ida": {"admins 2"}}
    with scope(workspace):
        assert Journey.objects.get(person__external_id="gil").version.number == 2


def test_an_archived_ladders_role_is_nobodys_from_then_on(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    publish(workspace, ADMINS, at=clock - 9 * DAY)
    arrive(workspace, "gil", clock - DAY)
    archive(workspace, "admins", clock)
    arrive(workspace, "hal", clock + DAY)
    assert climbing(workspace) == {"gil": {"admins 1"}, "hal": {"all 1"}}


def test_a_ladder_that_is_used_again_takes_nobody_from_what_they_got_meanwhile(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    publish(workspace, ADMINS, at=clock - 9 * DAY)
    archive(workspace, "admins", clock)
    arrive(workspace, "gil", clock + DAY)
    use_again(workspace, "admins", clock + 2 * DAY)
    arrive(workspace, "hal", clock + 3 * DAY)
    assert climbing(workspace) == {"gil": {"all 1"}, "hal": {"admins 1"}}


def test_a_ladder_that_is_used_again_is_also_for_those_who_came_meanwhile_and_got_none(workspace, clock):
    publish(workspace, ADMINS, at=clock - 9 * DAY)
    archive(workspace, "admins", clock)
    arrive(workspace, "gil", clock + DAY)
    assert climbing(workspace) == {}
    use_again(workspace, "admins", clock + 2 * DAY)
    assert climbing(workspace) == {"gil": {"admins 1"}}


def test_a_role_whose_ladder_was_archived_comes_back_with_another_ladder_for_those_in_between_too(workspace, clock):
    publish(workspace, ADMINS, at=clock - 9 * DAY)
    archive(workspace, "admins", clock)
    arrive(workspace, "gil", clock + DAY)
    publish(workspace, ADMINS.replace("key: admins", "key: chiefs"), at=clock + 2 * DAY)
    assert climbing(workspace) == {"gil": {"chiefs 1"}}


def test_another_start_event_concerns_newcomers(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    arrive(workspace, "gil", clock - DAY)
    take(workspace, event("Arrived", clock - DAY, "hal"))
    publish(workspace, EVERYONE.replace("{event: Signed Up}", "{event: Arrived}"), at=clock, moves=True)
    arrive(workspace, "ida", clock + DAY)
    arrive(workspace, "jon", clock + DAY, name="Arrived")
    take(workspace, event("Arrived", clock + DAY), event("Connected", clock + 2 * DAY))
    assert climbing(workspace) == {"gil": {"all 1"}, "jon": {"all 2"}}
    with scope(workspace):
        gil = Journey.objects.select_related("version").get(person__external_id="gil")
    assert (gil.started_at, gil.version.number) == (clock - DAY, 2)
    assert reached(workspace) == {"connect": clock + 2 * DAY}


def test_a_late_start_from_before_a_version_begins_the_journey_on_the_older_one(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    publish(workspace, EVERYONE.replace("{event: Signed Up}", "{event: Arrived}"), at=clock)
    arrive(workspace, "gil", clock + DAY, name="Arrived")
    assert climbing(workspace) == {"gil": {"all 2"}}
    take(workspace, event("Signed Up", clock - HOUR))
    assert climbing(workspace) == {"gil": {"all 1"}}


def test_somebody_who_is_known_already_begins_when_the_start_event_comes(workspace, clock):
    publish(workspace, EVERYONE, at=clock - 9 * DAY)
    publish(workspace, EVERYONE.replace("{event: Connected}", "{event: Linked}"), at=clock)
    take(workspace, identify(clock, role="admin"))
    take(workspace, event("Signed Up", clock + DAY))
    assert climbing(workspace) == {"gil": {"all 2"}}
