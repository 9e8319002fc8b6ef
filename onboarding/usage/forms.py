"""A key workflow's form: what it is called, and which event it is, by the editor that criteria have."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.library.criteria import CriterionError, parse_start, to_data
from milestones.library.criterion_form import Editor, read_form
from milestones.library.problems import Problem
from onboarding.usage.models import KeyEvent

PREFIX = KIND = "workflow"


class KeyEventForm(forms.Form):
    """`key_event`: the one to change, None for a new one; `criterion`: what the editor shows instead of its own."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Such as Share a report.")
    )

    def __init__(self, *args: Any, key_event: KeyEvent | None = None, criterion: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key_event = key_event
        if key_event is not None:
            self.initial.setdefault("name", key_event.name)
        self.criterion: Any = criterion
        if criterion is None:
            own = key_event.criterion if key_event else None
            self.criterion = read_form(self.data, PREFIX, KIND) if self.is_bound else own
        self.criterion_problems: tuple[Problem, ...] = ()

    @property
    def editor(self) -> Editor:
        return Editor(self.criterion, prefix=PREFIX, kind=KIND, problems=self.criterion_problems)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            start = parse_start(self.criterion, at=KIND)
            assert start is not None
            data["criterion"] = to_data(start)
        except CriterionError as error:
            self.criterion_problems = tuple(error.problems)
            self.add_error(None, _("The event is not complete yet: see below what is missing."))
        return data
