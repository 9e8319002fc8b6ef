"""The whole workspace: as one file, made by a worker and kept for a week; and its deletion, which can be undone."""

from typing import Any, cast

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.audit.models import Entry
from workspaces.privacy import deleting, whole
from workspaces.privacy.api import shapes
from workspaces.privacy.models import Deletion, Export

MANAGE = "privacy.manage"
DELETE = "workspace.delete"


class Exports(KeyedView):
    @operation(
        "exports_list", MANAGE, "Exports of the workspace, the newest first", answer=shapes.ExportTold, pages=True
    )
    def get(self, call: Call) -> Page:
        return page(Export.objects.all(), call.asked, order=("-asked_at", "-pk"))

    @operation(
        "exports_create",
        MANAGE,
        "Have everything in the workspace made into one file; while one is being made, that one",
        answer=shapes.ExportTold,
        status=202,
        vouched=True,
    )
    def post(self, call: Call) -> Answer:
        asked = whole.ask(call.workspace, by=call.by)
        return Answer(asked, headers={"Location": f"/api/v1/privacy/exports/{asked.pk}"})


class OneExport(KeyedView):
    @operation("exports_read", MANAGE, "How far an export has come", answer=shapes.ExportTold)
    def get(self, call: Call, pk: int) -> Export:
        return get_object_or_404(Export, pk=pk)


class TheFile(KeyedView):
    @operation(
        "exports_file",
        MANAGE,
        "The file, once it is ready: a zip of JSON lines",
        media="application/zip",
        vouched=True,
        refuses=(409,),
    )
    def get(self, call: Call, pk: int) -> HttpResponse:
        export = get_object_or_404(Export, pk=pk)
        if not export.is_there:
            raise Refused("conflict", "It is not there yet, or not any more; read the export to know which.")
        if call.request.method == "GET":
            Entry.record(by=call.by, action="workspace.exported", target=call.workspace, export=export.pk)
        answer = StreamingHttpResponse(whole.pieces_of(export), content_type="application/zip")
        answer["Content-Length"] = str(export.size)
        answer["ETag"] = f'"export-{export.pk}-{export.size}"'
        return cast(HttpResponse, answer)


class TheDeletion(KeyedView):
    @operation(
        "deletion_read",
        "settings.read",
        "Whether and when the workspace will be deleted",
        answer=shapes.DeletionTold,
        plain=True,
    )
    def get(self, call: Call) -> dict[str, Any]:
        return _told(Deletion.of(call.workspace.pk))

    @operation(
        "deletion_ask",
        DELETE,
        "Have the workspace deleted in two weeks; its members are told by e-mail, and may undo it until then",
        answer=shapes.DeletionTold,
        body=shapes.DeletionBody,
        status=202,
        plain=True,
        vouched=True,
    )
    def post(self, call: Call) -> Answer:
        if call.body["confirm"] != call.workspace.slug:
            raise Refused("invalid", errors=[At("This is not the workspace's slug.", pointer="/confirm")])
        asked = deleting.ask(call.workspace, by=call.by)
        return Answer(_told(asked), headers={"Location": "/api/v1/workspace/deletion"})

    @operation("deletion_undo", DELETE, "Think better of it: the workspace stays", vouched=True, refuses=(409,))
    def delete(self, call: Call) -> None:
        if not deleting.undo(call.workspace, by=call.by):
            raise Refused("conflict", "The workspace is not to be deleted, or its deletion has begun.")


def _told(deletion: Deletion | None) -> dict[str, Any]:
    fields = ("asked_at", "asked_by", "due_at")
    return {"asked": deletion is not None, **{name: getattr(deletion, name, None) for name in fields}}
