"""A ladder's playbook for programs: what people wrote in it, as one document."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from milestones.ladders.document import DocumentError
from milestones.ladders.models import Ladder
from milestones.library.shapes import unwritable
from milestones.playbook.document import read
from milestones.playbook.exchange import export_playbook, import_playbook
from milestones.playbook.writing import TooMany
from workspaces.api.operations import Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Anything, Body
from workspaces.api.views import KeyedView


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


def _ladder(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role", "workspace"), key=key)
