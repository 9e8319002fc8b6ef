"""Names one after the other, as a sentence says them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


def listed(names: Sequence[str]) -> str:
    """ "Ana", "Ana and Ben", "Ana, Ben and Cyd" """
    return _(" and ").join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
