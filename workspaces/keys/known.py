"""Keys that a process has met: whose they are is asked once, whether they are still valid whenever they are used.

The statement that stores asks the latter. So a request costs no look-up of its own, and yet a revoked key ends at once.
"""

from dataclasses import dataclass

from workspaces.keys.models import ApiKey, digest

MOST = 10_000

_known: dict[str, tuple[int, frozenset[str]]] = {}  # by digest: whose it is, and what it does

SENDS, ASKS = "sends", "asks"


class KeyRevoked(Exception):
    """The key is not valid any more."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends or asks: the workspace that the key belonged to when it was first met, and the key's digest."""

    workspace_id: int
    digest: str

    def is_still_valid(self) -> bool:
        """Look the key up now; one that is not valid is asked about anew when it comes next."""
        valid = ApiKey.live().filter(digest=self.digest, workspace=self.workspace_id).exists()
        if not valid:
            self.forget()
        return valid

    def forget(self) -> None:
        """Ask about the key anew when it comes next."""
        _known.pop(self.digest, None)


def sender_of(token: str) -> Sender | None:
    """Who sends with this token, or None if no key that may send has ever had it. It may have been revoked since."""
    return _holder_of(token, SENDS)


def asker_of(token: str) -> Sender | None:
    """Who asks for features with this token, likewise."""
    return _holder_of(token, ASKS)


def _holder_of(token: str, act: str) -> Sender | None:
    if not token or len(token) > ApiKey.LONGEST:
        return None
    hashed = digest(token)
    known = _known.get(hashed)
    if known is None:
        key = ApiKey.find(token)
        if key is None:
            return None
        if len(_known) >= MOST:
            _known.clear()
        acts = frozenset(name for name, does in ((SENDS, key.sends), (ASKS, key.asks)) if does)
        known = _known[hashed] = key.workspace_id, acts
    workspace_id, may = known
    if act not in may:
        return None
    ApiKey.note_use(hashed)
    return Sender(workspace_id, hashed)
