from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from milestones.library.content import LONGEST_NAME
from milestones.playbook.care import Care
from milestones.playbook.markdown import LONGEST
from milestones.playbook.models import (
    LONGEST_COMMENT,
    LONGEST_REASON,
    LONGEST_WINDOW_DAYS,
    WINDOW_DAYS,
    Playbook,
    Section,
    Span,
)
from workspaces.tenants.models import User, Workspace

WEEKS = (1, 2, 4, 6, 8, 12, 26)


def cadences(*further: int) -> list[tuple[str, str]]:
    """What a cadence may be; with `further` numbers of weeks, which somebody chose elsewhere."""
    weeks = [(str(n), ngettext("Every week", "Every %(n)d weeks", n) % {"n": n}) for n in (*WEEKS, *further)]
    return [("", gettext("Never")), *weeks]


def _first(kind: type[forms.Widget], **attributes: Any) -> forms.Widget:
    """The field that takes the focus when its form opens."""
    return kind(attrs={"autofocus": True, **attributes})


class PlaceForm(forms.Form):
    """A form that stands at a place of the page, several of which may be open at once: ids begin with the place."""

    def __init__(self, data: Any = None, *, place: str, initial: Any = None) -> None:
        super().__init__(data, auto_id=f"{place}-%s", initial=initial)


class WritingForm(PlaceForm):
    """The text of a section. A reason is asked for once there is a text that it replaces."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_NAME)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST,
        help_text="Markdown: # heading, **bold**, - list, [link](https://…).",
        widget=_first(forms.Textarea, rows=12),
    )
    why = forms.CharField(
        label=_("Why this change"),
        max_length=LONGEST_REASON,
        help_text=_("One line for the change log; others read it."),
    )
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, section: Section) -> None:
        initial = {"title": section.title, "text": section.text, "base": section.revision}
        super().__init__(data, place=section.place, initial=initial)
        if section.rung:
            del self.fields["title"]
        if not section.text:
            del self.fields["why"]
            if section.title:
                self.fields["title"].required = True


class SpanForm(PlaceForm):
    """What is expected of a milestone. All empty: nothing."""

    low = forms.IntegerField(
        label="From, %", required=False, min_value=0, max_value=100, widget=_first(forms.NumberInput)
    )
    high = forms.IntegerField(label="To, %", required=False, min_value=0, max_value=100)
    within_days = forms.IntegerField(label=_("Within days"), required=False, min_value=1, max_value=LONGEST_WINDOW_DAYS)
    why = forms.CharField(label=_("Why this range"), max_length=LONGEST_REASON)

    def __init__(self, data: Any = None, *, section: Section, window_days: int) -> None:
        low, high, within_days = section.span or (None, None, window_days)
        initial = {"low": low, "high": high, "within_days": within_days}
        super().__init__(data, place=f"{section.place}-range", initial=initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("low"), data.get("high")
        if self.errors:
            return data
        if (low is None) != (high is None):
            raise forms.ValidationError(
                gettext("A range has two ends: say from and to, or leave both empty to expect nothing.")
            )
        if low is not None and high is not None and low > high:
            raise forms.ValidationError(gettext("“From” is above “to”; exchange them."))
        if low is not None and not data.get("within_days"):
            raise forms.ValidationError(gettext("Say within how many days people are expected to get there."))
        return data

    @property
    def span(self) -> Span | None:
        data = self.cleaned_data
        return None if data["low"] is None else Span(data["low"], data["high"], data["within_days"])


class CareForm(PlaceForm):
    owner = forms.ChoiceField(
        label=_("Owner"),
        required=False,
        help_text=_("Gets an e-mail when a review is due."),
        widget=_first(forms.Select),
    )
    cadence_weeks = forms.TypedChoiceField(
        label=_("Reviewed"), required=False, choices=cadences, coerce=int, empty_value=None
    )
    due_on = forms.DateField(
        label=_("Next review"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    window_days = forms.IntegerField(
        label=_("Numbers within days"),
        min_value=1,
        max_value=LONGEST_WINDOW_DAYS,
        help_text=_("Of the people who began, who got there within so many days."),
    )

    def __init__(self, data: Any = None, *, workspace: Workspace, playbook: Playbook) -> None:
        initial = {
            "owner": str(playbook.owner_id or ""),
            "cadence_weeks": playbook.cadence_weeks or "",
            "due_on": playbook.due_on,
            "window_days": playbook.window_days or WINDOW_DAYS,
        }
        super().__init__(data, place="care", initial=initial)
        members = workspace.members.select_related("user").order_by("user__name", "user__email")
        self.users: dict[str, User] = {str(member.user_id): member.user for member in members}
        choices = [("", gettext("Nobody")), *((key, str(user)) for key, user in self.users.items())]
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if playbook.cadence_weeks and playbook.cadence_weeks not in WEEKS:
            cadence = self.fields["cadence_weeks"]
            assert isinstance(cadence, forms.ChoiceField)
            cadence.choices = cadences(playbook.cadence_weeks)

    @property
    def care(self) -> Care:
        data = self.cleaned_data
        return Care(self.users.get(data["owner"]), data["cadence_weeks"], data["due_on"], data["window_days"])


class ReviewForm(PlaceForm):
    note = forms.CharField(
        label=_("What you found"),
        max_length=LONGEST_REASON,
        help_text=_("One line for the change log."),
        widget=_first(forms.TextInput),
    )


class CommentForm(PlaceForm):
    text = forms.CharField(label=_("Comment"), max_length=LONGEST_COMMENT, widget=_first(forms.Textarea, rows=3))


class ChapterForm(PlaceForm):
    title = forms.CharField(label=_("Title"), max_length=LONGEST_NAME)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, place="new-chapter")
