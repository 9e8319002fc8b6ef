"""The shapes of ladders for the REST API. What a document may say, document.py checks."""

from rest_framework import serializers

from milestones.ladders.document import LARGEST_PRECEDENCE
from milestones.library.content import LONGEST_TEXT
from milestones.library.shapes import KEY_HELP
from workspaces.api.shapes import Anything, Body, Text

DOCUMENT_HELP = "A whole ladder, as docs/ladders-yaml.md explains it below its key `ladder`."


EXAMPLE = {
    "key": "administrators",
    "name": "Administrators",
    "role": {"key": "administrator", "name": "Administrator", "rule": {"trait": "role", "equals": "admin"}},
    "title": "Get started",
    "rungs": [
        {
            "milestone": {
                "key": "invite-a-teammate",
                "name": "Invite a teammate",
                "criterion": {"event": "Member Invited"},
            },
            "phase": "quick wins",
            "first_value": True,
        }
    ],
}


class LadderLine(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField(help_text="The key of the role that it is for.")
    for_whom = serializers.CharField(help_text="The role's rule as a sentence.")
    published = serializers.IntegerField(allow_null=True, help_text="The number of the newest published version.")
    draft = serializers.IntegerField(allow_null=True, help_text="The number that the draft will have.")
    rungs = serializers.IntegerField(help_text="Of the newest version.")
    archived_at = serializers.DateTimeField(allow_null=True)


class LadderFilters(serializers.Serializer):
    archived = serializers.BooleanField(required=False, default=False)
    role = serializers.CharField(required=False)


class NewLadder(Body):
    example = {"name": "Administrators", "role": "administrator"}

    name = Text(max_length=120)
    role = Text(help_text="The key of a role.")


class LadderChange(Body):
    example = {"name": "Administrators: first 14 days"}

    name = Text(max_length=120, required=False)
    role = Text(required=False, help_text="The key of another role. It takes effect with the next publication.")


class LadderImport(Body):
    """Either of the two."""

    example = {"document": EXAMPLE}

    document = Anything(required=False, help_text=DOCUMENT_HELP)
    yaml = Text(required=False, max_length=1_000_000, trim_whitespace=False, help_text="The same as YAML.")


class Imported(serializers.Serializer):
    ladder = serializers.CharField()
    changes = serializers.ListField(child=serializers.CharField(), help_text="Empty: it said all of this already.")


class VersionLine(serializers.Serializer):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(["draft", "published"])
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(allow_blank=True)
    moved_people = serializers.BooleanField(source="moves", help_text="Whether people under way moved to it.")
    notes = serializers.CharField(allow_blank=True)
    fingerprint = serializers.CharField(allow_blank=True, help_text="SHA-256 of the document, once published.")


class VersionInFull(VersionLine):
    document = Anything(help_text=DOCUMENT_HELP)


class Lack(serializers.Serializer):
    place = serializers.CharField()
    message = serializers.CharField()


class DraftInFull(serializers.Serializer):
    number = serializers.IntegerField()
    revision = serializers.IntegerField(help_text="Counts its changes.")
    state = serializers.CharField(help_text="Differs as soon as anything differs that people would climb by.")
    changed_at = serializers.DateTimeField(allow_null=True)
    changed_by = serializers.CharField(allow_blank=True)
    missing = Lack(many=True, help_text="What it lacks before it can be published.")
    document = Anything(help_text=DOCUMENT_HELP)


class DraftBody(Body):
    example = {"document": EXAMPLE}

    document = Anything(help_text=f"{DOCUMENT_HELP} Its key, name and role stay those of the ladder.")


class PublicationBody(Body):
    example = {"moves": False, "notes": "The first version."}

    moves = serializers.BooleanField(default=False, help_text="Whether people under way go on with this version.")
    notes = Text(required=False, allow_blank=True, max_length=2_000, help_text="What changes, and why.")
    state = Text(required=False, help_text="Of the draft as you read it; refused when it was changed since.")


class DuplicateBody(Body):
    example = {"key": "administrators-trial", "name": "Administrators on trial"}

    key = Text(max_length=60, help_text=KEY_HELP)
    name = Text(max_length=120)


class ComparisonQuery(serializers.Serializer):
    before = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    after = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class ChangeTold(serializers.Serializer):
    place = serializers.CharField()
    words = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class GroupOfChanges(serializers.Serializer):
    title = serializers.CharField()
    key = serializers.CharField(allow_blank=True, help_text="The milestone's; empty for the ladder's own.")
    changes = ChangeTold(many=True)


class Comparison(serializers.Serializer):
    groups = GroupOfChanges(many=True)


class RoleInFull(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    rule = Anything(help_text='Such as {"trait": "role", "equals": "admin"} or {"everyone": true}.')
    precedence = serializers.IntegerField(help_text="Of several roles that match, the smallest number counts.")


class RoleBody(Body):
    example = {"name": "Administrator", "rule": {"trait": "role", "equals": "admin"}}

    name = Text(max_length=120)
    rule = Anything(help_text="As docs/criteria.md explains it.")


class NewRole(RoleBody):
    example = {**RoleBody.example, "key": "administrator"}

    key = Text(max_length=60, help_text=KEY_HELP)
    precedence = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST_PRECEDENCE)


class OrderBody(Body):
    example = {"order": ["administrator", "operator"]}

    order = serializers.ListField(child=Text(max_length=60), max_length=1_000, help_text="Keys of roles.")


class RoleList(serializers.Serializer):
    data = RoleInFull(many=True)  # type: ignore[assignment]  # a field, once declared


class PackLine(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    product = serializers.CharField(source="product_name")
    summary = serializers.CharField()
    role = serializers.CharField(source="role_name")


class PackInFull(PackLine):
    document = Anything(help_text=DOCUMENT_HELP)


class Adopted(serializers.Serializer):
    ladder = serializers.CharField(source="ladder.key")
    new = serializers.BooleanField(help_text="false: the ladder was there already and stays as it is.")
    added = serializers.ListField(child=serializers.CharField())
    kept = serializers.ListField(child=serializers.CharField())


class ReviewTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    asked_by = serializers.CharField(source="asked_by.email", allow_null=True, default=None)
    asked_of = serializers.CharField(source="asked_of.email", allow_null=True, default=None)
    asked_at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)
    verdict = serializers.ChoiceField(["approved", "changes", ""], help_text="Empty until it is answered.")
    answer = serializers.CharField(allow_blank=True)
    answered_by = serializers.CharField(source="answered_by.email", allow_null=True, default=None)
    answered_at = serializers.DateTimeField(allow_null=True)
    counts = serializers.BooleanField(
        default=False, help_text="Whether it is that member's last word on what the draft says now."
    )


class ChangesBody(Body):
    example = {"words": "Invite colleagues comes too late; see our naming rules, too."}

    words = Text(max_length=LONGEST_TEXT)
    state = Text(required=False, help_text="Of the draft as you read it; refused when it was changed since.")


class ReviewBody(Body):
    example = {"of": "eva@example.com", "note": "Is the order right?"}

    of = Text(max_length=254, help_text="The e-mail address of another member who may edit ladders.")
    note = Text(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")
