"""manage.py limit_events."""

import io

import pytest
from django.core.management import CommandError, call_command


def run(workspace, *arguments):
    output = io.StringIO()
    call_command("limit_events", *arguments, workspace=workspace.slug, stdout=output)
    workspace.refresh_from_db()
    return output.getvalue().strip().removeprefix(f"{workspace.slug}: ")


def test_it_says_and_shows_the_limit(workspace, other_workspace, settings):
    settings.INTAKE_EVENTS_PER_SECOND = 5_000
    assert run(workspace) == "5,000 events a second (the installation's)."
    assert (run(workspace, "200"), workspace.events_per_second) == ("200 events a second.", 200)
    assert (run(workspace, "none"), workspace.events_per_second) == ("no limit.", 0)
    assert (run(workspace, "default"), workspace.events_per_second) == (
        "5,000 events a second (the installation's).",
        None,
    )
    other_workspace.refresh_from_db()
    assert other_workspace.events_per_second is None


@pytest.mark.parametrize("limit", ["0", "1000001", "-5", "many", "1e3", "٣"])
def test_what_is_no_limit_is_refused_in_words(limit, workspace):
    with pytest.raises(CommandError, match="is no limit; write 1 to"):
        run(workspace, limit)
