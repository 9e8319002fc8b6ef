"""A role's form: name, key and the rule by which people have it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from milestones.ladders.models import Ladder, Role
from milestones.library.content import LONGEST_KEY, LONGEST_NAME, read_key
from milestones.library.criteria import CriterionError, parse_rule, to_data
from milestones.library.criterion_form import Editor, read_form
from milestones.library.problems import Problem, Problems

PREFIX = "rule"


class RoleForm(forms.Form):
    """`role`: the one to change, None for a new one. The rule's fields are the criterion editor's."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("Such as Administrator."))
    key = forms.CharField(
        label=_("Key"),
        max_length=LONGEST_KEY,
        help_text=_("For programs: small letters, digits and hyphens, such as administrator. It never changes."),
    )

    def __init__(self, *args: Any, role: Role | None = None, rule: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        if role is not None:
            del self.fields["key"]
            self.initial["name"] = role.name
        self.rule: Any = rule
        if rule is None:
            self.rule = read_form(self.data, PREFIX, "rule") if self.is_bound else role.rule if role else None
        self.rule_problems: tuple[Problem, ...] = ()

    @property
    def editor(self) -> Editor:
        return Editor(self.rule, prefix=PREFIX, kind="rule", problems=self.rule_problems)

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        problems = Problems()
        read_key(key, "key", problems)
        if problems:
            raise forms.ValidationError(_("Use small letters, digits and single hyphens, such as administrator."))
        if Role.objects.filter(key=key).exists():
            raise forms.ValidationError(_("Another role has this key; choose another one."))
        return key

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            data["rule"] = to_data(parse_rule(self.rule))
        except CriterionError as error:
            self.rule_problems = tuple(error.problems)
            self.add_error(None, _("The rule is not complete yet: see below it what is missing."))
        return data


class AudienceForm(forms.Form):
    """Whose a ladder is."""

    role: Any = forms.ModelChoiceField(label=_("Role"), queryset=None, empty_label=None)

    def __init__(self, *args: Any, ladder: Ladder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = ladder.role_id
        self.fields["role"].queryset = Role.objects.order_by("precedence", "key")  # type: ignore[attr-defined]
