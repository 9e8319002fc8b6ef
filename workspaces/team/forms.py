import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.tenants.access import Level
from workspaces.tenants.models import Member

MOST_AT_ONCE = 20


def levels_up_to(member: Member) -> list[tuple[int, str]]:
    return [(level.value, str(level.label)) for level in Level if level <= member.level]


class InviteForm(forms.Form):
    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("One, or several separated by commas or on lines of their own."),
    )
    level = forms.TypedChoiceField(label=_("Level"), coerce=lambda value: Level(int(value)), initial=Level.VIEWER.value)

    def __init__(self, data: object = None, *, by: Member) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["level"].choices = levels_up_to(by)  # type: ignore[attr-defined]

    def clean_addresses(self) -> list[str]:
        found = list(dict.fromkeys(one.lower() for one in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if one))
        if len(found) > MOST_AT_ONCE:
            raise ValidationError(gettext("At most %(n)s at once.") % {"n": MOST_AT_ONCE})
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    gettext("“%(address)s” is no e-mail address.") % {"address": address[:80]}
                ) from None
        return found


class LevelForm(forms.Form):
    level = forms.TypedChoiceField(coerce=lambda value: Level(int(value)), choices=Level.choices)
