"""The discoveries themselves: the list, a new one, its questions, the archive."""

from typing import Any

from django.shortcuts import get_object_or_404

from milestones.discovery.api import shapes
from milestones.discovery.forms import ANOTHER, BeginForm
from milestones.discovery.models import Discovery
from milestones.discovery.questions import questionnaire
from workspaces.api.forms import refused_form
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.views import KeyedView
from workspaces.audit.models import Entry

READ, EDIT = "ladders.read", "ladders.edit"


class Discoveries(KeyedView):
    @operation(
        "discoveries_list",
        READ,
        "The discoveries, the newest first",
        answer=shapes.DiscoveryLine,
        query=shapes.DiscoveryFilters,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        found = Discovery.objects.filter(archived_at__isnull=not call.asked["archived"])
        return page(found, call.asked, order=("-made_at", "-pk"))

    @operation(
        "discoveries_begin",
        EDIT,
        "Begin a round of questions about a role",
        answer=shapes.DiscoveryInFull,
        body=shapes.NewDiscovery,
        status=201,
        plain=True,
    )
    def post(self, call: Call) -> Answer:
        said = call.body
        form = BeginForm(
            {
                "role": said.get("role", ANOTHER),
                "another": said.get("role_name", ""),
                "product": said.get("product", ANOTHER),
                "name": said.get("name", ""),
            }
        )
        if not form.is_valid():
            if "another" in form.errors:
                form.errors["role_name"] = form.errors.pop("another")
            raise refused_form(form)
        discovery = form.begin()
        discovery.save()
        Entry.record(by=call.by, action="discovery.begun", target=discovery, role=discovery.role_key)
        return Answer(in_full(discovery), headers={"Location": f"/api/v1/discoveries/{discovery.pk}"})


class OneDiscovery(KeyedView):
    @operation("discoveries_read", READ, "A discovery and its questions", answer=shapes.DiscoveryInFull, plain=True)
    def get(self, call: Call, pk: int) -> dict[str, Any]:
        return in_full(get_object_or_404(Discovery, pk=pk))


class Archive(KeyedView):
    @operation("discoveries_archive", EDIT, "Put it away; its open links still work", answer=shapes.DiscoveryLine)
    def post(self, call: Call, pk: int) -> Discovery:
        discovery = get_object_or_404(Discovery.objects.select_for_update(), pk=pk)
        discovery.archive(by=call.by)
        return discovery


class Restore(KeyedView):
    @operation("discoveries_restore", EDIT, "Take it back into use", answer=shapes.DiscoveryLine)
    def post(self, call: Call, pk: int) -> Discovery:
        discovery = get_object_or_404(Discovery.objects.select_for_update(), pk=pk)
        discovery.restore(by=call.by)
        return discovery


def in_full(discovery: Discovery) -> dict[str, Any]:
    questions = [
        {
            "key": question.key,
            "words": str(question.words),
            "kind": question.kind,
            "required": question.required,
            "most": question.most,
            "choices": [{"key": choice.key, "words": str(choice.words)} for choice in question.choices],
        }
        for question in questionnaire(discovery.kind)
    ]
    return {**shapes.DiscoveryLine(discovery).data, "questions": questions}
