"""Saved views: questions of the adoption page that the whole workspace shares. (A member's own are theirs alone.)"""

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from analytics.dashboards.api import shapes
from analytics.dashboards.api.metrics import read_question
from analytics.dashboards.models import MOST_SHARED, SavedView
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView
from workspaces.audit.models import Entry


class Views(KeyedView):
    @operation("views_list", "adoption.read", "The views that the workspace shares", answer=shapes.ViewTold, pages=True)
    def get(self, call: Call) -> Page:
        return page(_shared(), call.asked, order=("name", "pk"))

    @operation(
        "views_create",
        "views.share",
        "Keep a question under a name, for everybody",
        answer=shapes.ViewTold,
        body=shapes.ViewBody,
        status=201,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        if _shared().count() >= MOST_SHARED:
            raise Refused("conflict", f"The workspace shares {MOST_SHARED} views; delete one before you save another.")
        said = call.body
        view = SavedView(asks=_asks(call))
        view.keep(name=said["name"], shared=True, default=said["default"])
        Entry.record(by=call.by, action="view.saved", target=view, shared=True, default=view.default)
        return Answer(view, headers={"Location": f"/api/v1/views/{view.pk}"})


class OneView(KeyedView):
    @operation("views_read", "adoption.read", "One view", answer=shapes.ViewTold)
    def get(self, call: Call, pk: int) -> SavedView:
        return get_object_or_404(_shared(), pk=pk)

    @operation(
        "views_change",
        "views.share",
        "Change a view's name, question, or whether it is the default",
        answer=shapes.ViewTold,
        body=shapes.ViewBody,
        matches=True,
        refuses=(409,),
    )
    def put(self, call: Call, pk: int) -> SavedView:
        view = get_object_or_404(_shared(), pk=pk)
        said = {"name": call.body["name"], "default": call.body["default"], "asks": _asks(call)}
        before = {name: getattr(view, name) for name in said}
        view.keep(**said)
        changed = {name: [old, said[name]] for name, old in before.items() if old != said[name]}
        if changed:
            Entry.record(by=call.by, action="view.changed", target=view, changed=changed)
        return view

    @operation("views_delete", "views.share", "Delete a view; members can bring it back for 30 days")
    def delete(self, call: Call, pk: int) -> None:
        view = get_object_or_404(_shared(), pk=pk)
        view.keep(deleted_at=timezone.now())
        Entry.record(by=call.by, action="view.deleted", target=view)


def _shared() -> "QuerySet[SavedView]":
    return SavedView.objects.filter(shared=True, deleted_at=None)


def _asks(call: Call) -> dict[str, str]:
    query = QueryDict(mutable=True)
    for name, value in call.body["asks"].items():
        query[name] = value
    return read_question(call, query).address
