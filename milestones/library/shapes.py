"""The shapes of milestones for the REST API. What a text or a criterion may be, content.py and criteria.py check."""

import re
from collections.abc import Iterable

from rest_framework import serializers

from milestones.library.content import TAGS
from milestones.library.problems import Problem
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Anything, Body, Text, Words

KEY_HELP = "Small letters, digits and hyphens. It never changes: credit is kept by it."


class MilestoneBody(Body):
    """What a milestone says. docs/ladders-yaml.md explains every field, docs/criteria.md the criterion."""

    example = {
        "name": "Invite a teammate",
        "criterion": {"event": "Member Invited"},
        "cue": "Invite somebody you work with.",
    }

    name = Text(max_length=120)
    purpose = Text(required=False, allow_blank=True)
    expected_actions = Words(required=False)
    risks = Words(required=False)
    criterion = Anything(help_text='Such as {"event": "Member Invited", "at_least": 2}.')
    unlock = Text(required=False, allow_blank=True, help_text="The key of the feature that it switches on.")
    cue = Text(required=False, allow_blank=True)
    tip = Text(required=False, allow_blank=True)
    video_url = Text(required=False, allow_blank=True)
    value_statement = Text(required=False, allow_blank=True)
    action_label = Text(required=False, allow_blank=True)
    action_url = Text(required=False, allow_blank=True)
    minutes = serializers.IntegerField(required=False, allow_null=True)
    tags = Anything(required=False, help_text=f"Lists of words by kind: {', '.join(TAGS)}.")
    messages = Anything(required=False, help_text="in_app, email_subject, email and help.")
    translations = Anything(required=False, help_text="By language; left out of a change, they stay as they are.")


class NewMilestone(MilestoneBody):
    example = {**MilestoneBody.example, "key": "invite-a-teammate"}

    key = Text(required=False, max_length=60, help_text=f"{KEY_HELP} Left out: made of the name.")


class MilestoneLine(serializers.Serializer):
    key = serializers.CharField(help_text=KEY_HELP)
    name = serializers.CharField()
    done_when = serializers.CharField(help_text="The criterion as a sentence.")
    unlock = serializers.CharField(allow_blank=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField()


class MilestoneInFull(MilestoneLine):
    content = Anything(help_text="As in a ladder's document; what is empty is left out.")
    changed_at = serializers.DateTimeField(allow_null=True)
    changed_by = serializers.CharField(allow_blank=True)


MilestoneFilters = type(
    "MilestoneFilters",
    (serializers.Serializer,),
    {
        "q": serializers.CharField(required=False, help_text="Words that all stand somewhere in it."),
        "archived": serializers.BooleanField(required=False, default=False),
        **{kind: serializers.CharField(required=False, help_text="A tag of this kind.") for kind in TAGS},
        "__module__": __name__,
    },
)


class TranslatedText(serializers.Serializer):
    path = serializers.CharField()
    original = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    state = serializers.CharField(help_text="Whether it is missing, current, or its original changed since.")


class TranslatedTexts(serializers.Serializer):
    language = serializers.CharField()
    texts = TranslatedText(many=True)


class TranslationBody(Body):
    example = {"texts": {"name": "Jemanden einladen"}}

    texts = serializers.DictField(child=Text(allow_blank=True), help_text="By their paths; empty: none.")
    still = Words(required=False, help_text="Paths whose text is still right though the original changed.")


def unwritable(problems: Iterable[Problem], *, below: str = "", at: str = "") -> Refused:
    """Problems of a document as those of a body. `below`: the word that places begin with, left out."""
    errors = [At(problem.message, pointer=at + pointer(problem.place, below=below)) for problem in problems]
    sentence = "; ".join(f"{error.pointer or 'the whole'}: {error.detail}" for error in errors[:3])
    return Refused("invalid", sentence, errors=errors)


def pointer(place: str, *, below: str = "") -> str:
    """A place such as rungs[2].criterion as a JSON pointer."""
    inside = place.removeprefix(below).lstrip(".")
    if not inside:
        return ""
    return "/" + re.sub(r"\[(\d+)\]", r".\1", inside).replace("~", "~0").replace("/", "~1").replace(".", "/")
