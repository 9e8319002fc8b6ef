"""What publishing would change, what a step's criterion would have made of people, and who gets which role."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from milestones.ladders.models import Ladder
from onboarding.people.models import Person
from onboarding.progress import rehearsals, role_check, shapes
from onboarding.progress.effect import Effect, effect_of
from onboarding.progress.models import DryRun
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView


class DryRuns(KeyedView):
    @operation(
        "dry_runs_create",
        "ladders.read",
        "What publishing the draft would change for whom; nothing is changed. Of many people a worker makes it",
        answer=shapes.DryRunTold,
        body=shapes.DryRunBody,
        status=202,
        refuses=(409,),
    )
    def post(self, call: Call, key: str) -> Answer:
        draft = get_object_or_404(Ladder, key=key).draft
        if draft is None:
            raise Refused("conflict", "There is no draft, so there is nothing to publish.")
        if not draft.document.get("rungs"):
            raise Refused("conflict", "The draft has no step yet.")
        run = rehearsals.asked_for(draft, moves=call.body["moves"], again=call.body["again"])
        return Answer(run, headers={"Location": f"/api/v1/dry-runs/{run.pk}"})


class OneDryRun(KeyedView):
    @operation("dry_runs_read", "ladders.read", "How far a dry run has come, and its result", answer=shapes.DryRunTold)
    def get(self, call: Call, pk: int) -> DryRun:
        run = get_object_or_404(DryRun, pk=pk)
        rehearsals.call_for(run)
        return run


class StepEffect(KeyedView):
    @operation(
        "steps_effect",
        "ladders.read",
        "What a step's criterion would have made of those who began lately: of the draft, else the newest version",
        answer=shapes.EffectTold,
    )
    def get(self, call: Call, key: str, step: str) -> Effect:
        version = get_object_or_404(Ladder, key=key).newest
        found = effect_of(version, step) if version else None
        if found is None:
            raise Http404("The ladder has no such step")
        return found


class ByRole(KeyedView):
    @operation(
        "people_by_role",
        "people.read",
        "How many people match each role now, and how many get it",
        answer=shapes.RoleCountsTold,
    )
    def get(self, call: Call) -> role_check.RoleCounts:
        return role_check.count_people()


class RolesOfPerson(KeyedView):
    @operation("people_roles", "people.read", "Which role somebody would get now, and why", answer=shapes.RoleTestTold)
    def get(self, call: Call, pk: int) -> role_check.Test:
        return role_check.test(get_object_or_404(Person, pk=pk))
