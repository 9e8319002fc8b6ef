"""What members say of keys: what for, what they may do, until when."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import AREAS, READ, READING, SCOPES, USUAL, WRITE, scope_of
from workspaces.tenants.access import PERMISSIONS
from workspaces.tenants.models import Member

ALL, SOME = "all", "some"
NEVER = 0
LIVES_DAYS = (NEVER, 30, 90, 365)
WORDS = {READ: _("read"), WRITE: _("write")}
AREA_WORDS = {
    "adoption": _("Adoption"),
    "audit": _("Audit"),
    "environments": _("Environments"),
    "events": _("Events"),
    "features": _("Features"),
    "feedback": _("Feedback"),
    "keys": _("Keys"),
    "ladders": _("Ladders"),
    "people": _("People"),
    "privacy": _("Privacy"),
    "progress": _("Progress"),
    "reports": _("Reports"),
    "settings": _("Settings"),
    "shares": _("Shares"),
    "sign_in": _("Sign-in"),
    "summaries": _("Summaries"),
    "team": _("Team"),
    "views": _("Views"),
    "webhooks": _("Webhooks"),
    "widget": _("Widget"),
    "workflows": _("Workflows"),
    "workspace": _("Workspace"),
}


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=ApiKey.LONGEST_NAME, label=_("Name"), help_text=_("What uses it, such as Warehouse.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ApiKey.Kind.choices, initial=ApiKey.Kind.WRITE)
    may = forms.ChoiceField(
        label=_("A secret key may"),
        required=False,
        initial=READ,
        choices=[
            (READ, _("Read everything")),
            (ALL, _("Read and change everything but how members sign in")),
            (SOME, _("Do what is ticked below")),
        ],
        help_text=_("As far as you may yourself."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Only this"),
        required=False,
        choices=[(scope, scope) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("Ends"),
        required=False,
        coerce=int,
        empty_value=None,
        initial=NEVER,
        choices=[
            (days, format_lazy(_("After {days} days"), days=days) if days else _("When somebody revokes it"))
            for days in LIVES_DAYS
        ],
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member

    @property
    def areas(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """By area, its scopes for reading and changing ('' for none): each with its kind and whether it is ticked."""
        ticked = set(self.data.getlist("scopes")) if hasattr(self.data, "getlist") else set()
        found = []
        for area, kinds in AREAS.items():
            scopes = [f"{area}:{kind}" if kind in kinds else "" for kind in (READ, WRITE)]
            rows = [(scope, str(WORDS.get(scope.partition(":")[2], "")), scope in ticked) for scope in scopes]
            found.append((str(AREA_WORDS.get(area, area.capitalize())), rows))
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        secret, may = data.get("kind") == ApiKey.Kind.SECRET, data.get("may") or READ
        chosen = {READ: READING, ALL: USUAL}.get(may, data.get("scopes", []))
        if secret and not chosen:
            self.add_error("scopes", gettext("Tick at least one thing that the key may do."))
        beyond = [scope for scope in chosen if not self._may(scope)] if secret and may == SOME else []
        if beyond:
            message = gettext("Your own level does not reach %(scopes)s.") % {"scopes": ", ".join(beyond)}
            self.add_error("scopes", message)
        data["chosen"] = [scope for scope in chosen if self._may(scope)]
        return data

    @property
    def expires_at(self) -> datetime | None:
        days = self.cleaned_data.get("days") or NEVER
        return timezone.now() + timedelta(days=days) if days else None

    def _may(self, scope: str) -> bool:
        """Whether the member may do anything that the scope is for."""
        return any(scope_of(permission) == scope and self.member.may(permission) for permission in PERMISSIONS)


class RotationForm(forms.Form):
    overlap = forms.ChoiceField(choices=[(name, name) for name in ApiKey.OVERLAPS])
