"""Importing and exporting whole ladders."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders.exchange import export_ladder, import_ladder
from milestones.ladders.models import Ladder, LadderVersion, Role, Rung
from milestones.ladders.yaml_text import dump
from milestones.library.models import Milestone
from tests.tiers import examples
from workspaces.audit.models import Entry
from workspaces.scope import scope

from .documents import changed, documents, two_rungs


def test_an_import_makes_role_milestones_and_a_draft(workspace):
    with scope(workspace):
        imported = import_ladder(two_rungs(), by=None)
        assert imported.changes == [
            "role administrator added",
            "ladder admins added",
            "milestone connect-source added",
            "milestone invite-team added",
            "draft begun",
        ]
        draft = imported.ladder.draft
        assert (draft.number, draft.state, draft.title) == (1, "draft", "Get set up")
        assert [rung.key for rung in draft.rungs.all()] == ["connect-source", "invite-team"]
        assert Role.objects.get().rule == {"trait": "role", "equals": "admin"}
        assert Milestone.objects.get(key="invite-team").criterion["at_least"] == 2


def test_what_is_imported_is_exported_the_same(workspace):
    with scope(workspace):
        imported = import_ladder(two_rungs(), by=None)
        assert dump(export_ladder(imported.ladder)) == dump(two_rungs())


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_documents_imported_one_after_the_other_are_exported_the_same(workspace, data):
    with scope(workspace):
        # Same ladder and few milestone keys, so that later documents change what earlier ones made.
        for document in data.draw(st.lists(documents(ladder_keys=st.just("one")), min_size=1, max_size=3)):
            ladder = import_ladder(document, by=None).ladder
            assert export_ladder(ladder) == document
            assert dump(export_ladder(ladder)) == dump(document)
            assert import_ladder(document, by=None).changes == []


def test_importing_the_same_again_changes_nothing(workspace):
    with scope(workspace):
        import_ladder(two_rungs(), by=None)
        before = list(LadderVersion.objects.values()), list(Rung.objects.values()), Entry.objects.count()
        assert import_ladder(two_rungs(), by=None).changes == []
        assert (list(LadderVersion.objects.values()), list(Rung.objects.values()), Entry.objects.count()) == before


def test_importing_what_is_published_begins_no_draft(workspace):
    with scope(workspace):
        ladder = import_ladder(two_rungs(), by=None).ladder
        ladder.publish(by=None)
        assert import_ladder(two_rungs(), by=None).changes == []
        assert ladder.draft is None


def test_importing_something_else_after_publication_begins_the_next_version(workspace):
    with scope(workspace):
        ladder = import_ladder(two_rungs(), by=None).ladder
        ladder.publish(by=None)
        imported = import_ladder(changed(two_rungs(), title="Get going"), by=None)
        assert imported.changes == ["draft begun"]
        assert ladder.draft.number == 2
        assert export_ladder(ladder, number=1) == two_rungs()
        assert export_ladder(ladder) == changed(two_rungs(), title="Get going")


def test_importing_into_a_draft_replaces_what_it_said(workspace):
    with scope(workspace):
        ladder = import_ladder(two_rungs(), by=None).ladder
        shorter = changed(two_rungs(), rungs=two_rungs()["rungs"][:1])
        assert import_ladder(shorter, by=None).changes == ["draft of version 1 changed"]
        assert [rung.key for rung in ladder.draft.rungs.all()] == ["connect-source"]


def test_a_changed_milestone_changes_the_library_and_not_what_is_published(workspace):
    with scope(workspace):
        ladder = import_ladder(two_rungs(), by=None).ladder
        ladder.publish(by=None)
        renamed = two_rungs()
        renamed["rungs"][0]["milestone"]["name"] = "Connect your warehouse"
        assert import_ladder(renamed, by=None).changes == ["milestone connect-source changed", "draft begun"]
        assert Milestone.objects.get(key="connect-source").name == "Connect your warehouse"
        assert export_ladder(ladder, number=1) == two_rungs()


def test_what_a_milestone_no_longer_says_is_emptied(workspace):
    with scope(workspace):
        import_ladder(two_rungs(), by=None)
        poorer = two_rungs()
        del poorer["rungs"][0]["milestone"]["unlock"], poorer["rungs"][0]["milestone"]["minutes"]
        import_ladder(poorer, by=None)
        milestone = Milestone.objects.get(key="connect-source")
        assert (milestone.unlock, milestone.minutes) == ("", None)


def test_the_import_is_in_the_audit_log_with_what_it_changed(workspace, ana):
    with scope(workspace):
        imported = import_ladder(two_rungs(), by=ana)
        entry = Entry.objects.get(action="ladder.imported")
        assert (entry.actor, entry.target) == (ana.user.email, "Administrators")
        assert entry.details == {"changes": imported.changes}


def test_two_workspaces_have_ladders_of_the_same_key(workspace, other_workspace):
    with scope(workspace):
        import_ladder(two_rungs(), by=None)
    with scope(other_workspace):
        assert not Ladder.objects.exists()
        import_ladder(changed(two_rungs(), name="Admins at Globex"), by=None)
    with scope(workspace):
        assert [ladder.name for ladder in Ladder.objects.all()] == ["Administrators"]
