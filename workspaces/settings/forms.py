import zoneinfo

from django import forms

from workspaces.tenants.models import Workspace


class WorkspaceForm(forms.ModelForm):
    """Name, time zone and segments of a workspace, and how its ladders are published."""

    segments = forms.CharField(
        required=False,
        help_text="Traits that numbers split by, separated by commas, such as plan, industry, size. "
        "A trait of the person’s account is written account.plan.",
    )

    class Meta:
        model = Workspace
        fields = ["name", "time_zone", "publishers", "review_needed"]
        labels = {"publishers": "Who may publish ladders", "review_needed": "A draft needs a review"}
        help_texts = {
            "publishers": "Everybody who may edit ladders can ask for a review, whoever publishes.",
            "review_needed": "Another member must have approved it, as it stands, before it is published.",
        }

    field_order = ["name", "time_zone", "segments", "publishers", "review_needed"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["time_zone"] = forms.ChoiceField(
            choices=[(z, z.replace("_", " ")) for z in sorted(zoneinfo.available_timezones())],
            help_text="Days begin at midnight here. A change counts everybody anew.",
        )
        self.initial["segments"] = ", ".join(self.instance.segments)

    def clean_segments(self) -> list[str]:
        names = [name.strip() for name in self.cleaned_data["segments"].split(",")]
        names = list(dict.fromkeys(name for name in names if name))
        if any(len(name) > 80 for name in names):
            raise forms.ValidationError("A trait's name has at most 80 characters.")
        if len(names) > 8:
            raise forms.ValidationError("Choose at most 8 segments; every further one multiplies the counts to keep.")
        return names

    def save(self, commit: bool = True) -> Workspace:
        self.instance.segments = self.cleaned_data["segments"]
        return super().save(commit=commit)
