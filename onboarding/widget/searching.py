"""Finds people by what is kept in plain columns: under row-level security only those reach an index."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext_lazy as _

from onboarding.people.models import Person

STATES = {
    "climbing": _("On the way"),
    "first-value": _("Reached first value"),
    "finished": _("Finished"),
    "none": _("Without a ladder"),
    "anonymous": _("Anonymous visitors"),
}


def people_matching(*, text: str = "", ladder_key: str = "", state: str = "") -> QuerySet[Person]:
    """People whose user id or e-mail address begins with `text`, newest first; unknown states match nobody.

    Anonymous visitors are left out unless asked for: they climb no ladder, and there are many of them.
    """
    text = text.replace("\x00", "")  # PostgreSQL holds no NUL, so nobody's id begins with one
    found = Person.objects.order_by("-last_seen_at", "-pk").annotate(c_key=Collate("key", "C"))
    if state == "anonymous":
        return found.filter(external_id="", **_beginning("c_key", f"a:{text}"))
    found = found.exclude(external_id="")
    if text:
        by_key = Q(**_beginning("c_key", f"u:{text}"))
        by_email = Q(**_beginning("c_email", text.lower()))
        found = found.annotate(c_email=Collate("email", "C")).filter(by_key | by_email)
    journeys = Q(journeys__isnull=False)
    if ladder_key:
        journeys &= Q(journeys__ladder__key=ladder_key)
    match state:
        case "":
            return found.filter(journeys).distinct() if ladder_key else found
        case "none":
            return found.filter(journeys__isnull=True)
        case "climbing":
            return found.filter(journeys & Q(journeys__finished_at=None)).distinct()
        case "first-value":
            return found.filter(journeys & Q(journeys__first_value_at__isnull=False)).distinct()
        case "finished":
            return found.filter(journeys & Q(journeys__finished_at__isnull=False)).distinct()
    return found.none()


def _beginning(column: str, text: str) -> dict[str, str]:
    """A prefix as a range: `<` may use an index under a policy, LIKE may not. For columns in code point order."""
    return {f"{column}__gte": text, f"{column}__lt": f"{text}\U0010ffff"}
