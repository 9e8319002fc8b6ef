"""What is filled in around a publication: notes, whom it concerns, when; and the question for a review."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.ladders.composer.making import TAKEN_KEYS
from milestones.ladders.models import Ladder, Review
from milestones.ladders.versions.reviews import reviewers
from milestones.library.content import LONGEST_NAME, LONGEST_TEXT, read_key
from milestones.library.problems import Problems
from workspaces.tenants.models import Member

LAST_YEAR = 2199  # beyond the calendar's own end no zone can be reckoned with
PASSED = _("That has passed; choose a moment to come, or publish now.")


class PublicationForm(forms.Form):
    """`seen` is the state of the draft that the page showed; see versions.state."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    notes = forms.CharField(
        label=_("What changes, and why"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands beside the version for everybody in the workspace."),
    )
    moves = forms.ChoiceField(
        choices=[("0", _("Only newcomers")), ("1", _("Also people under way"))], required=False, initial="0"
    )

    @property
    def moving(self) -> bool:
        return self.cleaned_data.get("moves") == "1"


class ScheduleForm(PublicationForm):
    """A publication at a date and time of the workspace's own zone, which must be in the future."""

    date = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["date"].error_messages["required"] = _("Choose the day.")
        self.fields["time"].error_messages["required"] = _("Choose the time.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("date") or not data.get("time"):
            return data
        if data["date"].year > LAST_YEAR:
            self.add_error("date", _("Nobody will be there to see it; choose an earlier day."))
            return data
        if data["date"] < timezone.localdate() - timedelta(days=1):  # in every zone
            self.add_error("time", PASSED)
            return data
        local = datetime.combine(data["date"], data["time"], self.zone)
        at = local.astimezone(timezone.get_default_timezone())
        if at.astimezone(self.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            words = _("On that day the clocks of %(zone)s skip this time; choose another.")
            self.add_error("time", words % {"zone": self.zone})
        elif at <= timezone.now():
            self.add_error("time", PASSED)
        data["at"] = at
        return data


class AskForm(forms.Form):
    """Of whom a review is asked."""

    of: Any = forms.ModelChoiceField(label=_("Who should look at it"), queryset=None, empty_label=None)
    note = forms.CharField(
        label=_("What should they look at"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].queryset = reviewers(member)  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A reviewer's answer; who asks for changes says which."""

    seen = forms.CharField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Review.Verdict.choices)
    answer = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == Review.Verdict.CHANGES and not data.get("answer"):
            self.add_error("answer", _("Say what should be changed."))
        return data


class DuplicateForm(forms.Form):
    """The name and key of a ladder that begins as another's copy."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    key = forms.CharField(
        label=_("Key"),
        max_length=60,
        help_text=_("For programs: small letters, digits and hyphens, such as admins-trial. It never changes."),
    )

    def clean_key(self) -> str:
        problems = Problems()
        key = read_key(self.cleaned_data["key"], "key", problems)
        if problems:
            raise forms.ValidationError(_("Use small letters, digits and single hyphens, such as admins-trial."))
        if key in TAKEN_KEYS:
            raise forms.ValidationError(_("A page of Firstmile stands at this address; choose another key."))
        if Ladder.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another ladder has this key; choose another one."))
        return key
