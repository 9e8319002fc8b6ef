"""The shapes of discoveries for the REST API."""

from typing import Any

from rest_framework import serializers

from milestones.discovery.answers import LARGEST_TEAM, LONGEST_WEEKS, MOST_SOURCES
from milestones.discovery.deciding import LONGEST_WHY
from milestones.discovery.links import USUAL_DAYS, VALID_DAYS
from milestones.discovery.questions import LONGEST_LINE, LONGEST_TEXT, MOST_CHOICES
from milestones.library.content import LONGEST_KEY, LONGEST_NAME
from workspaces.api.shapes import Body, Text


class DiscoveryLine(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    role = serializers.CharField(source="role_key")
    role_name = serializers.CharField()
    kind = serializers.CharField(allow_blank=True, help_text="Which questions are asked; empty: those for any role.")
    product = serializers.CharField(allow_blank=True, help_text="Of the starter packs; empty: another.")
    made_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)


class DiscoveryFilters(serializers.Serializer):
    archived = serializers.BooleanField(default=False, required=False)


class NewDiscovery(Body):
    example = {"role": "administrator", "product": "saas-analytics", "name": "Hospital group"}

    role = Text(max_length=LONGEST_KEY, required=False, help_text="The key of a role, or a usual kind of user; or else")
    role_name = Text(max_length=LONGEST_NAME, required=False, help_text="the name of another role.")
    product = Text(max_length=LONGEST_KEY, required=False, help_text="A kind that starter packs are for.")
    name = Text(max_length=LONGEST_NAME, required=False, help_text="Whom you ask. Nobody outside sees it.")


class DiscoveryChoice(serializers.Serializer):
    key = serializers.CharField()
    words = serializers.CharField()


class DiscoveryQuestion(serializers.Serializer):
    key = serializers.CharField()
    words = serializers.CharField()
    kind = serializers.ChoiceField(["text", "line", "number", "many", "deadline"])
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field, once declared
    most = serializers.IntegerField(help_text="How many choices at most.")
    choices = DiscoveryChoice(many=True)


class DiscoveryInFull(DiscoveryLine):
    questions = DiscoveryQuestion(many=True)


class DiscoveryDeadline(serializers.Serializer):
    """One of the two."""

    weeks = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST_WEEKS)
    on = serializers.DateField(required=False)


class Choices(serializers.ListField):
    child = Text(max_length=60)

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=MOST_CHOICES, **more)


class DiscoveryAnswersBody(Body):
    """What is left out is left open."""

    example: dict[str, Any] = {
        "success": "Ward managers open one dashboard every morning.",
        "outcomes": ["together", "insight"],
        "sources": ["Patient administration system"],
        "deadline": {"weeks": 8},
        "team": 25,
    }

    success = Text(max_length=LONGEST_TEXT, help_text="What success looks like.")
    outcomes = Choices(help_text="Up to three; the discovery tells the choices.")
    sources = serializers.ListField(child=Text(max_length=LONGEST_LINE), required=False, max_length=MOST_SOURCES)
    deadline = DiscoveryDeadline(required=False)
    team = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_TEAM)
    industry = Text(max_length=LONGEST_LINE, required=False)
    have = Choices(help_text="What is in place already.")
    others = Choices(help_text="Who else is involved.")
    risks = Choices(help_text="What usually goes wrong.")
    notes = Text(max_length=LONGEST_TEXT, required=False)


class DiscoveryAnswers(serializers.Serializer):
    id = serializers.IntegerField(source="pk", allow_null=True, help_text="Null: nobody has begun yet.")
    link = serializers.CharField(
        source="link.label", default=None, allow_null=True, help_text="Null: the members' own."
    )
    by = serializers.CharField(allow_blank=True, help_text="Who answered, as they call themselves.")
    answered_at = serializers.DateTimeField(allow_null=True, help_text="Null: begun, and not sent.")
    answers = serializers.JSONField(allow_null=True, help_text="As they are put, and on which day.")


class DiscoveryLink(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]  # a field, once declared
    url = serializers.CharField(help_text="Whoever has it answers these questions, and does nothing else.")
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class NewDiscoveryLink(Body):
    example = {"label": "Dr Bauer", "days": 14}

    label = Text(max_length=LONGEST_LINE, help_text="For whom it is.")  # type: ignore[assignment]  # a field, once declared
    days = serializers.ChoiceField(list(VALID_DAYS), default=USUAL_DAYS, help_text="How long it is good.")


class ProposedStep(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    phase = serializers.CharField()
    due_days = serializers.IntegerField()
    done_when = serializers.CharField(help_text="Its criterion in words.")
    first_value = serializers.BooleanField()
    accepted = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    instead = serializers.ListField(child=serializers.CharField(), help_text="Keys of what could take its place.")


class RefusedStep(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    why = serializers.CharField(allow_blank=True)


class NotProposedTold(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    words = serializers.CharField(help_text="Why not.")
    offered = serializers.BooleanField(help_text="Whether it can be taken all the same.")


class ProposalTold(serializers.Serializer):
    id = serializers.IntegerField()
    revision = serializers.IntegerField(help_text="Rises with every decision; decisions name it.")
    title = serializers.CharField(allow_blank=True)
    answered_by = serializers.CharField(allow_blank=True)
    proposed_at = serializers.DateTimeField()
    changed_by = serializers.CharField(allow_blank=True)
    days = serializers.IntegerField(help_text="Until the last step is due.")
    late_by_days = serializers.IntegerField(allow_null=True, help_text="How much later than the deadline that is.")
    ladder = serializers.CharField(allow_null=True, help_text="The ladder that was made of it; then it is final.")
    steps = ProposedStep(many=True)
    refused = RefusedStep(many=True)
    not_proposed = NotProposedTold(many=True)
    about = serializers.ListField(child=serializers.CharField())
    can_undo = serializers.CharField(allow_blank=True, help_text="The decision that undo would take back.")


class ProposalBody(Body):
    example: dict[str, Any] = {}

    response = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="The id of answers; left out: the members' own."
    )


class ProposalDecisionBody(Body):
    example: dict[str, Any] = {"act": "accept", "milestone": "look", "revision": 0}

    act = serializers.ChoiceField(["accept", "refuse", "explain", "take", "swap", "undo"])
    milestone = Text(max_length=LONGEST_KEY, required=False, help_text="Of all but undo.")
    other = Text(max_length=LONGEST_KEY, required=False, help_text="Of swap: what takes its place.")
    why = Text(max_length=LONGEST_WHY, required=False, allow_blank=True, help_text="Of explain.")
    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="Of the proposal as you read it.")


class LadderOfProposal(Body):
    example: dict[str, Any] = {"name": "Administrators, from answers", "revision": 1}

    name = Text(max_length=LONGEST_NAME, required=False, help_text="Of a new ladder; or else")
    into = Text(max_length=LONGEST_KEY, required=False, help_text="the key of a ladder for the same role.")
    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="Of the proposal as you read it.")
