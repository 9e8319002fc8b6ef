from django import forms

from workspaces.tenants.models import LONGEST_RETENTION_MONTHS, SHORTEST_AUDIT_MONTHS, Workspace

BOUNDS = f"Write a number from {SHORTEST_AUDIT_MONTHS} to {LONGEST_RETENTION_MONTHS}, or nothing."


class KeepForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ["keep_audit_months"]
        labels = {"keep_audit_months": "Months for which entries are kept"}
        help_texts = {
            "keep_audit_months": f"Empty: for ever; at least {SHORTEST_AUDIT_MONTHS}. Addresses go after 90 days."
        }
        error_messages = {"keep_audit_months": dict.fromkeys(("min_value", "max_value", "invalid"), BOUNDS)}
