"""Whatever a page changes, a program can change, or a reason is given. A new page without a verdict fails."""

import pytest
from django.urls import get_resolver

from tests.workspaces.api.operations import operations
from tests.workspaces.api.pages import NO, SAME
from tests.workspaces.test_urls import names

READS = {"GET", "HEAD", "OPTIONS"}
KNOWN = READS | {"POST", "PUT", "PATCH", "DELETE"}


def changing() -> set[str]:
    """The names of pages of a workspace that take more than reads."""
    return {name for name, view in names(get_resolver()) if hasattr(view, "permission") and _methods(view) - READS}


def _methods(view) -> set[str]:
    """What Django's decorators let through to the view; everything where there is none."""
    while view is not None:
        for cell in view.__closure__ or ():
            found = cell.cell_contents
            if isinstance(found, list | tuple) and found and set(map(str, found)) <= KNOWN:
                return set(found)
        view = getattr(view, "__wrapped__", None)
    return KNOWN


@pytest.mark.pure
def test_every_page_that_changes_something_has_an_operation_or_a_reason():
    pages = changing()
    assert len(pages) > 100
    assert sorted(pages - SAME.keys()) == []
    assert sorted(SAME.keys() - pages) == []


@pytest.mark.pure
def test_the_operations_that_are_named_are_there_and_change_something():
    methods = {found.name: found.method for found in operations()}
    named = {name for same in SAME.values() if not same.startswith(NO) for name in same.split()}
    assert sorted(named - methods.keys()) == []
    assert {methods[name] for name in named} <= {"post", "put", "patch", "delete"}
    assert all(len(same) > len(NO) + 10 for same in SAME.values() if same.startswith(NO))
