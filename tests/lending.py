"""What costs much to make is lent from test to test, as long as each leaves it as it found it and says so."""

from collections.abc import Callable
from typing import Any

import pytest

_whole: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}


class Loan:
    """Values of fixtures: new ones, or those that an earlier test has given back."""

    def __init__(self, key: tuple[str, ...], things: tuple[Any, ...]) -> None:
        self.key, self.things = key, things

    def give_back(self) -> None:
        """Everything is again as it was lent. A test that fails before this keeps it, and the next makes its own."""
        _whole.setdefault(self.key, []).append(self.things)


@pytest.fixture
def lent(request) -> Callable[..., Loan]:
    """Borrow what these fixtures of the module make."""

    def borrow(*names: str) -> Loan:
        key = (request.node.path.as_posix(), *names)
        waiting = _whole.get(key)
        things = waiting.pop() if waiting else tuple(request.getfixturevalue(name) for name in names)
        return Loan(key, things)

    return borrow
