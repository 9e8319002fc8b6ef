"""The event debugger for programs: the list, one message with what it did, and sending a rejected one again."""

import json

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

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
from workspaces.keys.models import ApiKey
from workspaces.keys.rest import KeyedView, Refused, in_workspace

MOST = 100
UNPROCESSABLE = 422


class EventsView(KeyedView):
    @extend_schema(
        operation_id="events_list",
        parameters=schemas.FILTERS,
        responses={200: schemas.Events, 400: schemas.Failure, 401: schemas.Failure},
        summary="Messages that came in, the newest first, and in short what each did",
    )
    @in_workspace
    def get(self, request: Request) -> Response:
        given = {name: str(value) for name, value in request.query_params.items()}
        try:
            limit = int(given.get("limit") or reading.PER_PAGE)
            if not 1 <= limit <= MOST:
                raise ValueError  # noqa: TRY301
        except ValueError:
            raise Refused("bad_limit", f"limit is a whole number from 1 to {MOST}.") from None
        try:
            page = reading.page(Filters.read(given), given.get("before", ""), limit=limit)
        except BadFilter as bad:
            raise Refused(f"bad_{bad.name}", bad.sentence) from None
        except BadCursor as bad:
            raise Refused("bad_cursor", str(bad)) from None
        told, called = stories(page.entries), names()
        return Response(
            {
                "events": [data.line(entry, told.get(str(entry.ref)), called) for entry in page.entries],
                "next": page.older or None,
                "stopped_at": data.moment(page.stopped_at),
            }
        )


class EventView(KeyedView):
    @extend_schema(
        operation_id="events_read",
        responses={200: schemas.EventInFull, 401: schemas.Failure, 404: schemas.Failure},
        summary="One message in full: who it is about, what it did, or why nothing",
    )
    @in_workspace
    def get(self, request: Request, ref: str) -> Response:
        entry = entry_or_404(ref)
        story = stories([entry]).get(str(entry.ref))
        identity = identity_of(entry.logged) if entry.logged else None
        return Response(data.whole(entry, story, identity, names()))


class ReplayView(KeyedView):
    parser_classes = (JSONParser,)

    @extend_schema(
        operation_id="rejections_replay",
        request=OpenApiTypes.OBJECT,
        responses={
            200: schemas.ReplayResult,
            400: schemas.Failure,
            401: schemas.Failure,
            404: schemas.Failure,
            422: schemas.Failure,
        },
        summary="Send a rejected message again: the body is the mended message; without one, as it was",
    )
    @in_workspace
    def post(self, request: Request, ref: str) -> Response:
        read = Ref.read(ref)
        if read is None or read.outcome != "rejected":
            raise Http404("There is no such rejection; take its id as the list of events gives it.")
        key = request.auth
        assert isinstance(key, ApiKey)
        try:
            text = json.dumps(request.data) if request.data else Rejection.objects.get(pk=read.pk).message
            with transaction.atomic():
                done = send_again(read.pk, text, by=None, actor=f"key {key.name}")
        except Rejection.DoesNotExist:
            raise Http404("There is no such rejection, or it was forgotten.") from None
        except Drop as drop:
            raise Refused(drop.reason, drop.sentence, status_code=UNPROCESSABLE) from None
        return Response({"outcome": "duplicate" if done.duplicate else "stored", "message_id": done.message_id})
