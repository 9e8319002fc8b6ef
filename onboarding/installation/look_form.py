"""The form of the widget's look. What it holds becomes a Theme, which says itself whether it can be read."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.widget.colours import BadColour, Colour
from onboarding.widget.models import WidgetSettings
from onboarding.widget.theme import COLOURS, FONTS, RADII, SCHEMES, Palette, Theme

SETS = {"light": _("On light pages"), "dark": _("On dark pages")}


class ColourField(forms.CharField):
    def clean(self, value: Any) -> str:
        try:
            return str(Colour.read(super().clean(value)))
        except BadColour as bad:
            raise forms.ValidationError(str(bad)) from bad


class LookForm(forms.Form):
    scheme = forms.ChoiceField(label=_("Light or dark"), choices=[*SCHEMES.items()])
    radius = forms.TypedChoiceField(label=_("Corners"), coerce=int, choices=[*RADII.items()])
    font = forms.ChoiceField(label=_("Font"), choices=[(key, name) for key, (name, _family) in FONTS.items()])
    position = forms.ChoiceField(label=_("Place in the page"), choices=WidgetSettings.Position.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for palette in SETS:
            for key, name in COLOURS.items():
                attrs = {"maxlength": 30, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
                self.fields[f"{palette}_{key}"] = ColourField(label=name, widget=forms.TextInput(attrs))

    @classmethod
    def of(cls, settings: WidgetSettings) -> "LookForm":
        theme = Theme.read(settings.theme)
        colours = {f"{name}_{key}": getattr(getattr(theme, name), key) for name in SETS for key in COLOURS}
        rest = {"scheme": theme.scheme, "radius": theme.radius, "font": theme.font, "position": settings.position}
        return cls(initial={**rest, **colours})

    def sets(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [(name, str(title), [self[f"{name}_{key}"] for key in COLOURS]) for name, title in SETS.items()]

    def theme(self) -> Theme:
        """Of what is valid in it; the rest as in Firstmile's own look."""
        said: Mapping[str, Any] = self.cleaned_data
        usual = Theme()
        light, dark = (
            Palette(**{key: said.get(f"{name}_{key}", getattr(getattr(usual, name), key)) for key in COLOURS})
            for name in SETS
        )
        rest = {key: said[key] for key in ("scheme", "radius", "font") if key in said}
        return Theme(light, dark, **rest)

    @property
    def place(self) -> str:
        return str(self.cleaned_data.get("position", WidgetSettings.Position.BOTTOM_RIGHT))
