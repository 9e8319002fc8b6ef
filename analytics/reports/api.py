"""Reports and links for programs: what is sent to whom and when, what was sent, and which views are open by link."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from analytics.reports import consent, keeping, links, shapes
from analytics.reports.forms import LinkForm, RecipientForm, ReportForm
from analytics.reports.models import Dispatch, Edition, Link, Recipient, Report
from workspaces.api.forms import refused_form
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView


class Reports(KeyedView):
    @operation("reports_list", "reports.read", "The reports", answer=shapes.ReportTold, pages=True)
    def get(self, call: Call) -> Page:
        return page(Report.objects.all(), call.asked, order=("name", "pk"))

    @operation(
        "reports_create",
        "reports.edit",
        "A new report; it goes to nobody before recipients are added",
        answer=shapes.ReportTold,
        body=shapes.ReportBody,
        status=201,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        form = _checked(call, None)
        try:
            made = keeping.make(form.save(commit=False), by=call.by)
        except keeping.TooMany as refusal:
            raise Refused("conflict", str(refusal)) from None
        return Answer(made, headers={"Location": f"/api/v1/reports/{made.pk}"})


class OneReport(KeyedView):
    @operation("reports_read", "reports.read", "One report", answer=shapes.ReportTold)
    def get(self, call: Call, pk: int) -> Report:
        return get_object_or_404(Report, pk=pk)

    @operation(
        "reports_change",
        "reports.edit",
        "Change a report; of a new time, nothing is sent that was due by it already",
        answer=shapes.ReportTold,
        body=shapes.ReportBody,
        matches=True,
    )
    def put(self, call: Call, pk: int) -> Report:
        form = _checked(call, get_object_or_404(Report, pk=pk))
        keeping.change(form.save(commit=False), changed=form.changed_data, by=call.by)
        return get_object_or_404(Report, pk=pk)

    @operation("reports_delete", "reports.edit", "Remove a report with its recipients and its log")
    def delete(self, call: Call, pk: int) -> None:
        keeping.remove(get_object_or_404(Report, pk=pk), by=call.by)


class Pause(KeyedView):
    @operation("reports_pause", "reports.edit", "Make and send nothing", answer=shapes.ReportTold)
    def post(self, call: Call, pk: int) -> Report:
        found = get_object_or_404(Report, pk=pk)
        keeping.pause(found, by=call.by)
        return found


class Resumption(KeyedView):
    @operation("reports_resume", "reports.edit", "Go on with the next that is due", answer=shapes.ReportTold)
    def post(self, call: Call, pk: int) -> Report:
        found = get_object_or_404(Report, pk=pk)
        keeping.resume(found, by=call.by)
        return found


class Recipients(KeyedView):
    @operation("reports_recipients", "reports.read", "Who gets it", answer=shapes.RecipientTold, pages=True)
    def get(self, call: Call, pk: int) -> Page:
        found = Recipient.objects.filter(report=get_object_or_404(Report, pk=pk), removed_at=None)
        return page(found, call.asked, order=("pk",))

    @operation(
        "reports_add_recipient",
        "reports.edit",
        "Add an address: a member's, or any other, which is asked for its consent first",
        answer=shapes.RecipientTold,
        body=shapes.RecipientBody,
        status=201,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Recipient:
        found = get_object_or_404(Report, pk=pk)
        form = RecipientForm(dict(call.body))
        if not form.is_valid():
            raise refused_form(form)
        try:
            return consent.add(found, form.cleaned_data["address"], by=call.by)
        except consent.TooMany as refusal:
            raise Refused("conflict", str(refusal)) from None


class OneRecipient(KeyedView):
    @operation("recipients_delete", "reports.edit", "Send it to this address no longer")
    def delete(self, call: Call, pk: int) -> None:
        consent.remove(get_object_or_404(Recipient.objects.select_related("report"), pk=pk), by=call.by)


class Editions(KeyedView):
    @operation(
        "reports_editions",
        "reports.read",
        "What was made of it, the newest first",
        answer=shapes.EditionTold,
        pages=True,
    )
    def get(self, call: Call, pk: int) -> Page:
        found = Edition.objects.filter(report=get_object_or_404(Report, pk=pk)).defer("html", "text")
        return page(found, call.asked, order=("-due_at", "-pk"))


class OneEdition(KeyedView):
    @operation(
        "editions_read",
        "reports.read",
        "One edition with what became of it for whom",
        answer=shapes.EditionInFull,
        plain=True,
    )
    def get(self, call: Call, pk: int) -> dict[str, Any]:
        found = get_object_or_404(Edition, pk=pk)
        dispatches = Dispatch.objects.filter(edition=found).order_by("made_at", "pk")
        told = shapes.DispatchTold(dispatches, many=True).data
        return {**shapes.EditionTold(found).data, "text": found.text, "dispatches": told}


class EditionMail(KeyedView):
    @operation("editions_html", "reports.read", "An edition's mail as HTML", media="text/html; charset=utf-8")
    def get(self, call: Call, pk: int) -> str:
        found = get_object_or_404(Edition, pk=pk)
        if found.state != Edition.State.READY:
            raise Http404("It is not made yet")
        return found.html


class MakeAgain(KeyedView):
    @operation(
        "editions_make_again",
        "reports.edit",
        "Try once more to make an edition that could not be made",
        answer=shapes.EditionTold,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Edition:
        found = get_object_or_404(Edition.objects.select_related("report"), pk=pk)
        if not keeping.make_again(found, by=call.by):
            raise Refused("conflict", "It has not failed, a later one is due, or its report is paused.")
        found.refresh_from_db()
        return found


class Again(KeyedView):
    @operation(
        "dispatches_send_again",
        "reports.edit",
        "Send an edition to a recipient again",
        answer=shapes.DispatchTold,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Dispatch:
        dispatch = get_object_or_404(Dispatch.objects.select_related("edition__report"), pk=pk)
        if not keeping.send_again(dispatch, by=call.by):
            raise Refused("conflict", f"It is on its way to {dispatch.address} already.")
        dispatch.refresh_from_db()
        return dispatch


class Links(KeyedView):
    @operation(
        "links_list",
        "shares.make",
        "Links to a view of the numbers, the newest first",
        answer=shapes.LinkTold,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        found = page(Link.objects.all(), call.asked, order=("-made_at", "-pk"))
        return Page([_shown(link) for link in found.items], found.after)

    @operation(
        "links_create",
        "shares.make",
        "A link for people without a log-in; its address is told this once",
        answer=shapes.LinkMade,
        body=shapes.LinkBody,
        status=201,
        refuses=(409,),
    )
    def post(self, call: Call) -> Link:
        said = _question(call.body)
        form = LinkForm({**said, "secret": said.pop("password", "")}, workspace=call.workspace)
        if not form.is_valid():
            raise refused_form(form)
        found = form.cleaned_data
        question = {field: found[field] for field in ("ladder_key", "period_days", "window_days", "split")}
        try:
            link, token = links.make(
                by=call.by, label=found["label"], days=found["days"], password=found["secret"], **question
            )
        except links.TooMany as refusal:
            raise Refused("conflict", str(refusal)) from None
        link.address = settings.BASE_URL + reverse("shared:view", args=[token])
        return _shown(link)


class LinkRevocation(KeyedView):
    @operation("links_revoke", "shares.make", "Let nobody see anything through it any more", answer=shapes.LinkTold)
    def post(self, call: Call, pk: int) -> Link:
        found = get_object_or_404(Link, pk=pk)
        links.revoke(found, by=call.by)
        return _shown(found)


def _shown(link: Link) -> Link:
    link.has_password = bool(link.password)
    return link


def _question(body: Any) -> dict[str, Any]:
    said = dict(body)
    said["ladder_key"] = said.pop("ladder")
    return said


def _checked(call: Call, instance: Report | None) -> ReportForm:
    form = ReportForm(_question(call.body), instance=instance, workspace=call.workspace)
    if not form.is_valid():
        raise refused_form(form)
    return form
