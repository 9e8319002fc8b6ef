"""What the languages that end users are spoken to in are called in the reader's own language."""

from django import template
from django.utils.translation import gettext

from workspaces.tenants.languages import Language

register = template.Library()


@register.filter
def spoken_name(language: Language) -> str:
    """ "German" for those who read English, "Deutsch" for those who read German: Django knows them all."""
    return gettext(language.english)
