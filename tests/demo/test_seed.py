"""Making the demo's workspaces."""

import io
import itertools
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from analytics.reports.editions import is_due
from analytics.reports.models import Report
from config.demo import seed as seeding
from config.demo.companies import BERTHLINE
from config.demo.generator import messages
from config.demo.seed import seed
from milestones.discovery.models import Discovery
from milestones.ladders.document import missing_for_publication
from milestones.ladders.models import Ladder, LadderVersion
from milestones.playbook.models import Playbook
from onboarding.features.models import Feature, Grant
from onboarding.intake import taking
from onboarding.intake.steps import Envelope
from onboarding.progress import engine
from onboarding.progress.models import Completion, Journey
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Workspace
from workspaces.webhooks.models import Delivery, Endpoint

from . import naive

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def small(accounts):
    """Berthline with so few accounts, under a name of its own."""
    return replace(BERTHLINE, slug=f"berthline-{os.getpid()}-{next(_numbers)}", accounts=accounts)


@pytest.fixture(scope="module")
def told_company():
    return small(accounts=40)


@pytest.fixture(scope="module")
def told(told_company, django_db_setup, django_db_blocker):
    """How to get into a seeded company that tests only read."""
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), quick:
        return seed(told_company, now=NOW)


@pytest.fixture
def company():
    """A company of a test's own."""
    return small(accounts=6)


@pytest.fixture
def facts(company):
    return seed(company, now=NOW)


def workspace_of(facts):
    return Workspace.objects.get(slug=facts["workspace"])


