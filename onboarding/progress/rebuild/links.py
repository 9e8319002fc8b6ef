"""Which senders are one person, from the log alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from onboarding.people.directory import Message
from onboarding.people.models import Sender
from onboarding.people.roots import root_of


class Link(NamedTuple):
    """What holds of a sender: it is the same person as `to`, as was said at `at` by the message `by`."""

    to: str
    at: datetime
    by: str


class Links:
    """All links, and from them everybody's root. Of several sayings about a sender the earliest holds."""

    def __init__(self) -> None:
        self.of: dict[str, Link] = {}
        self._roots: dict[str, str] | None = None

    def hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            for key in message.links:
                if key == message.sender:
                    continue
                known = self.of.get(key)
                if known is None or (message.at, message.message_id) < (known.at, known.by):
                    self.of[key] = Link(message.sender, message.at, message.message_id)
                    self._roots = None

    def remember(self, before: datetime) -> None:
        """Take the kept links that were said before a moment for true, as the log from then may be gone."""
        kept = Sender.objects.filter(linked_at__lt=before).values_list("key", "linked_to", "linked_at", "linked_by")
        self.hear(Message(to, at, by, (key,)) for key, to, at, by in kept)

    @property
    def roots(self) -> Mapping[str, str]:
        """The root of each sender at either end of a link; all others are their own."""
        if self._roots is None:
            linked_to = {key: link.to for key, link in self.of.items()}
            self._roots = {key: root_of(key, linked_to) for key in linked_to.keys() | set(linked_to.values())}
        return self._roots

    def whole(self, keys: Iterable[str]) -> set[str]:
        """These senders and all that are one person with any of them."""
        wanted = {self.roots.get(key, key) for key in keys}
        return wanted | {key for key, root in self.roots.items() if root in wanted}
