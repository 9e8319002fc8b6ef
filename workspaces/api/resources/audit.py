"""The audit log for programs: to read, to take along, and how long it is kept."""

from collections.abc import Iterator
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from rest_framework import serializers

from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.shapes import Anything, Body
from workspaces.api.views import KeyedView
from workspaces.audit import files, keeping
from workspaces.audit.asking import about
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import LONGEST_RETENTION_MONTHS, SHORTEST_AUDIT_MONTHS, Workspace

CSV, LINES = "text/csv; charset=utf-8", "application/x-ndjson"


class EntryTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    actor = serializers.CharField(help_text="A member's e-mail then, or the key that acted.")
    action = serializers.CharField()
    target_type = serializers.CharField()
    target_id = serializers.CharField()
    target = serializers.CharField()
    details = Anything()
    means = serializers.CharField(allow_blank=True, help_text="page, api, link, command or task")
    name = serializers.CharField(allow_blank=True, help_text="The command's or the task's.")
    address = serializers.CharField(allow_null=True, help_text="Where the request came from; emptied after a while.")


class AuditFilters(serializers.Serializer):
    action = serializers.CharField(required=False, max_length=60, help_text="Such as ladder.published.")
    group = serializers.CharField(required=False, max_length=60, help_text="All of one kind, such as ladder.")
    actor = serializers.CharField(required=False, max_length=200)
    thing = serializers.CharField(
        required=False, max_length=200, help_text="What was changed: a part of its name, or its id."
    )
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class Entries(KeyedView):
    @operation(
        "audit_list", "audit.read", "Changes, the newest first", answer=EntryTold, query=AuditFilters, pages=True
    )
    def get(self, call: Call) -> Page:
        return page(_found(call), call.asked, order=("-at", "-pk"))


class AsCsv(KeyedView):
    @operation("audit_csv", "audit.read", "The same as one file of CSV, itself noted", media=CSV, query=AuditFilters)
    def get(self, call: Call) -> HttpResponse:
        return _file(call, "csv")


class AsLines(KeyedView):
    @operation("audit_lines", "audit.read", "The same as JSON by lines, itself noted", media=LINES, query=AuditFilters)
    def get(self, call: Call) -> HttpResponse:
        return _file(call, "jsonl")


class AuditKeeping(serializers.Serializer):
    months = serializers.IntegerField(allow_null=True, help_text="Null: for ever.")


class AuditKeepingBody(Body):
    example = {"months": 24}

    months = serializers.IntegerField(
        allow_null=True,
        min_value=SHORTEST_AUDIT_MONTHS,
        max_value=LONGEST_RETENTION_MONTHS,
        help_text="Older entries go within a day; null: never.",
    )


class HowLong(KeyedView):
    @operation("audit_keeping", "audit.read", "How long entries are kept", answer=AuditKeeping, plain=True)
    def get(self, call: Call) -> dict[str, Any]:
        return {"months": call.workspace.keep_audit_months}

    @operation(
        "audit_keep",
        "audit.keep",
        "Say how long entries are kept",
        answer=AuditKeeping,
        body=AuditKeepingBody,
        matches=True,
        plain=True,
        vouched=True,
    )
    def put(self, call: Call) -> dict[str, Any]:
        keeping.keep(call.workspace, call.body["months"], by=call.by)
        return {"months": call.workspace.keep_audit_months}


def _found(call: Call) -> "QuerySet[Entry]":
    asked, found = call.asked, Entry.objects.all()
    for name, condition in (("action", "action"), ("actor", "actor"), ("since", "at__gte"), ("until", "at__lte")):
        if name in asked:
            found = found.filter(**{condition: asked[name]})
    if "group" in asked:
        found = found.filter(action__startswith=f"{asked['group']}.")
    return about(found, asked["thing"]) if "thing" in asked else found


def _file(call: Call, kind: str) -> HttpResponse:
    """Entries up to now; whoever asks again gets more, so its ETag is of the moment."""
    noted = Entry.record(by=call.by, action="audit.exported", target=call.workspace, kind=kind)
    found = _found(call).filter(pk__lte=noted.pk).order_by("-at", "-pk")
    write, media = (files.as_csv, CSV) if kind == "csv" else (files.as_json, LINES)
    answer = StreamingHttpResponse(_written(call.workspace, write(found)), content_type=media)
    answer["ETag"] = f'"audit-{noted.pk}"'
    return cast(HttpResponse, answer)


def _written(workspace: Workspace, lines: Iterator[str]) -> Iterator[str]:
    """What streams is read after the operation's own scope has ended, and so in one of its own."""
    with scope(workspace), timezone.override(workspace.zone):
        yield from lines
