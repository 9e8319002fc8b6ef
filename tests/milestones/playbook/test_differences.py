import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.playbook.differences import difference

pytestmark = pytest.mark.pure


def test_what_changed_stands_between_what_stayed():
    before = "a\nb\nc\nd\ne\nf\ng"
    after = "a\nb\nc\nD\ne\nf\ng\nh"
    assert ["".join(part) for part in difference(before, after)] == ["…", " c", "-d", "+D", " e", " f", " g", "+h"]


def test_nothing_changed_is_nothing():
    assert list(difference("a\nb", "a\nb")) == []


@given(st.text(alphabet="ab\n"), st.text(alphabet="ab\n"))
def test_what_was_taken_out_stood_before_and_what_was_put_in_stands_after(before, after):
    parts = list(difference(before, after))
    assert all(part.text in before.splitlines() for part in parts if part.kind in "- ")
    assert all(part.text in after.splitlines() for part in parts if part.kind in "+ ")
    if before.splitlines() != after.splitlines():
        assert any(part.kind in "+-" for part in parts)
