"""The event debugger's pages: every message that came, what it did, and one of them in full."""

import hashlib
import json
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from onboarding.debugger import reading
from onboarding.debugger.cursor import BadCursor
from onboarding.debugger.entries import OUTCOMES, Entry, Ref
from onboarding.debugger.filters import NAMES, BadFilter, Filters
from onboarding.debugger.identity import identity_of
from onboarding.debugger.log_stretches import STRETCH
from onboarding.debugger.stories import names, stories
from onboarding.intake.limits import MAX_EVENT_BYTES
from onboarding.intake.models import Duplicate
from onboarding.intake.reasons import Reason
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

# What a whole request was refused for is answered to its sender, and leaves no message behind.
REASONS = list(Reason)[list(Reason).index(Reason.NOT_AN_OBJECT) :]


@workspace_view("events.read")
@never_cache
@require_GET
def events(request: WorkspaceRequest) -> HttpResponse:
    """The list with its filters."""
    asked = {name: request.GET.get(name, "") for name in NAMES}
    problems: dict[str, str] = {}
    try:
        filters = Filters.read(asked)
    except BadFilter as bad:
        filters, problems = Filters(), {bad.name: bad.sentence}
    context = {
        **_list_context(request, filters),
        "asked": asked,
        "filtered": any(asked.values()),
        "problems": problems,
        "outcomes": OUTCOMES,
        "reasons": REASONS,
    }
    return render(request, "debugger/events.html", context, status=422 if problems else 200)


@workspace_view("events.read")
@never_cache
@require_GET
def latest(request: WorkspaceRequest) -> HttpResponse:
    """The list alone, for polling: 304 while the HX-PTag that the browser sends is still right."""
    try:
        filters = Filters.read(request.GET.dict())
    except BadFilter as bad:
        return HttpResponse(bad.sentence, status=400, content_type="text/plain")
    tag = _tag(request)
    if request.headers.get("HX-PTag") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "debugger/_list.html", _list_context(request, filters))
    response["HX-PTag"] = tag
    return response


@workspace_view("events.read")
@never_cache
@require_GET
def message(request: WorkspaceRequest, ref: str) -> HttpResponse:
    """One message in full: as a page, or as the inside of its row."""
    context = message_context(entry_or_404(ref))
    template = "debugger/_message.html" if request.headers.get("HX-Request") else "debugger/message.html"
    return render(request, template, context)


def entry_or_404(ref: str) -> Entry:
    read = Ref.read(ref)
    entry = reading.entry_of(read) if read else None
    if entry is None:
        raise Http404("There is no such message, or it was forgotten")
    return entry


def message_context(entry: Entry) -> dict[str, Any]:
    context: dict[str, Any] = {"entry": entry, "names": names(), "now": timezone.now()}
    if entry.rejection:
        text = entry.rejection.message
        return {**context, "text": pretty(text), "cut": len(text) >= MAX_EVENT_BYTES}
    if entry.logged is None:
        return context
    row = entry.logged.row
    parts = {"properties": row.properties, "traits": row.traits, "context": entry.logged.context}
    again = (
        entry.duplicate or Duplicate.objects.filter(message_id=row.message_id, client_at=entry.logged.client_at).first()
    )
    return {
        **context,
        "story": stories([entry])[str(entry.ref)],
        "identity": identity_of(entry.logged),
        "again": again,
        "parts": [(name, _json(value)) for name, value in parts.items() if value],
    }


def pretty(text: str) -> str:
    """JSON text with line breaks and indents and its letters as they are; what is no JSON as it is."""
    try:
        return _json(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _json(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(value, indent=2)
    return text


def _list_context(request: WorkspaceRequest, filters: Filters) -> dict[str, Any]:
    at = request.GET.get("before", "")
    tag = _tag(request)  # before the list is read, so that what comes in between is found by the next look
    try:
        page = reading.page(filters, at)
    except BadCursor:
        at, page = "", reading.page(filters)
    told = stories(page.entries)
    query = request.GET.copy()
    query.pop("before", None)
    url = reverse("debugger:latest", args=[request.workspace.slug])
    return {
        "page": page,
        "rows": [(entry, told.get(str(entry.ref))) for entry in page.entries],
        "by_person": bool(filters.person),
        "filters": filters,
        "names": names(),
        "live": not at and filters.until is None,
        "first": not at,
        "tag": tag,
        "poll_url": f"{url}?{query.urlencode()}" if query else url,
        "stretch": STRETCH,
    }


def _tag(request: WorkspaceRequest) -> str:
    """Stays the same as long as nothing arrived, the engine did nothing and the same is asked for."""
    return hashlib.sha256(f"{reading.state()} {request.GET.urlencode()}".encode()).hexdigest()[:20]
