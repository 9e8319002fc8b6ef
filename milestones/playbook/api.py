"""A ladder's playbook for programs: what people wrote in it, as one document, and what was remarked about it."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from milestones.ladders.document import DocumentError
from milestones.ladders.models import Ladder
from milestones.library.shapes import unwritable
from milestones.playbook import remarks
from milestones.playbook.book import book_of
from milestones.playbook.document import read
from milestones.playbook.exchange import export_playbook, import_playbook
from milestones.playbook.models import LONGEST_COMMENT, Comment
from milestones.playbook.writing import TooMany
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Anything, Body, Text
from workspaces.api.views import KeyedView

LONGEST_PLACE = 120


class PlaybookTold(serializers.Serializer):
    document = Anything(help_text="Owner, review cadence, chapters, and what was written to each milestone.")


class PlaybookBody(Body):
    example = {"document": {"ladder": "administrators", "review_every": "4 weeks"}}

    document = Anything(help_text="As it is read. What it doesn't have is emptied or removed; each change is logged.")


class TheBook(KeyedView):
    @operation("ladders_playbook", "ladders.read", "A ladder's playbook", answer=PlaybookTold, plain=True)
    def get(self, call: Call, key: str) -> dict[str, Any]:
        return {"document": export_playbook(_ladder(key))}

    @operation(
        "ladders_write_playbook",
        "ladders.edit",
        "Make the playbook say what a document says",
        answer=PlaybookTold,
        body=PlaybookBody,
        matches=True,
        plain=True,
    )
    def put(self, call: Call, key: str) -> dict[str, Any]:
        ladder, said = _ladder(key), call.body["document"]
        try:
            document = read({"playbook": {**said, "ladder": key} if isinstance(said, dict) else said})
            with transaction.atomic():
                import_playbook(document, workspace=call.workspace, by=call.by)
        except DocumentError as error:
            raise unwritable(error.problems, below="playbook", at="/document") from None
        except TooMany as error:
            raise Refused("invalid", str(error), errors=[At(str(error), pointer="/document/chapters")]) from None
        return {"document": export_playbook(ladder)}


class CommentTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    place = serializers.CharField(allow_blank=True, help_text="Of a section or chapter; empty: the whole playbook.")
    author = serializers.CharField(help_text="A member, or the key that said it.")
    text = serializers.CharField()
    at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)


class CommentFilters(serializers.Serializer):
    open = serializers.BooleanField(required=False, default=False, help_text="Only those that are not resolved.")


class CommentBody(Body):
    example = {"text": "The numbers of this step fell by a third since Monday."}

    place = Text(max_length=LONGEST_PLACE, required=False, allow_blank=True, default="", help_text="As it is read.")
    text = Text(max_length=LONGEST_COMMENT)


class Comments(KeyedView):
    @operation(
        "playbooks_comments",
        "ladders.read",
        "What was remarked about a playbook, the oldest first",
        answer=CommentTold,
        query=CommentFilters,
        pages=True,
    )
    def get(self, call: Call, key: str) -> Page:
        found = Comment.objects.filter(playbook__ladder=_ladder(key))
        if call.asked["open"]:
            found = found.filter(resolved_at=None)
        return page(found, call.asked, order=("at", "pk"))

    @operation(
        "playbooks_comment",
        "ladders.edit",
        "Remark something about a playbook, signed with the key's name",
        answer=CommentTold,
        body=CommentBody,
        status=201,
    )
    def post(self, call: Call, key: str) -> Comment:
        ladder, place = _ladder(key), call.body["place"]
        if place and book_of(ladder).section(place) is None:
            raise Refused("invalid", errors=[At("The playbook has nothing at this place.", pointer="/place")])
        return remarks.say(ladder, place, text=call.body["text"], by=call.by)


class Resolution(KeyedView):
    @operation("comments_resolve", "ladders.edit", "Mark a remark as dealt with", answer=CommentTold)
    def post(self, call: Call, pk: int) -> Comment:
        found = get_object_or_404(Comment.objects.select_for_update(), pk=pk)
        if found.resolved_at is None:
            remarks.resolve(found, by=call.by)
        return found


def _ladder(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role", "workspace"), key=key)
