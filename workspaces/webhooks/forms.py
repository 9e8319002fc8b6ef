from django import forms

from workspaces.webhooks.addresses import Refused
from workspaces.webhooks.delivering import rules
from workspaces.webhooks.targets import LONGEST, parse
from workspaces.webhooks.topics import SUBSCRIBED, TOPICS


class EndpointForm(forms.Form):
    """Where to send, and what. The address is judged as it will be when something is sent."""

    url = forms.CharField(
        label="Address",
        max_length=LONGEST,
        help_text="Such as https://hooks.example.com/firstmile. It must answer with a status from 200 to 299.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(required=False, max_length=120, help_text="What it is for, for your colleagues.")
    topics = forms.MultipleChoiceField(
        label="What it is told",
        required=False,
        choices=[(name, f"{name}: {TOPICS[name].words[0].lower()}{TOPICS[name].words[1:]}") for name in SUBSCRIBED],
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: everything, topics that come later too.",
    )

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        using = rules()
        try:
            parse(url, allow_private=using.allow_private, allow_http=using.allow_http)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return url
