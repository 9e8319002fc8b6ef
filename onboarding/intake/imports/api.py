"""Imports of history for programs: a file is begun, its bytes are sent, it is started, and says how far it is."""

from django.shortcuts import get_object_or_404

from onboarding.intake.imports import jobs, shapes, uploads
from onboarding.intake.imports.mapping import BadMapping, read_mapping
from onboarding.intake.imports.models import Import, RejectedLine
from onboarding.intake.imports.showing import check
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView


class Imports(KeyedView):
    @operation("imports_list", "events.read", "Imports, the newest first", answer=shapes.ImportTold, pages=True)
    def get(self, call: Call) -> Page:
        return page(Import.objects.all(), call.asked, order=("-made_at", "-pk"))

    @operation(
        "imports_begin",
        "events.import",
        "Begin a file, or go on with the same one where it broke off",
        answer=shapes.ImportTold,
        body=shapes.ImportBody,
        status=201,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        said = call.body
        try:
            job = uploads.begin(name=said["name"], size=said["size"], modified=said["modified"], by=call.by)
        except uploads.Refused as refused:
            raise Refused("conflict", str(refused)) from None
        return Answer(job, headers={"Location": f"/api/v1/imports/{job.pk}"})


class OneImport(KeyedView):
    @operation("imports_read", "events.read", "One import, and how far it is", answer=shapes.ImportTold)
    def get(self, call: Call, pk: int) -> Import:
        return get_object_or_404(Import, pk=pk)


class Bytes(KeyedView):
    @operation(
        "imports_bytes",
        "events.import",
        "The file's bytes from `offset` on, a multiple of 1,048,576 at once but for the end",
        answer=shapes.ImportTold,
        query=shapes.OffsetQuery,
        raw=uploads.MOST_AT_ONCE,
        refuses=(409,),
    )
    def put(self, call: Call, pk: int) -> Import:
        job = get_object_or_404(Import, pk=pk, origin=Import.Origin.UPLOAD)
        try:
            return uploads.take(job, offset=call.asked["offset"], content=call.body["content"])
        except uploads.Refused as refused:
            raise Refused("conflict", str(refused)) from None


class Start(KeyedView):
    @operation(
        "imports_start",
        "events.import",
        "Have a whole file read into the log, by a mapping or the one that was guessed",
        answer=shapes.ImportTold,
        body=shapes.StartBody,
        status=202,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Import:
        job = get_object_or_404(Import, pk=pk)
        if job.state != "ready":
            raise Refused("conflict", f"The import is {job.state}, and is not to be started.")
        if call.body.get("mapping") is not None:
            try:
                job.mapping = read_mapping(call.body["mapping"]).document()
            except BadMapping as bad:
                errors = [At(problem, pointer="/mapping") for problem in bad.problems]
                raise Refused("invalid", str(bad), errors=errors) from None
        found = check(job)
        if found.problems:
            errors = [At(problem, pointer="/mapping") for problem in found.problems]
            raise Refused("invalid", errors[0].detail, errors=errors)
        if not jobs.start(job, by=call.by, mapping=found.mapping):
            raise Refused("conflict", "It was started already.")
        job.refresh_from_db()
        return job


class Cancellation(KeyedView):
    @operation(
        "imports_cancel",
        "events.import",
        "Go no further; what was stored stays",
        answer=shapes.ImportTold,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Import:
        job = get_object_or_404(Import, pk=pk)
        if not jobs.cancel(job, by=call.by):
            raise Refused("conflict", "It had ended already.")
        job.refresh_from_db()
        return job


class Rejected(KeyedView):
    @operation(
        "imports_rejected", "events.read", "The lines that were not taken", answer=shapes.RejectedTold, pages=True
    )
    def get(self, call: Call, pk: int) -> Page:
        job = get_object_or_404(Import, pk=pk)
        return page(RejectedLine.objects.filter(job=job), call.asked, order=("line",))
