"""Erasing people, and what is kept of them. What an erasure is about is never told."""

from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.shortcuts import get_object_or_404

from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.privacy import asking, keeping
from workspaces.privacy.api import shapes
from workspaces.privacy.models import Erasure, Keeping

MANAGE = "privacy.manage"


class Erasures(KeyedView):
    @operation(
        "erasures_list",
        MANAGE,
        "Erasures, the newest first",
        answer=shapes.ErasureTold,
        query=shapes.ErasureFilters,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        found: QuerySet[Erasure] = Erasure.objects.all()
        if "state" in call.asked:
            found = found.filter(state=call.asked["state"])
        return page(found, call.asked, order=("-asked_at", "-pk"))

    @operation(
        "erasures_create",
        MANAGE,
        "Erase a person for good, known or not: nothing is taken of them from now on, and a worker forgets the rest",
        answer=shapes.ErasureTold,
        body=shapes.SomebodyBody,
        status=202,
        vouched=True,
    )
    def post(self, call: Call) -> Answer:
        asked = asking.ask(_key(call), by=call.by)
        return Answer(asked, headers={"Location": f"/api/v1/privacy/erasures/{asked.pk}"})


class OneErasure(KeyedView):
    @operation("erasures_read", MANAGE, "How far an erasure has come", answer=shapes.ErasureTold)
    def get(self, call: Call, pk: int) -> Erasure:
        return get_object_or_404(Erasure, pk=pk)


class TakenAgain(KeyedView):
    @operation(
        "erasures_take_again",
        MANAGE,
        "Take what comes under an erased id again, as of somebody new",
        body=shapes.SomebodyBody,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> None:
        if not keeping.take_again(_key(call), workspace=call.workspace, by=call.by):
            sentence = "Nothing is refused under this id. Upper and lower case make a difference."
            raise Refused("conflict", sentence, errors=[At(sentence)])


class WhatIsKept(KeyedView):
    @operation("keeping_read", MANAGE, "What is kept of people beyond what they did", answer=shapes.KeepingTold)
    def get(self, call: Call) -> Keeping:
        return Keeping.here()

    @operation(
        "keeping_change",
        MANAGE,
        "Say what is kept of messages to come, and when people who are not seen any more are erased",
        answer=shapes.KeepingTold,
        body=shapes.KeepingBody,
        matches=True,
        vouched=True,
    )
    def patch(self, call: Call) -> Keeping:
        kept = Keeping.here()
        before = model_to_dict(kept, fields=keeping.FIELDS)
        for name, value in call.body.items():
            setattr(kept, name, value)
        return keeping.keep(kept, before, workspace=call.workspace, by=call.by)


def _key(call: Call) -> str:
    said = call.body
    return f"u:{said['user_id']}" if "user_id" in said else f"a:{said['anonymous_id']}"
