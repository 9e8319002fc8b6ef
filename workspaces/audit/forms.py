from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workspaces.tenants.models import LONGEST_RETENTION_MONTHS, SHORTEST_AUDIT_MONTHS, Workspace

BOUNDS = format_lazy(
    _("Write a number from {least} to {most}, or nothing."), least=SHORTEST_AUDIT_MONTHS, most=LONGEST_RETENTION_MONTHS
)


class KeepForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ["keep_audit_months"]
        labels = {"keep_audit_months": _("Months for which entries are kept")}
        help_texts = {
            "keep_audit_months": format_lazy(
                _("Empty: for ever; at least {least}. Addresses go after 90 days."), least=SHORTEST_AUDIT_MONTHS
            )
        }
        error_messages = {"keep_audit_months": dict.fromkeys(("min_value", "max_value", "invalid"), BOUNDS)}
