"""What differs between the translations of two owners of texts. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.versions.changes import Change, text_change
from milestones.library.translations import MADE_FROM, TextPlace, value_at
from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.templatetags.spoken_names import spoken_name


def translations_changed(
    at: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    places: Sequence[TextPlace],
    labels: Mapping[str, str],
) -> list[Change]:
    """Text by text, language by language. `labels` by path."""
    changes: list[Change] = []
    for language in LANGUAGES.values():
        old, new = (owner.get("translations", {}).get(language.tag, {}) for owner in (before, after))
        for place in places:
            label = f"{spoken_name(language)}: {labels[place.path]}"
            said = text_change(at, label, value_at(old, place.path), value_at(new, place.path))
            if not said and old.get(MADE_FROM, {}).get(place.path) != new.get(MADE_FROM, {}).get(place.path):
                said = [Change(at, _("%(what)s stays as it is, for another state of the original") % {"what": label})]
            changes += said
    return changes
