"""What was answered: the members' own answers, read and put; what came through links, read."""

from django.shortcuts import get_object_or_404

from milestones.discovery import answering
from milestones.discovery.answers import typed_of
from milestones.discovery.api import shapes
from milestones.discovery.api.discoveries import EDIT, READ
from milestones.discovery.models import Discovery, Response
from milestones.library.problems import Problems
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView


class OwnAnswers(KeyedView):
    @operation("discoveries_answers", READ, "The members' own answers", answer=shapes.DiscoveryAnswers)
    def get(self, call: Call, pk: int) -> Response:
        return answering.response_of(get_object_or_404(Discovery, pk=pk), None)

    @operation(
        "discoveries_answer",
        EDIT,
        "Answer the questions for the workspace; the whole answer takes the place of the one before",
        answer=shapes.DiscoveryAnswers,
        body=shapes.DiscoveryAnswersBody,
        matches=True,
    )
    def put(self, call: Call, pk: int) -> Response:
        discovery = get_object_or_404(Discovery, pk=pk)
        said = dict(call.body)
        if "deadline" in said and len(said["deadline"]) != 1:
            raise Refused("invalid", errors=[At("Give weeks or a day (on), one of them.", pointer="/deadline")])
        if "on" in said.get("deadline", {}):
            said["deadline"] = {"on": said["deadline"]["on"].isoformat()}
        response = answering.response_of(discovery, None, lock=True)
        try:
            base = str(response.revision)
            _refuse(answering.save(response, typed_of(said), by=str(call.by), page="", base=base))
        except answering.TooMany:
            sentence = "These answers were saved very often within a minute."
            raise Refused("rate_limited", sentence, headers={"Retry-After": "60"}) from None
        _refuse(answering.send(response, member=call.by))
        return response


class Responses(KeyedView):
    @operation(
        "discoveries_responses",
        READ,
        "All answers: the members' own, and what came through links",
        answer=shapes.DiscoveryAnswers,
        pages=True,
    )
    def get(self, call: Call, pk: int) -> Page:
        discovery = get_object_or_404(Discovery, pk=pk)
        return page(Response.objects.filter(discovery=discovery).select_related("link"), call.asked, order=("pk",))


def _refuse(problems: Problems) -> None:
    if problems:
        raise Refused(
            "invalid",
            errors=[At(f"{problem.place} {problem.message}.", pointer=f"/{problem.place}") for problem in problems],
        )
