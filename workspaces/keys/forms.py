"""What members say of keys: what for, what they may do, until when."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import AREAS, READ, READING, SCOPES, WRITE, scope_of
from workspaces.tenants.access import PERMISSIONS
from workspaces.tenants.models import Member

ALL, SOME = "all", "some"
NEVER = 0
LIVES_DAYS = (NEVER, 30, 90, 365)


class KeyForm(forms.Form):
    name = forms.CharField(max_length=ApiKey.LONGEST_NAME, help_text="What uses it, such as Warehouse.")
    kind = forms.ChoiceField(choices=ApiKey.Kind.choices, initial=ApiKey.Kind.WRITE)
    may = forms.ChoiceField(
        label="A secret key may",
        required=False,
        initial=READ,
        choices=[(READ, "Read everything"), (ALL, "Read and change everything"), (SOME, "Do what is ticked below")],
        help_text="As far as you may yourself.",
    )
    scopes = forms.MultipleChoiceField(
        label="Only this",
        required=False,
        choices=[(scope, scope) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label="Ends",
        required=False,
        coerce=int,
        empty_value=None,
        initial=NEVER,
        choices=[(days, f"After {days} days" if days else "When somebody revokes it") for days in LIVES_DAYS],
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
            found.append((area, [(scope, scope.partition(":")[2], scope in ticked) for scope in scopes]))
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        secret, may = data.get("kind") == ApiKey.Kind.SECRET, data.get("may") or READ
        chosen = {READ: READING, ALL: SCOPES}.get(may, data.get("scopes", []))
        if secret and not chosen:
            self.add_error("scopes", "Tick at least one thing that the key may do.")
        beyond = [scope for scope in chosen if not self._may(scope)] if secret and may == SOME else []
        if beyond:
            self.add_error("scopes", f"Your own level does not reach {', '.join(beyond)}.")
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
