"""A ladder's versions: as documents, two compared, going back to one, beginning another ladder with one."""

from typing import Any

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from milestones.ladders.api import shapes
from milestones.ladders.api.drafts import draft_data
from milestones.ladders.api.ladders import line
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.versions import history
from milestones.ladders.versions.comparison import compare
from milestones.ladders.versions.forms import DuplicateForm
from milestones.ladders.yaml_text import dump
from workspaces.api.forms import refused_form
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView


class Versions(KeyedView):
    @operation(
        "ladders_versions",
        "ladders.read",
        "A ladder's versions, the newest first",
        answer=shapes.VersionLine,
        pages=True,
    )
    def get(self, call: Call, key: str) -> Page:
        ladder = get_object_or_404(Ladder, key=key)
        return page(LadderVersion.objects.filter(ladder=ladder), call.asked, order=("-number",))


class Version(KeyedView):
    @operation("ladders_version", "ladders.read", "One version as a document", answer=shapes.VersionInFull)
    def get(self, call: Call, key: str, number: int) -> LadderVersion:
        return _version(key, number)


class VersionYaml(KeyedView):
    @operation("ladders_version_yaml", "ladders.read", "One version as YAML", media="application/yaml")
    def get(self, call: Call, key: str, number: int) -> str:
        return dump(_version(key, number).document)


class Comparison(KeyedView):
    @operation(
        "ladders_compare",
        "ladders.read",
        "What differs between two versions, in words",
        answer=shapes.Comparison,
        query=shapes.ComparisonQuery,
    )
    def get(self, call: Call, key: str) -> dict[str, Any]:
        before, after = (_version(key, call.asked[name]) for name in ("before", "after"))
        return {"groups": compare(before.document, after.document)}


class Return(KeyedView):
    @operation(
        "ladders_return",
        "ladders.edit",
        "Make the draft say what an earlier version said; publish it to go back",
        answer=shapes.DraftInFull,
        plain=True,
    )
    def post(self, call: Call, key: str, number: int) -> dict[str, Any]:
        return draft_data(history.take_back(_version(key, number), by=call.by))


class Duplicate(KeyedView):
    @operation(
        "ladders_duplicate",
        "ladders.edit",
        "Begin another ladder for the same role with what a version says",
        answer=shapes.LadderLine,
        body=shapes.DuplicateBody,
        status=201,
        plain=True,
    )
    def post(self, call: Call, key: str, number: int) -> Answer:
        version = _version(key, number)
        form = DuplicateForm(dict(call.body))
        if not form.is_valid():
            raise refused_form(form)
        try:
            with transaction.atomic():
                made = history.duplicate(version, by=call.by, **form.cleaned_data)
        except IntegrityError:
            raise Refused("conflict", "Another ladder has this key.") from None
        return Answer(line(made), headers={"Location": f"/api/v1/ladders/{made.key}"})


def _version(key: str, number: int) -> LadderVersion:
    found = LadderVersion.objects.select_related("ladder__role", "ladder__workspace")
    return get_object_or_404(found, ladder__key=key, number=number)
