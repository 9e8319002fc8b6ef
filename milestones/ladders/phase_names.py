"""The phases of a ladder as members read them. In documents they are words of the format, never translated."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

NAMES = {"quick wins": _("Quick wins"), "core": _("Core"), "advanced": _("Advanced")}


def phase_name(phase: str) -> str:
    return str(NAMES.get(phase, phase))


def phase_in_sentence(phase: str) -> str:
    """The same amid other words: English writes it small there, as documents do."""
    return phase if (get_language() or "en").startswith("en") else phase_name(phase)
