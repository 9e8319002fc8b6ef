"""What a draft says, in 64 characters: so that a page, a review and a schedule know whether it is still the same."""

import hashlib
from typing import TYPE_CHECKING

from milestones.ladders.versions.comparison import without_notes
from milestones.ladders.versions.exactly import exact

if TYPE_CHECKING:
    from milestones.ladders.models import LadderVersion


def state_of(draft: "LadderVersion") -> str:
    """Differs as soon as anything differs that people would climb by, the role's rule included; notes don't count."""
    return hashlib.sha256(exact(without_notes(draft.document)).encode()).hexdigest()
