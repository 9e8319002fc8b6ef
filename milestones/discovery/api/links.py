"""Links by which somebody without a log-in answers. Their addresses are told to those who may make them."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404

from milestones.discovery import links
from milestones.discovery.api import shapes
from milestones.discovery.api.discoveries import EDIT
from milestones.discovery.models import Discovery, Link
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView
from workspaces.audit.models import Entry


class Links(KeyedView):
    @operation(
        "discoveries_links", EDIT, "Its links, the newest first", answer=shapes.DiscoveryLink, pages=True, plain=True
    )
    def get(self, call: Call, pk: int) -> Page:
        found = page(get_object_or_404(Discovery, pk=pk).links.all(), call.asked, order=("-made_at", "-pk"))
        return Page([_told(link) for link in found.items], found.after)

    @operation(
        "discoveries_make_link",
        EDIT,
        "A link by which somebody without a log-in answers the questions",
        answer=shapes.DiscoveryLink,
        body=shapes.NewDiscoveryLink,
        status=201,
        plain=True,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Answer:
        discovery = get_object_or_404(Discovery.objects.select_for_update(), pk=pk)
        if discovery.links.count() >= links.MOST_LINKS:
            raise Refused("conflict", f"It has {links.MOST_LINKS} links already; begin another discovery.")
        link = links.make_link(discovery, label=call.body["label"], days=call.body["days"], by=call.by)
        Entry.record(by=call.by, action="discovery_link.made", target=link, discovery=str(discovery))
        return Answer(_told(link), headers={"Location": f"/api/v1/discoveries/{discovery.pk}/links"})


class Revocation(KeyedView):
    @operation(
        "discoveries_revoke_link", EDIT, "Close a link; what was sent stays", answer=shapes.DiscoveryLink, plain=True
    )
    def post(self, call: Call, pk: int, link: int) -> dict[str, Any]:
        found = get_object_or_404(Link.objects.select_related("discovery"), discovery_id=pk, pk=link)
        found.revoke(by=call.by)
        return _told(found)


def _told(link: Link) -> dict[str, Any]:
    fields = ("label", "made_at", "expires_at", "revoked_at")
    told = {name: getattr(link, name) for name in fields}
    return {"id": link.pk, "url": settings.BASE_URL + links.ask_url(link), **told}
