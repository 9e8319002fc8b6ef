"""The phases of a ladder as members read them. In documents they are words of the format, the same in every language."""

from django.utils.translation import gettext_lazy as _

NAMES = {"quick wins": _("Quick wins"), "core": _("Core"), "advanced": _("Advanced")}


def phase_name(phase: str) -> str:
    return str(NAMES.get(phase, phase))
