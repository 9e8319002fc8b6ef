"""`manage.py ladders`."""

import io

import pytest
from django.core.management import CommandError, call_command

from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.yaml_text import dump
from milestones.library.models import Milestone
from workspaces.scope import scope

from .documents import changed, two_rungs


@pytest.fixture
def ladders(workspace):
    def run(*arguments, **options):
        out = io.StringIO()
        call_command("ladders", *arguments, "--workspace", workspace.slug, stdout=out, **options)
        return out.getvalue()

    return run


@pytest.fixture
def file(tmp_path):
    def write(document):
        path = tmp_path / "ladder.yaml"
        path.write_text(document if isinstance(document, str) else dump(document), encoding="utf-8")
        return str(path)

    return write


def test_a_file_is_imported_published_and_exported_the_same(ladders, file):
    assert "admins: draft begun" in ladders("import", file(two_rungs()))
    assert ladders("publish", "admins") == "admins: version 1 published\n"
    assert ladders("export", "admins") == dump(two_rungs())


def test_importing_and_publishing_go_in_one(ladders, file):
    assert ladders("import", file(two_rungs()), "--publish").endswith("admins: version 1 published\n")
    assert ladders("import", file(two_rungs()), "--publish") == "admins: nothing to change\n"


def test_an_older_version_can_be_exported(ladders, file):
    ladders("import", file(two_rungs()), "--publish")
    ladders("import", file(changed(two_rungs(), title="Get going")))
    assert ladders("export", "admins") == dump(changed(two_rungs(), title="Get going"))
    assert ladders("export", "admins", "--number", "1") == dump(two_rungs())
    with pytest.raises(CommandError, match=r"admins has no version 7\."):
        ladders("export", "admins", "--number", "7")


def test_the_list_shows_keys_roles_and_versions(ladders, file):
    ladders("import", file(two_rungs()), "--publish")
    ladders("import", file(changed(two_rungs(), title="Get going")))
    assert ladders("list") == "admins\tAdministrators\tadministrator\tv1 published, v2 draft\n"


def test_a_file_with_mistakes_changes_nothing_and_names_them_all(ladders, file, workspace):
    text = dump(two_rungs()).replace("14 days", "14 dayz").replace("phase: core", "phase: cores")
    with pytest.raises(CommandError) as error:
        ladders("import", file(text))
    message = str(error.value)
    assert message.startswith("Nothing was changed, because:")
    assert "rungs[1].criterion.within: '14 dayz' is not a period" in message
    assert "rungs[1].phase: 'cores' is no phase" in message
    with scope(workspace):
        assert not Ladder.objects.exists()


def test_when_it_cannot_be_published_the_import_is_undone_too(ladders, file, workspace):
    with pytest.raises(CommandError, match="title: is empty"):
        ladders("import", file(changed(two_rungs(), title="")), "--publish")
    with scope(workspace):
        assert not LadderVersion.objects.exists()
        assert not Milestone.objects.exists()


def test_what_is_not_there_is_named(ladders, tmp_path):
    with pytest.raises(CommandError, match=r"There is no ladder 'x' in this workspace; there are: none\."):
        ladders("publish", "x")
    with pytest.raises(CommandError, match="No such file"):
        ladders("import", str(tmp_path / "none.yaml"))
    with pytest.raises(CommandError, match="There is no workspace 'nowhere'"):
        call_command("ladders", "list", "--workspace", "nowhere")


def test_a_file_that_is_no_text_is_refused(ladders, tmp_path):
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="is not UTF-8 text"):
        ladders("import", str(path))
