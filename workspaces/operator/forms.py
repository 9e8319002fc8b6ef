from django import forms
from django.utils.translation import gettext_lazy as _


class EnterForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you look?"),
        min_length=5,
        max_length=200,
        help_text=_("A ticket's number or a sentence. It stands in the log beside all that you do for an hour."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label=_("What its members read"),
        min_length=5,
        max_length=200,
        help_text=_("Say what has happened and what they can do."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
