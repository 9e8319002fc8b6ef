from django import forms


class EnterForm(forms.Form):
    reason = forms.CharField(
        label="Why do you look?",
        min_length=5,
        max_length=200,
        help_text="A ticket's number or a sentence. It stands in the log beside all that you do for an hour.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label="What its members read",
        min_length=5,
        max_length=200,
        help_text="Say what has happened and what they can do.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
