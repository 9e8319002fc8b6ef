"""The pages of features: the list, one feature, and a person's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.features.counting import people_having
from onboarding.features.models import Feature, Grant
from onboarding.people.models import Person
from tests.onboarding.features.conftest import LADDER
from tests.onboarding.progress.scenes import event, publish, take
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level

HX = {"HX-Request": "true"}


@pytest.fixture
def pages(client_for, ana, workspace):
    client = client_for(ana)

    def call(method: str, name: str, *arguments, data=None, **kwargs):
        return getattr(client, method)(reverse(f"features:{name}", args=[workspace.slug, *arguments]), data, **kwargs)

    return call


@pytest.fixture
def gil(workspace, climb) -> Person:
    climb("gil", "Connected")
    with scope(workspace):
        return Person.objects.get(external_id="gil")


def actions(workspace) -> list[str]:
    with scope(workspace):
        return [a for a in Entry.objects.order_by("id").values_list("action", flat=True) if a.startswith("feature.")]


def text(response) -> str:
    return " ".join(response.content.decode().split())


class TestTheList:
    def test_names_every_feature_with_its_steps_and_how_many_have_it(self, pages, gil):
        shown = text(pages("get", "index"))
        assert "Dashboards" in shown
        assert 'Connect</a> <span class="muted">of Start' in shown
        rows = pages("get", "index").context["rows"]
        assert [(row["feature"].key, row["people"], row["grants"]) for row in rows] == [
            ("bulk-edit", 0, 0),
            ("dashboards", 1, 0),
        ]

    def test_says_what_to_do_while_there_is_none(self, pages):
        assert "No features yet" in text(pages("get", "index"))

    def test_has_nothing_of_other_workspaces(self, pages, other_workspace, ladder, clock):
        publish(other_workspace, LADDER.replace("dashboards", "secret-plans"), at=clock)
        assert "secret-plans" not in text(pages("get", "index"))


class TestOneFeature:
    def test_says_where_it_comes_from_and_how_to_ask_for_it(self, pages, gil):
        shown = text(pages("get", "show", "dashboards"))
        assert "Connect</a>" in shown
        assert "/ofrep/v1/evaluate/flags/dashboards" in shown

    def test_that_is_no_longer_named_says_so(self, workspace, pages, gil):
        from onboarding.features.learning import learn

        at = timezone.now() - timedelta(hours=3)
        publish(workspace, LADDER.replace(" unlock: dashboards,", ""), at=at, moves=True)
        with scope(workspace):
            learn()
        assert "No ladder’s current version names this feature any more" in text(pages("get", "show", "dashboards"))

    def test_can_be_renamed_and_given_another_reach(self, workspace, pages, ladder):
        said = {"name": "Live dashboards", "description": "All numbers.", "reach": "account"}
        assert pages("post", "change", "dashboards", data=said).status_code == 302
        pages("post", "change", "dashboards", data=said)
        with scope(workspace):
            feature = Feature.objects.get(key="dashboards")
            entry = Entry.objects.get(action="feature.changed")
        assert (feature.name, feature.description, feature.reach) == tuple(said.values())
        assert (entry.details["before"]["reach"], entry.details["after"]["reach"]) == ("person", "account")

    def test_without_a_name_stays_as_it_is(self, workspace, pages, ladder):
        refused = pages("post", "change", "dashboards", data={"name": "", "reach": "account"})
        assert refused.status_code == 422
        with scope(workspace):
            assert Feature.objects.get(key="dashboards").reach == "person"

    def test_is_archived_and_restored_each_once(self, workspace, pages, ladder):
        for data in ({}, {}, {"restore": "1"}, {"restore": "1"}):
            pages("post", "archival", "dashboards", data=data)
        assert actions(workspace) == ["feature.archived", "feature.restored"]
        with scope(workspace):
            assert Feature.objects.get(key="dashboards").archived_at is None


class TestGranting:
    def test_to_a_person_by_their_id(self, workspace, pages, gil, flags):
        given = {"kind": "person", "whom": "gil", "reason": "A pilot.", "until": ""}
        assert pages("post", "grant", "bulk-edit", data=given).status_code == 302
        assert flags("gil")["bulk-edit"]["value"] is True
        assert "A pilot." in text(pages("get", "show", "bulk-edit"))
        assert actions(workspace) == ["feature.granted"]

    def test_to_an_account_until_the_end_of_a_day_of_the_workspaces(self, workspace, pages, gil, clock):
        workspace.time_zone = "America/New_York"
        workspace.save()
        take(workspace, event("", clock, "gil", type="group", group_id="acme", message_id="g"))
        day = timezone.localdate() + timedelta(days=30)
        given = {"kind": "account", "whom": "acme", "reason": "A pilot.", "until": day.isoformat()}
        assert pages("post", "grant", "bulk-edit", data=given).status_code == 302
        with scope(workspace):
            made = Grant.objects.get()
        assert made.account_key == "acme"
        local = made.until.astimezone(workspace.zone)
        assert (local.date(), local.hour, local.minute) == (day + timedelta(days=1), 0, 0)

    @pytest.mark.parametrize("wrong, told", [
        ({"whom": "nobody"}, "There is no person with the user id “nobody” yet"),
        ({"kind": "account"}, "There is no account with the id “gil” yet"),
        ({"reason": ""}, "Say why"),
        ({"until": "2020-01-01"}, "This day is over"),
        ({"until": "9999-12-31"}, "within ten years"),
        ({"until": "soon"}, "Write the day as"),
    ])  # fmt: skip
    def test_says_what_is_wrong(self, wrong, told, workspace, pages, gil):
        refused = pages("post", "grant", "bulk-edit", data={"kind": "person", "whom": "gil", "reason": "Pilot"} | wrong)
        assert refused.status_code == 422
        assert told in text(refused).replace("&#x27;", "'")
        with scope(workspace):
            assert not Grant.objects.exists()

    def test_is_for_coaches_and_changing_for_editors(self, workspace, gil, make_member, client_for):
        coach = client_for(make_member(workspace, "carl", Level.COACH))
        given = {"kind": "person", "whom": "gil", "reason": "A pilot."}
        at = reverse("features:grant", args=[workspace.slug, "bulk-edit"])
        assert coach.post(at, given).status_code == 302
        assert coach.post(reverse("features:change", args=[workspace.slug, "bulk-edit"]), {}).status_code == 403

    def test_a_reason_with_markup_is_shown_as_text(self, pages, gil):
        given = {"kind": "person", "whom": "gil", "reason": "<script>alert(1)</script>"}
        pages("post", "grant", "bulk-edit", data=given)
        assert "<script>alert" not in text(pages("get", "show", "bulk-edit"))


class TestAPersonsFeatures:
    def test_stand_on_their_page_as_a_fragment(self, workspace, pages, gil, client_for, ana):
        page = client_for(ana).get(reverse("widget:person", args=[workspace.slug, gil.pk]))
        assert f'hx-get="{reverse("features:of_person", args=[workspace.slug, gil.pk])}"' in text(page)
        fragment = text(pages("get", "of_person", gil.pk, headers=HX))
        assert "<html" not in fragment
        assert "Dashboards" in fragment
        assert "Connect<small>of Start" in fragment
        assert "<html" in text(pages("get", "of_person", gil.pk))

    def test_are_granted_and_revoked_there(self, workspace, pages, gil, flags):
        given = {"feature": "bulk-edit", "reason": "A pilot.", "until": ""}
        granted = pages("post", "of_person", gil.pk, data=given, headers=HX, follow=True)
        assert "Bulk edit" in text(granted)
        assert flags("gil")["bulk-edit"]["value"] is True
        with scope(workspace):
            made = Grant.objects.get()
        revoked = pages("post", "revocation", made.pk, data={"person": gil.pk}, headers=HX, follow=True)
        assert "Revoked" in text(revoked)
        assert flags("gil")["bulk-edit"]["value"] is False

    def test_without_scripts_granting_leads_back_to_the_person(self, workspace, pages, gil):
        given = {"feature": "bulk-edit", "reason": "A pilot."}
        response = pages("post", "of_person", gil.pk, data=given)
        assert response["Location"] == reverse("widget:person", args=[workspace.slug, gil.pk])

    def test_a_form_that_is_wrong_comes_back_open(self, pages, gil):
        refused = pages("post", "of_person", gil.pk, data={"feature": "nothing", "reason": ""}, headers=HX)
        assert refused.status_code == 422
        assert '<details class="more" open>' in text(refused)

    def test_viewers_see_them_and_grant_none(self, workspace, gil, ben, client_for):
        at = reverse("features:of_person", args=[workspace.slug, gil.pk])
        viewer = client_for(ben)
        assert "Grant a feature" not in text(viewer.get(at, headers=HX))
        assert viewer.post(at, {"feature": "bulk-edit", "reason": "A pilot."}).status_code == 404
        with scope(workspace):
            assert not Grant.objects.exists()


def test_people_are_counted_once_by_whatever_gives_it(workspace, pages, climb, clock):
    for user in ("gil", "hal", "ida"):
        take(workspace, event("", clock, user, type="group", group_id="acme", message_id=user))
    climb("gil", "Connected")
    climb("jon")
    now = timezone.now()
    with scope(workspace):
        assert people_having(now=now) == {"dashboards": 1}
    pages("post", "change", "dashboards", data={"name": "Dashboards", "reach": "account"})
    pages("post", "grant", "dashboards", data={"kind": "person", "whom": "jon", "reason": "A pilot."})
    pages("post", "grant", "dashboards", data={"kind": "person", "whom": "gil", "reason": "A pilot."})
    pages("post", "grant", "bulk-edit", data={"kind": "account", "whom": "acme", "reason": "A pilot."})
    now = timezone.now()
    with scope(workspace):
        assert people_having(now=now) == {"dashboards": 4, "bulk-edit": 3}
    pages("post", "archival", "dashboards")
    with scope(workspace):
        assert people_having(now=now) == {"bulk-edit": 3}
