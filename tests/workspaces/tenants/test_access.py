"""The one table of who may do what, and that the documentation says the same."""

from pathlib import Path

import pytest

from workspaces.tenants.access import GROUPS, PERMISSIONS, Level

TEAM = Path(__file__).resolve().parents[3] / "docs" / "team.md"


@pytest.mark.pure
def test_every_permission_has_one_row_with_a_sentence():
    rows = [one for group in GROUPS.values() for one in group]
    assert len(rows) == len(PERMISSIONS)
    assert all(one.sentence and not one.sentence.endswith(".") for one in rows)
    assert len({one.sentence for one in rows}) == len(rows)


@pytest.mark.pure
def test_the_documentation_lists_all_of_it():
    listed = [line for line in TEAM.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
    for group in GROUPS.values():
        for one in group:
            who = one.level.label if one.level == Level.OWNER else f"{one.level.label} and above"
            assert f"- {who}: {one.sentence}." in listed
