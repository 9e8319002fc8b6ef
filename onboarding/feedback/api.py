"""What end users answered when they were asked, for programs: in and out."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from onboarding.feedback import importing
from onboarding.feedback.models import HIGHEST, LONGEST_COMMENT, Answer
from onboarding.feedback.reading import Said, Sheet
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Body, Text
from workspaces.api.views import KeyedView

MOST = 1_000


class AnswerTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    sender = serializers.CharField(help_text="u: and the user id.")
    score = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    said_at = serializers.DateTimeField()
    comment = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a field, once declared


class AnswerBody(Body):
    """Of whom, by user id or else by e-mail address; the same person, moment and source are the same answer."""

    user_id = Text(required=False, max_length=255)
    email = Text(required=False, max_length=320)
    score = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    said_at = serializers.DateTimeField()
    comment = Text(required=False, allow_blank=True, default="", max_length=LONGEST_COMMENT)
    source = Text(required=False, default="api", max_length=60)  # type: ignore[assignment]


class AnswersBody(Body):
    example = {"answers": [{"user_id": "u-1842", "score": 9, "said_at": "2026-03-02T12:00:00Z"}]}

    answers = serializers.ListField(child=AnswerBody(), min_length=1, max_length=MOST)


class Kept(serializers.Serializer):
    stored = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Those that were kept already.")


class Answers(KeyedView):
    @operation("feedback_list", "feedback.read", "Answers, the newest first", answer=AnswerTold, pages=True)
    def get(self, call: Call) -> Page:
        return page(Answer.objects.all(), call.asked, order=("-said_at", "-pk"))

    @operation(
        "feedback_add",
        "feedback.import",
        "Keep answers of people who are known; all or none",
        answer=Kept,
        body=AnswersBody,
        plain=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        said = [_said(place, answer) for place, answer in enumerate(call.body["answers"])]
        checked = importing.check(Sheet({}, (), tuple(said), ()))
        if checked.problems:
            errors = [At(wrong.sentence, pointer=f"/answers/{wrong.line}") for wrong in checked.problems]
            raise Refused("invalid", errors[0].detail, errors=errors)
        stored = importing.keep(checked, by=call.by, name="API")
        return {"stored": stored, "known": checked.kept}


def _said(place: int, answer: dict[str, Any]) -> Said:
    if ("user_id" in answer) == ("email" in answer):
        raise Refused("invalid", errors=[At("Name either user_id or email.", pointer=f"/answers/{place}")])
    if answer["said_at"] > timezone.now():
        raise Refused("invalid", errors=[At("This is still to come.", pointer=f"/answers/{place}/said_at")])
    return Said(
        line=place,
        user=answer.get("user_id", ""),
        email=answer.get("email", "").lower(),
        score=answer["score"],
        said_at=answer["said_at"],
        comment=answer["comment"],
        source=answer["source"],
    )
