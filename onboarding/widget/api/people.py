"""People: the list, one with every journey and its steps, and rulings on steps."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from milestones.ladders.models import Ladder
from onboarding.people.accounts import accounts_of
from onboarding.people.models import Person
from onboarding.progress import rule
from onboarding.progress.models import Ruling
from onboarding.widget.api import shapes
from onboarding.widget.people import Climb, climbs_of_person, senders_of
from onboarding.widget.searching import people_matching
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.privacy import exporting


class People(KeyedView):
    @operation(
        "people_list",
        "people.read",
        "The people, by id; anonymous visitors only when asked for",
        answer=shapes.PersonLine,
        query=shapes.PeopleFilters,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        asked = call.asked
        found = people_matching(
            text=asked.get("q", ""), ladder_key=asked.get("ladder", ""), state=asked.get("state", "")
        )
        if "user_id" in asked:
            found = found.filter(senders__key=f"u:{asked['user_id']}")
        return page(found, asked, order=("pk",))


class OnePerson(KeyedView):
    @operation(
        "people_read",
        "people.read",
        "One person: traits, accounts, and how far they have come on each ladder",
        answer=shapes.PersonInFull,
        plain=True,
    )
    def get(self, call: Call, pk: int) -> dict[str, Any]:
        person = get_object_or_404(Person, pk=pk)
        return {
            **shapes.PersonLine(person).data,
            "traits": person.traits,
            "accounts": [belongs.account.key for belongs in accounts_of(person)],
            "journeys": [_journey(climb) for climb in climbs_of_person(person)],
        }


class Export(KeyedView):
    @operation(
        "people_export",
        "privacy.manage",
        "All that is kept of a person, as a zip of JSON files to hand to them",
        media="application/zip",
        vouched=True,
    )
    def get(self, call: Call, pk: int) -> bytes:
        person = get_object_or_404(Person, pk=pk)
        with exporting.export(person.key, workspace=call.workspace, by=call.by) as packed:
            return packed.read()


class Rulings(KeyedView):
    @operation(
        "people_rulings",
        "people.read",
        "Every ruling on a person's steps, the newest first",
        answer=shapes.RulingTold,
        pages=True,
    )
    def get(self, call: Call, pk: int) -> Page:
        senders = senders_of(get_object_or_404(Person, pk=pk))
        found = Ruling.objects.filter(sender__in=senders).select_related("ladder", "user", "withdrawn_user")
        return page(found, call.asked, order=("-at", "-pk"))

    @operation(
        "people_rule",
        "progress.rule",
        "Complete a step by hand, or say that what is known up to now does not count",
        answer=shapes.Carried,
        body=shapes.RulingBody,
        status=201,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call, pk: int) -> dict[str, Any]:
        said = call.body
        get_object_or_404(Person, pk=pk)
        ladder = Ladder.objects.filter(key=said["ladder"]).first()
        if ladder is None:
            raise Refused("invalid", errors=[At("There is no such ladder.", pointer="/ladder")])
        verb = rule.complete if said["verdict"] == Ruling.Verdict.COMPLETED else rule.revoke
        try:
            return _carried(verb(pk, ladder, said["step"], by=call.by, reason=said["reason"]))
        except rule.NobodyThere as nobody:
            raise Http404(str(nobody)) from None
        except rule.CannotRule as refusal:
            raise Refused("conflict", str(refusal)) from None


class Withdrawal(KeyedView):
    @operation(
        "rulings_withdraw",
        "progress.rule",
        "Make a ruling count no more",
        answer=shapes.Carried,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call, pk: int) -> dict[str, Any]:
        try:
            return _carried(rule.withdraw(pk, by=call.by))
        except rule.NobodyThere as nobody:
            raise Http404(str(nobody)) from None
        except rule.CannotRule as refusal:
            raise Refused("conflict", str(refusal)) from None


def _carried(outcome: rule.Outcome) -> dict[str, Any]:
    return {**shapes.RulingTold(outcome.ruling).data, "waits": outcome.waits}


def _journey(climb: Climb) -> dict[str, Any]:
    journey = climb.journey
    return {
        "ladder": journey.version.ladder.key,
        "version": journey.version.number,
        "began_on_version": journey.began_version.number,
        "started_at": journey.started_at,
        "first_value_at": journey.first_value_at,
        "finished_at": journey.finished_at,
        "segment": journey.segment,
        "steps": _steps(climb),
    }


def _steps(climb: Climb) -> Sequence[dict[str, Any]]:
    return [
        {
            "key": rung.step.key,
            "name": rung.step.name,
            "state": rung.step.state,
            "done_at": rung.step.done_at,
            "due_at": rung.step.due_at,
            "overdue": rung.step.overdue,
            "message_id": rung.message_id,
            "ruling": rung.ruling.pk if rung.ruling else None,
        }
        for rung in climb.rungs
    ]
