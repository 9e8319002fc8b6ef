"""What members say of reports and links. Questions are checked as the adoption page checks its address."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from analytics.dashboards import asked as asking
from analytics.dashboards.asked import SPLIT_NOTHING, SPLIT_TRAIT, SPLIT_VERSION
from analytics.metrics import fetch
from analytics.metrics.question import DEFAULT_WINDOW_DAYS, LONGEST_WINDOW_DAYS, Unanswerable
from analytics.reports import links
from analytics.reports.asked_again import address_of
from analytics.reports.models import LAST_DAY, Link, Report
from workspaces.tenants.lines import OneLine
from workspaces.tenants.models import Workspace

DAYS = list(WEEKDAYS.items())
HOURS = [(hour, f"{hour}:00") for hour in range(24)]
QUESTION = ("ladder_key", "period_days", "window_days", "split")


class QuestionForm(forms.ModelForm):
    """The fields of a question, with the workspace's ladders and traits to choose from. Made inside the scope."""

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        ladders = [(subject.key, subject.name) for subject in fetch.subjects()]
        traits = [(f"{SPLIT_TRAIT}{trait}", _("Split by %(trait)s") % {"trait": trait}) for trait in workspace.segments]
        self.fields["ladder_key"] = forms.ChoiceField(label=_("Ladder"), choices=ladders)
        self.fields["period_days"].label = _("People who began in the last")
        self.fields["window_days"] = forms.IntegerField(
            label=_("Window in days"),
            initial=DEFAULT_WINDOW_DAYS,
            min_value=1,
            max_value=LONGEST_WINDOW_DAYS,
            help_text=_("A share counts who got there within so many days of beginning."),
        )
        self.fields["split"] = forms.ChoiceField(
            label=_("Split people"),
            required=False,
            choices=[
                ("", _("As the page chooses")),
                (SPLIT_NOTHING, _("Everybody together")),
                (SPLIT_VERSION, _("Before and after the newest version")),
                *traits,
            ],
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            query = address_of(*(cleaned[field] for field in QUESTION))
            try:
                asking.read(self.workspace, QueryDict(query), now=timezone.now())
            except Unanswerable as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return cleaned


class ReportForm(QuestionForm):
    class Meta:
        model = Report
        fields = ("name", *QUESTION, "cadence", "weekday", "month_day", "hour", "with_pdf")
        field_classes = {"name": OneLine}  # it stands in mail to people who know nothing of it
        labels = {
            "name": gettext_lazy("Name"),
            "with_pdf": gettext_lazy("Attach the whole dashboard as a PDF"),
            "cadence": gettext_lazy("How often"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Begins the subject of every mail.")
        self.fields["weekday"] = forms.TypedChoiceField(label=_("Day of the week"), choices=DAYS, coerce=int)
        self.fields["month_day"] = forms.TypedChoiceField(
            label=_("Day of the month"), choices=_month_days(), coerce=int
        )
        self.fields["hour"] = forms.TypedChoiceField(
            label=pgettext("hour", "At"),
            choices=HOURS,
            coerce=int,
            initial=8,
            help_text=_("In %(zone)s.") % {"zone": self.workspace.time_zone},
        )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class RecipientForm(forms.Form):
    address = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "A member's, or any other: that one is asked first, and gets nothing before it has said yes."
        ),
    )


class LinkForm(QuestionForm):
    days = forms.TypedChoiceField(label=gettext_lazy("Open for"), coerce=int, initial=links.USUAL_DAYS)
    secret = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        min_length=links.SHORTEST_PASSWORD,
        max_length=200,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Tell it to them by another way than the link."),
    )

    class Meta:
        model = Link
        fields = ("label", *QUESTION)
        labels = {"label": gettext_lazy("Who it is for")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, forms.ChoiceField)
        days.choices = [(number, _days(number)) for number in links.VALID_DAYS]


def _month_days() -> list[tuple[int, str]]:
    named = [(day, _("on the %(day)d.") % {"day": day}) for day in range(1, 29)]
    return [*named, (LAST_DAY, _("on the last day"))]


def _days(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
