"""Publishing at a moment to come. It is published in the name of whoever made the key, if they still may by then."""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers

from milestones.ladders.api import shapes
from milestones.ladders.models import Ladder, LadderVersion, Schedule
from milestones.ladders.versions import publishing, scheduling
from milestones.ladders.versions.forms import LAST_YEAR
from milestones.ladders.versions.page import Publication
from milestones.ladders.versions.state import state_of
from workspaces.api.operations import Call, operation
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView


class ScheduleTold(serializers.Serializer):
    number = serializers.IntegerField(source="version.number", help_text="Of the version that it will be.")
    at = serializers.DateTimeField(source="publish_at")
    moves = serializers.BooleanField(help_text="Whether people under way go on with it.")
    notes = serializers.CharField(source="version.notes", allow_blank=True)
    state = serializers.CharField(help_text="Of the draft as it was then; when it was changed it is not published.")
    by = serializers.CharField(source="by.email", allow_null=True, default=None, help_text="In whose name.")
    problem = serializers.CharField(allow_blank=True, help_text="Why it was not published when its time had come.")


class ScheduleBody(shapes.PublicationBody):
    example = {"at": "2030-01-07T08:00:00Z", "moves": False, "notes": "The first version."}

    at = serializers.DateTimeField(help_text="In the future.")

    def validate_at(self, at: datetime) -> datetime:
        if at <= timezone.now():
            raise serializers.ValidationError("That has passed; choose a moment to come, or publish now.")
        if at.astimezone(UTC).year > LAST_YEAR:
            raise serializers.ValidationError("Nobody will be there to see it; choose an earlier day.")
        return at


class PlannedPublication(KeyedView):
    @operation(
        "ladders_schedule_read", "ladders.read", "When the draft will be published", answer=ScheduleTold, refuses=(409,)
    )
    def get(self, call: Call, key: str) -> Schedule:
        found = Schedule.objects.filter(version=_draft(key)).select_related("version", "by").first()
        if found is None:
            raise Http404("It is not planned")
        return found

    @operation(
        "ladders_schedule",
        "ladders.publish",
        "Have the draft, as it is now, published at a moment; changes the plan there is",
        answer=ScheduleTold,
        body=ScheduleBody,
        status=201,
        refuses=(409,),
        vouched=True,
    )
    def post(self, call: Call, key: str) -> Schedule:
        ladder = get_object_or_404(Ladder.objects.select_related("role", "workspace"), key=key)
        page = Publication(ladder, call.by)
        if page.draft is None or not page.ready:
            raise Refused("conflict", _why_not(page))
        said = call.body
        told: dict[str, Any] = {"moves": said["moves"], "notes": said.get("notes", page.draft.notes), "at": said["at"]}
        seen = said.get("state") or state_of(page.draft)
        try:
            made = scheduling.schedule(ladder, by=call.by, seen=seen, answering=call.key.made_by, **told)
        except publishing.ChangedMeanwhile:
            raise Refused("conflict", "The draft was changed since you read it; nothing was done.") from None
        if made is None:
            raise Refused("conflict", f"{ladder.name} has no draft any more.")
        return made

    @operation("ladders_unschedule", "ladders.publish", "Take the plan back; the draft stays as it is", vouched=True)
    def delete(self, call: Call, key: str) -> None:
        if not scheduling.cancel(_draft(key), by=call.by):
            raise Http404("It is not planned")


def _why_not(page: Publication) -> str:
    if page.draft is None:
        return f"{page.ladder.name} has no draft; begin or import one first."
    reasons = [f"{problem.place}: {problem.message}" for problem, _ in page.missing]
    reasons += [f"The draft {page.unreviewed}."] if page.unreviewed else []
    reasons += [f"{page.ladder.name} is archived; restore it first."] if page.archived else []
    return " ".join(reasons) or "This key may not publish."


def _draft(key: str) -> LadderVersion:
    found = LadderVersion.objects.select_related("ladder__role", "ladder__workspace")
    return get_object_or_404(found, ladder__key=key, state=LadderVersion.State.DRAFT)
