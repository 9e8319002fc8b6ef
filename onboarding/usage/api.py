"""Key workflows for programs: which events show that somebody does what they came for."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from milestones.library.criteria import CriterionError, parse_start, to_data
from milestones.library.shapes import unwritable
from onboarding.usage import changing, declaring
from onboarding.usage.models import KeyEvent
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import Refused
from workspaces.api.shapes import Anything, Body, Text
from workspaces.api.views import KeyedView


class Workflow(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    criterion = Anything()
    archived_at = serializers.DateTimeField(allow_null=True)


class WorkflowBody(Body):
    example = {"name": "Share a report", "criterion": {"event": "Report Shared"}}

    name = Text(max_length=120)
    criterion = Anything(help_text='An event with property conditions, such as {"event": "Report Shared"}.')


class Workflows(KeyedView):
    @operation("workflows_list", "workflows.read", "The key workflows", answer=Workflow, pages=True)
    def get(self, call: Call) -> Page:
        return page(KeyEvent.objects.all(), call.asked, order=("name", "pk"))

    @operation(
        "workflows_create",
        "workflows.change",
        "A new key workflow; what was before counts too",
        answer=Workflow,
        body=WorkflowBody,
        status=201,
    )
    def post(self, call: Call) -> Answer:
        made = changing.make(name=call.body["name"], criterion=_criterion(call), by=call.by)
        return Answer(made, headers={"Location": f"/api/v1/workflows/{made.key}"})


class OneWorkflow(KeyedView):
    @operation("workflows_read", "workflows.read", "One key workflow", answer=Workflow)
    def get(self, call: Call, key: str) -> KeyEvent:
        return get_object_or_404(KeyEvent, key=key)

    @operation(
        "workflows_change",
        "workflows.change",
        "Change a key workflow; it is counted anew",
        answer=Workflow,
        body=WorkflowBody,
        matches=True,
    )
    def put(self, call: Call, key: str) -> KeyEvent:
        found = get_object_or_404(KeyEvent, key=key)
        changing.change(found, name=call.body["name"], criterion=_criterion(call), by=call.by)
        return found


class Archive(KeyedView):
    @operation(
        "workflows_archive",
        "workflows.change",
        "Count it no longer; its days are kept",
        answer=Workflow,
        refuses=(409,),
    )
    def post(self, call: Call, key: str) -> KeyEvent:
        found = get_object_or_404(KeyEvent, key=key)
        try:
            changing.archive(found, by=call.by)
        except declaring.InUse as error:
            raise Refused("conflict", f"{error}; choose another workflow there first.") from None
        return found


class Restore(KeyedView):
    @operation("workflows_restore", "workflows.change", "Count it again, with all that was before", answer=Workflow)
    def post(self, call: Call, key: str) -> KeyEvent:
        found = get_object_or_404(KeyEvent, key=key)
        changing.restore(found, by=call.by)
        return found


def _criterion(call: Call) -> dict[str, Any]:
    try:
        start = parse_start(call.body["criterion"], at="workflow")
    except CriterionError as error:
        raise unwritable(error.problems, below="workflow", at="/criterion") from None
    if start is None:
        raise Refused("invalid", "A key workflow is an event.")
    found: dict[str, Any] = to_data(start)
    return found