def everything(workspace):
    """What a later seeding must not change."""
    from django.apps import apps
    from django.db import connection

    with scope(workspace), connection.cursor() as cursor:
        counts = {}
        for model in apps.get_models():
            if any(field.column == "workspace_id" for field in model._meta.local_fields):
                table = model._meta.db_table
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE workspace_id = %s', [workspace.pk])
                counts[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM intake_event WHERE workspace_id = %s", [workspace.pk])
        return {**counts, "intake_event": cursor.fetchone()[0]}


def test_every_message_is_in_the_log_and_everyone_climbs(told, told_company):
    workspace = workspace_of(told)
    said = messages(told_company, now=NOW)
    assert everything(workspace)["intake_event"] == len(said)
    with scope(workspace):
        assert Journey.objects.count() == len(naive.people(said))


def test_first_value_is_reached_by_whom_and_when_a_naive_count_says(told, told_company):
    people = naive.people(messages(told_company, now=NOW))
    expected = {}
    for file, role in (
        ("administrators-1.yaml", "administrator"),
        ("power-users.yaml", "power_user"),
        ("operators.yaml", "operator"),
    ):
        steps, key = naive.funnel_of(file)
        step = next(step for step in steps if step["key"] == key)
        for someone in people.values():
            if someone.traits["role"] == role:
                expected[someone.id] = naive.reached(someone, step, someone.started_at)
    with scope(workspace_of(told)):
        found = dict(Journey.objects.values_list("person__external_id", "first_value_at"))
    assert found == expected
    assert 50 < sum(at is not None for at in expected.values()) < len(expected) - 20


def test_ladders_are_published_when_the_story_says(told):
    with scope(workspace_of(told)):
        versions = LadderVersion.objects.live().order_by("ladder__key", "number")
        found = [
            (version.ladder.key, version.number, version.published_at, version.effective_from) for version in versions
        ]
        assert {version.published_by for version in versions} == {"Mara Visser"}
    before, changed = NOW - timedelta(days=121), NOW - timedelta(days=45)
    assert found == [
        ("administrators", 1, before, None),
        ("administrators", 2, changed, changed),
        ("operators", 1, before, None),
        ("power-users", 1, before, None),
    ]


def test_newcomers_climb_the_second_version_and_the_others_the_first(told):
    with scope(workspace_of(told)):
        journeys = Journey.objects.filter(ladder__key="administrators").values_list("started_at", "version__number")
        numbers = {started_at >= NOW - timedelta(days=45): number for started_at, number in journeys}
        assert numbers == {False: 1, True: 2}


def test_the_log_ins_work_and_the_executive_only_reads(told):
    for who, level in (("product_manager", Level.OWNER), ("executive", Level.VIEWER)):
        log_in = told["logins"][who]
        member = workspace_of(told).members.get(user__email=log_in["email"])
        assert member.level == level
        client = Client()
        assert client.login(username=log_in["email"], email=log_in["email"], password=log_in["password"])
        assert client.get(f"/w/{told['workspace']}/ladders/").status_code == 200


def test_the_keys_are_the_workspaces_own(told):
    workspace = workspace_of(told)
    assert ApiKey.find(told["write_key"], "write").workspace == workspace
    assert ApiKey.find(told["secret_key"], "secret").workspace == workspace


def test_the_end_user_is_half_way_and_the_next_event_brings_them_on(told):
    workspace, user = workspace_of(told), told["logins"]["end_user"]
    assert Client().get(user["checklist_url"]).status_code == 200
    with scope(workspace):
        journey = Journey.objects.get(person__external_id=user["user_id"])
        before = Completion.objects.filter(journey=journey).count()
        assert before >= 2
        assert journey.first_value_at is None
    event = {
        "type": "track",
        "userId": user["user_id"],
        "event": user["next_event"],
        "properties": user["next_properties"],
    }
    taking.take(workspace.pk, Envelope("track", [event]), received_at=timezone.now())
    engine.settle(workspace.pk)
    with scope(workspace):
        assert Completion.objects.filter(journey=journey).count() == before + 1


def test_seeding_again_changes_nothing_and_says_the_same(facts, company):
    workspace = workspace_of(facts)
    before = everything(workspace)
    again = seed(company, now=NOW + timedelta(days=3))
    assert everything(workspace) == before
    assert [again[key] for key in ("workspace", "write_key", "secret_key")] == [
        facts[key] for key in ("workspace", "write_key", "secret_key")
    ]
    for who in ("product_manager", "executive"):
        assert again["logins"][who] == facts["logins"][who]
    assert again["logins"]["end_user"]["user_id"] == facts["logins"]["end_user"]["user_id"]


def test_a_seeding_that_was_cut_short_is_told_on_as_it_began(company, monkeypatch):
    def cut_short(workspace_id, lines, **rest):
        seeding_import(workspace_id, itertools.islice(lines, 300), **rest)
        raise KeyboardInterrupt

    seeding_import = seeding.import_lines
    monkeypatch.setattr(seeding, "import_lines", cut_short)
    with pytest.raises(KeyboardInterrupt):
        seed(company, now=NOW)
    monkeypatch.setattr(seeding, "import_lines", seeding_import)
    facts = seed(company, now=NOW + timedelta(hours=1))
    told = messages(company, now=NOW)
    assert everything(workspace_of(facts))["intake_event"] == len(told) > 300


def test_what_was_edited_since_stays(facts, company):
    workspace = workspace_of(facts)
    member = workspace.members.get(level=Level.OWNER)
    member.user.set_password("another good password")
    member.user.save()
    ApiKey.find(facts["write_key"], "write").revoke()
    again = seed(company, now=NOW)
    assert again["logins"]["product_manager"]["password"] == "(changed since the demo was made)"
    assert ApiKey.find(facts["write_key"], "write") is None


def test_a_given_password_is_used(company):
    facts = seed(company, now=NOW, password="correct horse battery")
    assert facts["logins"]["product_manager"]["password"] == "correct horse battery"
    assert Client().login(
        username=facts["logins"]["executive"]["email"],
        email=facts["logins"]["executive"]["email"],
        password="correct horse battery",
    )


def test_the_product_managers_desk_has_a_draft_a_playbook_and_a_discovery(told):
    with scope(workspace_of(told)):
        draft = Ladder.objects.get(key="operators").draft
        assert (draft.number, draft.changed_by) == (2, "Mara Visser")
        assert missing_for_publication(draft.document) == []
        assert draft.edits.first().words == "Changed Done when"
        playbook = Playbook.objects.get(ladder__key="administrators")
        assert playbook.owner.name == "Mara Visser"
        assert len(Discovery.objects.get().plan.proposal.steps) > 3


def test_the_next_ladder_for_power_users_was_tried_in_test_and_brought_to_live(told):
    live = workspace_of(told)
    with scope(live.test):
        people = {journey.person.external_id: journey for journey in Journey.objects.select_related("person")}
        assert set(people) == {"tess", "theo", "tara"}
        assert people["tess"].finished_at is None
        assert people["tess"].completions.count() > people["theo"].completions.count() > 0
        assert Entry.objects.filter(action="ladder.taken").count() == 1
        newest = Ladder.objects.get(key="power-users").newest.document
    with scope(live):
        draft = Ladder.objects.get(key="power-users").draft
        assert draft.document["title"] == newest["title"] != Ladder.objects.get(key="power-users").published.title


def test_its_users_read_german_and_in_short_arabic(told, told_company):
    workspace = Workspace.objects.get(slug=told_company.slug)
    assert workspace.offers == ("en", "de", "ar")
    with scope(workspace):
        ladder = Ladder.objects.get(key="administrators")
        rungs = list(ladder.published.rungs.all())
    for says in (rung.content for rung in rungs):
        german, arabic = says["translations"]["de"], says["translations"]["ar"]
        read = {field for field in ("name", "cue", "tip", "value_statement", "action_label") if says.get(field)}
        assert read <= set(german)
        assert {"name", "cue", "action_label"} <= set(arabic)
    page = Client().get(told["logins"]["end_user"]["checklist_url"] + "?lang=de").content.decode()
    assert "Bereit für den Betrieb an der Rampe" in page
    assert "erledigt" in page
    arabic = Client().get(told["logins"]["end_user"]["checklist_url"] + "?lang=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "جاهز لتشغيل الرصيف" in arabic


def test_its_product_uses_a_feature_a_grant_and_a_webhook_that_is_off(told, told_company):
    with scope(Workspace.objects.get(slug=told_company.slug)):
        assert Feature.objects.get(key="team-views").reach == "account"
        assert Grant.objects.get().in_force(timezone.now())
        assert Endpoint.objects.get().state == "disabled"
        assert Delivery.objects.count() == 0


def test_a_report_for_the_executive_is_due_at_once(told, told_company):
    workspace = Workspace.objects.get(slug=told_company.slug)
    with scope(workspace):
        assert Report.objects.get().recipients.get().address == told["logins"]["executive"]["email"]
        assert is_due(workspace, now=NOW)


def test_each_seeding_is_told_once_in_the_audit_log(facts, company):
    seed(company, now=NOW)
    with scope(workspace_of(facts)):
        assert Entry.objects.filter(action="demo.told").count() == 1
        assert Entry.objects.filter(action="ladder.published").count() == 4


def test_the_command_prints_and_writes_how_to_get_in(company, tmp_path, monkeypatch):
    from config.demo.management.commands import seed_demo

    monkeypatch.setattr(seed_demo, "BERTHLINE", company)
    monkeypatch.setattr(seed_demo, "QUILLMARK", replace(company, slug=f"{company.slug}-b", accounts=5))
    out = io.StringIO()
    call_command("seed_demo", "--json", str(tmp_path / "facts.json"), stdout=out, stderr=io.StringIO())
    written = json.loads((tmp_path / "facts.json").read_text())
    assert json.loads(out.getvalue()) == written
    assert written["workspace"] == company.slug
    assert written["other_workspace"]["workspace"] == f"{company.slug}-b"


def test_production_gets_no_demo(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not made in production"):
        call_command("seed_demo")
