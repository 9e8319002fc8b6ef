"""Starter packs: whole ladders for common kinds of product, and taking one into the workspace."""

from django.http import Http404

from milestones.ladders.api import shapes
from milestones.ladders.packs.adopting import Adopted, adopt
from milestones.ladders.packs.catalogue import Pack, all_packs, pack_named
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page_of_list
from workspaces.api.views import KeyedView


class Packs(KeyedView):
    @operation(
        "packs_list", "ladders.read", "The starter packs, by kind of product", answer=shapes.PackLine, pages=True
    )
    def get(self, call: Call) -> Page:
        return page_of_list(all_packs(), call.asked)


class OnePack(KeyedView):
    @operation("packs_read", "ladders.read", "One pack with its ladder", answer=shapes.PackInFull)
    def get(self, call: Call, key: str) -> Pack:
        return _pack(key)


class Adoption(KeyedView):
    @operation(
        "packs_adopt",
        "ladders.edit",
        "Make a pack the workspace's own; nothing that is there already is overwritten",
        answer=shapes.Adopted,
    )
    def post(self, call: Call, key: str) -> Adopted:
        return adopt(_pack(key), by=call.by)


def _pack(key: str) -> Pack:
    pack = pack_named(key)
    if pack is None:
        raise Http404("There is no such pack")
    return pack
