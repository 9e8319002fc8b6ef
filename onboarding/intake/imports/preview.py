"""What the first rows of a file become: the message, or why not. By the steps that the import itself takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onboarding.intake import steps
from onboarding.intake.imports.history import CAREFUL
from onboarding.intake.imports.sources import Numbered, Source
from onboarding.intake.message import Message
from onboarding.intake.reasons import Drop


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: its number and text, and the message that it becomes or the reason why it becomes none."""

    number: int
    text: str
    message: Message | None
    sent: Any
    drop: Drop | None

    @property
    def who(self) -> str:
        """Whose event it is, without the mark of the kind of id."""
        return self.message.sender.partition(":")[2] if self.message else ""


def preview(source: Source, rows: Sequence[Numbered], *, now: datetime) -> list[Shown]:
    """What these rows of the source become."""
    return [_shown(source, number, row, now) for number, row in rows]


def _shown(source: Source, number: int, row: Any, now: datetime) -> Shown:
    text = source.text(row).replace("\x00", "\ufffd")
    try:
        sent, _ = source.parse(row)
    except Drop as drop:
        return Shown(number, text, None, None, drop)
    message = steps.read(sent, CAREFUL, received_at=now)
    if isinstance(message, Drop):
        return Shown(number, text, None, sent, message)
    return Shown(number, text, message, sent, None)
