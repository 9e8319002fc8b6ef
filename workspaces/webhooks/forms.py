from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from workspaces.webhooks.addresses import Refused
from workspaces.webhooks.delivering import rules
from workspaces.webhooks.targets import LONGEST, parse
from workspaces.webhooks.topics import SUBSCRIBED, TOPICS


def _told(name: str) -> str:
    words = str(TOPICS[name].words)
    return f"{name}: {words[0].lower()}{words[1:]}"


_after_colon = lazy(_told, str)  # what it says depends on the reader


class EndpointForm(forms.Form):
    """Where to send, and what. The address is judged as it will be when something is sent."""

    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST,
        help_text=_("Such as https://hooks.example.com/firstmile. It must answer with a status from 200 to 299."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=120, help_text=_("What it is for, for your colleagues.")
    )
    topics = forms.MultipleChoiceField(
        label=_("What it is told"),
        required=False,
        choices=[(name, _after_colon(name)) for name in SUBSCRIBED],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: everything, topics that come later too."),
    )

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        using = rules()
        try:
            parse(url, allow_private=using.allow_private, allow_http=using.allow_http)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return url
