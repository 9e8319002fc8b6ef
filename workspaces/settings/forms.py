import zoneinfo
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.lines import OneLine
from workspaces.tenants.models import LONGEST_RETENTION_MONTHS, Workspace

KEEP_HELP = _(
    "Empty: for ever. A number removes raw events by whole months (UTC): with 12, nothing from before this month of "
    "last year is left."
    "<br>What goes: each message with its properties, traits and context, and the ids by which a repetition is known."
    "<br>What stays: people and what is known of them now, every completion with its time and its message’s id, and "
    "all numbers. A ladder published later counts, of events that no ladder asked for before, only what is still there."
)
OUT_OF_BOUNDS = format_lazy(
    _("Write a number from {least} to {most}, or nothing."), least=1, most=LONGEST_RETENTION_MONTHS
)


class WorkspaceForm(forms.ModelForm):
    """Name, time zone, languages and segments of a workspace, who publishes, and how long raw events are kept."""

    segments = forms.CharField(
        required=False,
        label=_("Segments"),
        help_text=_(
            "Traits that numbers split by, separated by commas, such as plan, industry, size. "
            "A trait of the person’s account is written account.plan."
        ),
    )

    values = forms.CharField(
        required=False,
        label=_("What accounts grow in"),
        help_text=_(
            "Numeric traits of accounts, separated by commas, such as seats, mrr. How they moved after the start "
            "is told on the adoption page."
        ),
    )

    languages = forms.MultipleChoiceField(
        required=False,
        choices=[(language.tag, _(language.in_english)) for language in LANGUAGES.values()],
        widget=forms.CheckboxSelectMultiple,
        label=_("Further languages for end users"),
        help_text=_(
            "A checklist is shown in one of them to whoever asks for it: in your product, by the person’s trait "
            "locale or language, or in the browser. Texts that you have not translated stay in the language above."
        ),
    )

    class Meta:
        model = Workspace
        fields = ["name", "time_zone", "language", "publishers", "review_needed", "keep_events_months"]
        field_classes = {"name": OneLine}
        labels = {
            "name": _("Name"),
            "language": _("Ladders are written in"),
            "publishers": _("Who may publish ladders"),
            "review_needed": _("A draft needs a review"),
            "keep_events_months": _("Months for which raw events are kept"),
        }
        help_texts = {
            "language": _("What you write in ladders and milestones; translations stand beside it."),
            "publishers": _("Everybody who may edit ladders can ask for a review, whoever publishes."),
            "review_needed": _("Another member must have approved it, as it stands, before it is published."),
            "keep_events_months": KEEP_HELP,
        }
        error_messages = {"keep_events_months": dict.fromkeys(("min_value", "max_value", "invalid"), OUT_OF_BOUNDS)}

    field_order = [
        "name",
        "time_zone",
        "language",
        "languages",
        "segments",
        "values",
        "publishers",
        "review_needed",
        "keep_events_months",
    ]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["time_zone"] = forms.ChoiceField(
            choices=[(z, z.replace("_", " ")) for z in sorted(zoneinfo.available_timezones())],
            label=_("Time zone"),
            help_text=_("Days begin at midnight here. A change counts everybody anew."),
        )
        if self.instance.is_test:
            del self.fields["name"]  # it is called after the live one
        self.initial["languages"] = self.instance.languages
        self.initial["segments"] = ", ".join(self.instance.segments)
        self.initial["values"] = ", ".join(self.instance.values)
        self.fields["keep_events_months"].widget.attrs |= {"min": 1, "max": LONGEST_RETENTION_MONTHS}

    def clean_segments(self) -> list[str]:
        names = _names(self.cleaned_data["segments"])
        if len(names) > 8:
            raise forms.ValidationError(
                gettext("Choose at most 8 segments; every further one multiplies the counts to keep.")
            )
        return names

    def clean_values(self) -> list[str]:
        names = _names(self.cleaned_data["values"])
        if len(names) > 3:
            raise forms.ValidationError(gettext("Choose at most 3; whoever reads more sees none."))
        return names

    def clean(self) -> dict[str, Any] | None:
        """Removing is asked about once more, by a box that names what would go."""
        super().clean()
        begins = self._new_beginning()
        if begins is not None:
            box = f"remove_before_{begins:%Y_%m}"
            if box not in self.data:
                day = date_format(begins, gettext("j F Y"))
                self.fields[box] = forms.BooleanField(
                    label=gettext("Remove all raw events from before %(day)s for good") % {"day": day}, required=False
                )
                self.add_error(
                    box, gettext("This cannot be undone. Tick the box to go on; the removal begins within an hour.")
                )
        return self.cleaned_data

    def _new_beginning(self) -> datetime | None:
        """The moment before which events would go that are kept so far; None when none would."""
        now = timezone.now()
        begins = Workspace(keep_events_months=self.cleaned_data.get("keep_events_months")).keeps_events_from(now)
        before = Workspace.objects.get(pk=self.instance.pk)
        reached = [at for at in (before.keeps_events_from(now), before.log_begins_at) if at is not None]
        return begins if begins is not None and all(begins > at for at in reached) else None

    def save(self, commit: bool = True) -> Workspace:
        self.instance.segments = self.cleaned_data["segments"]
        self.instance.values = self.cleaned_data["values"]
        # The language that texts are written in is offered anyway.
        further = set(self.cleaned_data["languages"]) - {self.cleaned_data["language"]}
        self.instance.languages = [tag for tag in LANGUAGES if tag in further]
        return super().save(commit=commit)


def _names(text: str) -> list[str]:
    names = list(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
    if any(len(name) > 80 for name in names):
        raise forms.ValidationError(gettext("A trait's name has at most 80 characters."))
    return names
