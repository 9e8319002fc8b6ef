"""What members type about features: what one is called and whom it reaches, and grants."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.features.models import Feature
from onboarding.people.models import Account, Person
from onboarding.usage.declaring import declare_use, use_of
from onboarding.usage.models import KeyEvent

LONGEST_GRANT = timedelta(days=366 * 10)


class FeatureForm(forms.ModelForm):
    used_when: Any = forms.ModelChoiceField(
        label=_("Used when somebody does"),
        queryset=None,
        to_field_name="key",
        required=False,
        empty_label=_("Not said"),
        help_text=_("A key workflow. Then the adoption page tells who uses the feature after it was unlocked."),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        chosen: Any = self.fields["used_when"]
        chosen.queryset = KeyEvent.objects.filter(archived_at=None).order_by("name", "key")
        self.initial.setdefault("used_when", use_of(self.instance.key))

    def save(self, commit: bool = True) -> Any:
        declare_use(self.instance.key, self.cleaned_data["used_when"])
        return super().save(commit)

    class Meta:
        model = Feature
        fields = ["name", "description", "reach"]
        labels = {"reach": _("A completion switches it on for")}
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}


class GrantForm(forms.Form):
    """A grant of a known feature to somebody, or of some feature to a known person: the fields that both have."""

    until = forms.DateField(
        label=_("Until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Without a day, until somebody revokes it."),
        error_messages={"invalid": _("Write the day as 2026-12-31.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        min_length=3,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Say why: whoever looks at it later will want to know."),
            "min_length": _("Say why in a few words, at least three characters."),
        },
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        # A person's page holds other forms too, and an id is one element's.
        super().__init__(*arguments, **{"auto_id": "id_grant_%s", **keywords})

    def clean_until(self) -> datetime | None:
        """The end of the day in the workspace's time zone."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(gettext("This day is over; choose today or a later one."))
        if day - today > LONGEST_GRANT:
            raise forms.ValidationError(gettext("Choose a day within ten years, or none."))
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


class GrantToForm(GrantForm):
    """On a feature's page: whom to grant it to."""

    PERSON, ACCOUNT = "person", "account"

    kind = forms.ChoiceField(
        label=_("To"), choices=[(PERSON, _("A person")), (ACCOUNT, _("Everyone in an account"))], initial=PERSON
    )
    whom = forms.CharField(
        label=_("User id, or account id"), max_length=255, help_text=_("As your product sends it in identify or group.")
    )
    field_order = ("kind", "whom", "until", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, whom = cleaned.get("kind"), cleaned.get("whom")
        if kind and whom:
            found = _person(whom) if kind == self.PERSON else Account.objects.filter(key=whom).first()
            if found is None:
                said = (
                    gettext(
                        "There is no person with the user id “%(whom)s” yet. It is known once an event has named it."
                    )
                    if kind == self.PERSON
                    else gettext(
                        "There is no account with the id “%(whom)s” yet. It is known once an event has named it."
                    )
                )
                self.add_error("whom", said % {"whom": whom})
            cleaned["to"] = found
        return cleaned


class GrantWhatForm(GrantForm):
    """On a person's page: what to grant."""

    feature: Any = forms.ModelChoiceField(queryset=None, to_field_name="key", empty_label=_("Choose a feature…"))
    field_order = ("feature", "until", "reason")

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        chosen: Any = self.fields["feature"]
        chosen.queryset = Feature.objects.filter(archived_at=None).order_by("name", "key")


def _person(user_id: str) -> Person | None:
    return Person.objects.filter(senders__key=f"u:{user_id}").first()
