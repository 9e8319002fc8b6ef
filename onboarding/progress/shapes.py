"""The shapes of dry runs, and of who gets which role, for the REST API."""

from typing import Any

from rest_framework import serializers

from milestones.ladders.models import LadderVersion
from onboarding.progress.models import DryRun
from onboarding.progress.tally import LINES
from workspaces.api.shapes import Anything, Body


class DryRunBody(Body):
    example = {"moves": False}

    moves = serializers.BooleanField(default=False, help_text="Whether people under way would move to the new version.")
    again = serializers.BooleanField(default=False, help_text="Anew, even if one was made of the draft as it stands.")


class SomePeople(serializers.Serializer):
    n = serializers.IntegerField()
    people = serializers.ListField(child=serializers.IntegerField(), help_text="The ids of a few of them.")


MEANINGS = {
    "begin": "Who would get a journey by publishing.",
    "under_way": "Who has one and has not finished it.",
    "finished": "Who has finished.",
    "move": "Who would be shown the new version.",
    "gain": "Who is under way and would get credit for more.",
    "gain_finished": "Who has finished and would get credit for more.",
    "lose": "Who would lose credit for a step.",
    "finish": "Who would finish by publishing.",
    "unfinish": "Who has finished and would not have any more.",
}
Lines = type("Lines", (serializers.Serializer,), {
    **{line: SomePeople(help_text=MEANINGS[line]) for line in LINES}, "__module__": __name__,
})  # fmt: skip


class StepOfRun(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    before = serializers.IntegerField(help_text="How many have done it.")
    after = serializers.IntegerField(help_text="How many would have.")


class LatelyTold(serializers.Serializer):
    began = serializers.IntegerField(help_text="How many began lately, had the draft been in force all along.")
    until = serializers.DateTimeField()
    lately = serializers.BooleanField(help_text="In the last 90 days; else the last 90 in which anybody began.")
    more = serializers.BooleanField(help_text="There were too many: these are the latest.")
    finished = serializers.IntegerField()
    reached = Anything(help_text="By the step's key, how many of them would have done it.")


class DryRunResult(serializers.Serializer):
    people = serializers.IntegerField(help_text="How many were looked at.")
    journeys = serializers.IntegerField(help_text="How many would be on the ladder.")
    a_day = serializers.FloatField(help_text="How many of them began a day, in the last 28 days.")
    first = serializers.BooleanField(help_text="Whether it would be the ladder's first version.")
    lines = Lines()
    rungs = StepOfRun(many=True)
    lately = LatelyTold()


class DryRunTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk", help_text="Gone when the draft is changed or published.")
    moves = serializers.BooleanField()
    state = serializers.SerializerMethodField(help_text="waiting, running, done or failed")
    done = serializers.IntegerField(help_text="How many people were looked at so far.")
    total = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)
    result = DryRunResult(allow_null=True)

    def get_state(self, run: DryRun) -> str:
        if run.finished_at is not None:
            return "failed" if run.result is None else "done"
        return "waiting" if run.beat_at is None else "running"


class PasserTold(serializers.Serializer):
    person = serializers.IntegerField(source="person.pk")
    at = serializers.DateTimeField()
    took_s = serializers.SerializerMethodField()
    message_id = serializers.CharField(allow_blank=True, help_text="Of the message that proves it; empty: a trait.")

    def get_took_s(self, passer: Any) -> float:
        seconds: float = passer.took.total_seconds()
        return seconds


class UnseenTold(serializers.Serializer):
    event = serializers.CharField()
    like = serializers.ListField(child=serializers.CharField(), help_text="Names that were sent and may be meant.")


class EffectTold(serializers.Serializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    lately = serializers.BooleanField(help_text="In the last 90 days; else the last 90 in which anybody began.")
    more = serializers.BooleanField(help_text="There were too many: these are the latest.")
    began = serializers.IntegerField()
    passed = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    median_s = serializers.SerializerMethodField(help_text="Half of those who passed took no longer.", allow_null=True)
    unasked = serializers.IntegerField(help_text="Did it before the checklist would have come to it.")
    people = PasserTold(many=True, source="sample")
    unseen = UnseenTold(many=True, help_text="Events that it asks for and that nobody ever sent.")

    def get_median_s(self, effect: Any) -> float | None:
        return None if effect.median is None else effect.median.total_seconds()


class RoleCountTold(serializers.Serializer):
    role = serializers.CharField(source="role.key")
    for_whom = serializers.CharField()
    in_use = serializers.BooleanField(help_text="Whether a published ladder is for it; only then anybody gets it.")
    matching = serializers.IntegerField(help_text="How many people its rule matches now.")
    getting = serializers.IntegerField(help_text="How many of them get it: no role before it matches.")


class RoleCountsTold(serializers.Serializer):
    people = serializers.IntegerField()
    without = serializers.IntegerField(help_text="How many no role in use matches.")
    roles = RoleCountTold(many=True)


class ConditionTold(serializers.Serializer):
    words = serializers.CharField()
    trait = serializers.CharField()
    known = serializers.BooleanField(help_text="Whether the trait was ever said.")
    holds = serializers.BooleanField()


class VerdictTold(serializers.Serializer):
    role = serializers.CharField(source="role.key")
    in_use = serializers.BooleanField()
    matches = serializers.BooleanField()
    gets = serializers.BooleanField()
    conditions = ConditionTold(many=True, help_text="Those that decide it.")


class RoleTestTold(serializers.Serializer):
    role = serializers.CharField(source="role.key", allow_null=True, default=None)
    verdicts = VerdictTold(many=True)
    would_climb = serializers.SerializerMethodField(help_text="The keys of that role's ladders.")

    def get_would_climb(self, test: Any) -> list[str]:
        versions: list[LadderVersion] = list(test.would_climb)
        return [version.ladder.key for version in versions]
