"""Emptying the environment for tests, by a key of that environment: live's opens it not, and live cannot be emptied."""

from django.http import Http404

from workspaces.api.operations import Answer, Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.privacy import emptying
from workspaces.privacy.api import shapes
from workspaces.privacy.models import Emptying

PERMISSION = "environments.make"


class TheEmptying(KeyedView):
    @operation(
        "emptying_read", PERMISSION, "How far the last emptying of this environment is", answer=shapes.EmptyingTold
    )
    def get(self, call: Call) -> Emptying:
        found = emptying.latest()
        if found is None:
            raise Http404("It was never emptied")
        return found

    @operation(
        "emptying_ask",
        PERMISSION,
        "Have everything that was sent to the environment for tests removed; ladders, settings and keys stay",
        answer=shapes.EmptyingTold,
        body=shapes.EmptyingBody,
        status=202,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        if not call.workspace.is_test:
            raise Refused("conflict", "Only the environment for tests can be emptied; use a key of it.")
        if call.body["confirm"] != call.workspace.slug:
            raise Refused("invalid", errors=[At("This is not the environment's slug.", pointer="/confirm")])
        asked = emptying.ask(call.workspace, by=call.by)
        return Answer(asked, headers={"Location": "/api/v1/environments/emptying"})
