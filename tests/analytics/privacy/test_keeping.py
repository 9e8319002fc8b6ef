"""What a workspace keeps of its users: addresses and browsers only if it says so, and nobody who is long gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.intake.models import LoggedEvent
from onboarding.intake.steps import Envelope
from onboarding.intake.taking import take
from onboarding.people.models import Person
from tests.analytics.privacy import world
from workspaces.audit.models import Entry
from workspaces.privacy import erasing, inactive
from workspaces.privacy.models import Erasure, Keeping
from workspaces.scope import scope


def send(workspace, message_id):
    event = {
        "type": "track", "userId": "gil", "event": "Looked", "messageId": message_id,
        "context": {"ip": "203.0.113.9", "userAgent": "Mosaic", "locale": "de"}, "properties": {"$ip": "203.0.113.9"},
    }  # fmt: skip
    assert take(workspace.pk, Envelope("batch", [event]), received_at=timezone.now()).stored == 1
    with scope(workspace):
        found = LoggedEvent.objects.get(message_id=message_id)
        return found.context, found.properties


def test_an_address_is_kept_only_where_the_workspace_says_so(workspace, other_workspace, ana, client_for):
    assert send(workspace, "first") == ({"userAgent": "Mosaic", "locale": "de"}, {})
    page = f"/w/{workspace.slug}/settings/privacy/keeping/"
    client = client_for(ana)
    assert client.post(page, {"inactive_months": "2"}).status_code == 422
    assert client.post(page, {"addresses": "on"}).status_code == 302
    assert send(workspace, "second") == ({"ip": "203.0.113.9", "locale": "de"}, {"$ip": "203.0.113.9"})
    assert send(other_workspace, "third") == ({"userAgent": "Mosaic", "locale": "de"}, {})
    with scope(workspace):
        entry = Entry.objects.get(action="privacy.keeping_changed")
    assert (entry.details["before"]["addresses"], entry.details["after"]["addresses"]) == (False, True)


@pytest.mark.parametrize("months", [None, 3])
def test_who_is_not_seen_any_more_is_erased_only_if_the_workspace_says_so(workspace, months):
    now = timezone.now()
    with scope(workspace):
        Person.objects.all().delete()
        Keeping.objects.create(inactive_months=months)
    world.publish(workspace, at=now - timedelta(days=200))
    for user, days in (("old", 120), ("new", 2)):
        world.send(workspace, world.track(user, "Signed Up", now - timedelta(days=days)))
    assert inactive.ask_for_the_inactive(workspace.pk, now=now) == (1 if months else 0)
    erasing.work(workspace.pk)
    assert inactive.ask_for_the_inactive(workspace.pk, now=now) == 0  # while it is under way
    with scope(workspace):
        assert Person.objects.filter(external_id="new").exists()
        assert Person.objects.filter(external_id="old").exists() == (months is None)
        assert set(Erasure.objects.values_list("actor", flat=True)) == ({"retention"} if months else set())
