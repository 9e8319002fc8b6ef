"""A workspace's settings for programs."""

from typing import Any

from rest_framework import serializers

from workspaces.api.forms import refused_form
from workspaces.api.operations import Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Body, Text
from workspaces.api.views import KeyedView
from workspaces.settings.changing import change, state_of
from workspaces.settings.forms import WorkspaceForm
from workspaces.tenants.access import Level
from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.models import LONGEST_RETENTION_MONTHS, Workspace

PUBLISHERS = {"editor": Level.EDITOR, "admin": Level.ADMIN}


class Settings(serializers.Serializer):
    name = serializers.CharField()
    slug = serializers.CharField(read_only=True)
    time_zone = serializers.CharField()
    language = serializers.ChoiceField(list(LANGUAGES), help_text="The one that ladders are written in.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="Further ones for end users.")
    segments = serializers.ListField(child=serializers.CharField(), help_text="Traits that numbers split by.")
    values = serializers.ListField(child=serializers.CharField(), help_text="Numeric traits that accounts grow in.")
    publishers = serializers.ChoiceField(list(PUBLISHERS), help_text="From which level on members publish ladders.")
    review_needed = serializers.BooleanField()
    keep_events_months = serializers.IntegerField(allow_null=True, help_text="null: for ever.")


class SettingsBody(Body):
    """What is left out stays as it is."""

    example = {"segments": ["plan", "industry"]}

    name = Text(max_length=120, required=False)
    time_zone = Text(required=False, max_length=60)
    language = serializers.ChoiceField(list(LANGUAGES), required=False)
    languages = serializers.ListField(child=serializers.ChoiceField(list(LANGUAGES)), required=False)
    segments = serializers.ListField(child=Text(max_length=80), required=False, max_length=8)
    values = serializers.ListField(child=Text(max_length=80), required=False, max_length=3)
    publishers = serializers.ChoiceField(list(PUBLISHERS), required=False)
    review_needed = serializers.BooleanField(required=False)
    keep_events_months = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=LONGEST_RETENTION_MONTHS,
        help_text="May be longer than now; removing events is asked about on the settings page.",
    )


class TheWorkspace(KeyedView):
    @operation("workspace_read", "settings.read", "The workspace's settings", answer=Settings, plain=True)
    def get(self, call: Call) -> dict[str, Any]:
        return _told(call.workspace)

    @operation(
        "workspace_change",
        "settings.change",
        "Change settings; a new time zone or segment counts everybody anew",
        answer=Settings,
        body=SettingsBody,
        matches=True,
        plain=True,
    )
    def patch(self, call: Call) -> dict[str, Any]:
        said, now = dict(call.body), state_of(call.workspace)
        if "publishers" in said:
            said["publishers"] = PUBLISHERS[said["publishers"]]
        for name in ("segments", "values"):
            for place, trait in enumerate(said.get(name, [])):
                if "," in trait:
                    raise Refused("invalid", errors=[At("A comma parts traits.", pointer=f"/{name}/{place}")])
        merged = {**now, **said}
        for name in ("segments", "values"):
            merged[name] = ", ".join(merged[name])
        form = WorkspaceForm(
            {name: value for name, value in merged.items() if value not in (None, False)},
            instance=Workspace.objects.get(pk=call.workspace.pk),
        )
        if not form.is_valid():
            raise refused_form(form)
        return _told(change(form, now, by=call.by))


def _told(workspace: Workspace) -> dict[str, Any]:
    publishers = next(name for name, level in PUBLISHERS.items() if level == workspace.publishers)
    return {**state_of(workspace), "slug": workspace.slug, "publishers": publishers}
