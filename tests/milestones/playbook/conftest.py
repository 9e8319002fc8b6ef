from datetime import UTC, datetime
from pathlib import Path

import pytest

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from workspaces.scope import scope
from workspaces.tenants.access import Level

LADDER = (Path(__file__).parent / "ladder.yaml").read_text()
PUBLISHED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def draft(workspace, other_workspace, ana, cyd):
    """Acme's ladder for administrators, as a draft. Globex has one of the same key, with a playbook of its own."""
    from milestones.playbook.writing import add_chapter, write

    with scope(other_workspace):
        theirs = import_ladder(load(LADDER), by=cyd).ladder
        add_chapter(theirs, title="Globex only", by=cyd)
        write(theirs, "milestone-connect", text="Globex's secret", by=cyd, why="theirs")
    with scope(workspace):
        return import_ladder(load(LADDER), by=ana).ladder


@pytest.fixture
def ladder(workspace, draft, ana):
    """The same, published."""
    with scope(workspace):
        draft.publish(by=ana, at=PUBLISHED)
    return draft


@pytest.fixture
def within(workspace, draft):
    """Acme's scope, for the whole test."""
    with scope(workspace):
        yield


@pytest.fixture
def dan(workspace, make_member):
    """Editor in Acme."""
    return make_member(workspace, "dan", Level.EDITOR)
