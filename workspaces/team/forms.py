import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from workspaces.tenants.access import Level
from workspaces.tenants.models import Member

MOST_AT_ONCE = 20


def levels_up_to(member: Member) -> list[tuple[int, str]]:
    return [(level.value, level.label) for level in Level if level <= member.level]


class InviteForm(forms.Form):
    addresses = forms.CharField(
        label="E-mail addresses",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text="One, or several separated by commas or on lines of their own.",
    )
    level = forms.TypedChoiceField(label="Level", coerce=lambda value: Level(int(value)), initial=Level.VIEWER.value)

    def __init__(self, data: object = None, *, by: Member) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["level"].choices = levels_up_to(by)  # type: ignore[attr-defined]

    def clean_addresses(self) -> list[str]:
        found = list(dict.fromkeys(one.lower() for one in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if one))
        if len(found) > MOST_AT_ONCE:
            raise ValidationError(f"At most {MOST_AT_ONCE} at once.")
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(f"“{address[:80]}” is no e-mail address.") from None
        return found


class LevelForm(forms.Form):
    level = forms.TypedChoiceField(coerce=lambda value: Level(int(value)), choices=Level.choices)
