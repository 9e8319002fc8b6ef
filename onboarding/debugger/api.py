"""The event debugger for programs: the list, one message with what it did, and sending a rejected one again."""

import json
from typing import Any

from django.db import transaction
from django.http import Http404

from onboarding.debugger import data, reading, schemas
from onboarding.debugger.cursor import BadCursor
from onboarding.debugger.entries import Ref
from onboarding.debugger.filters import BadFilter, Filters
from onboarding.debugger.identity import identity_of
from onboarding.debugger.replaying import send_again
from onboarding.debugger.stories import names, stories
from onboarding.debugger.views import entry_or_404
from onboarding.intake.models import Rejection
from onboarding.intake.reasons import Drop
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView


class Events(KeyedView):
    @operation(
        "events_list",
        "events.read",
        "Messages that came in, the newest first, and in short what each did",
        answer=schemas.Event,
        query=schemas.EventFilters,
        pages=True,
        plain=True,
    )
    def get(self, call: Call) -> Page:
        given = {name: str(value) for name, value in call.request.query_params.items()}
        try:
            page = reading.page(Filters.read(given), call.asked["cursor"], limit=call.asked["limit"])
        except BadFilter as bad:
            raise Refused("bad_query", bad.sentence, errors=[At(bad.sentence, parameter=bad.name)]) from None
        except BadCursor as bad:
            raise Refused("bad_cursor", str(bad)) from None
        told, called = stories(page.entries), names()
        lines = [data.line(entry, told.get(str(entry.ref)), called) for entry in page.entries]
        return Page(lines, page.older or None, {"stopped_at": data.moment(page.stopped_at)})


class Event(KeyedView):
    @operation(
        "events_read",
        "events.read",
        "One message in full: who it is about, what it did, or why nothing",
        answer=schemas.EventInFull,
        plain=True,
    )
    def get(self, call: Call, ref: str) -> dict[str, Any]:
        entry = entry_or_404(ref)
        story = stories([entry]).get(str(entry.ref))
        identity = identity_of(entry.logged) if entry.logged else None
        return data.whole(entry, story, identity, names())


class Replay(KeyedView):
    @operation(
        "rejections_replay",
        "events.replay",
        "Send a rejected message again: the body is the mended message; without one, as it was",
        answer=schemas.ReplayResult,
        body=schemas.MendedMessage,
    )
    def post(self, call: Call, ref: str) -> dict[str, str]:
        read = Ref.read(ref)
        if read is None or read.outcome != "rejected":
            raise Http404("There is no such rejection; take its id as the list of events gives it.")
        try:
            text = json.dumps(call.body) if call.body else Rejection.objects.get(pk=read.pk).message
            with transaction.atomic():
                done = send_again(read.pk, text, by=call.by)
        except Rejection.DoesNotExist:
            raise Http404("There is no such rejection, or it was forgotten.") from None
        except Drop as drop:
            raise Refused(drop.reason, drop.sentence, status_code=422) from None
        return {"outcome": "duplicate" if done.duplicate else "stored", "message_id": done.message_id}
