"""The pages of the starter packs: all of them, one with everything in it, and taking it over."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from milestones.ladders.models import Ladder
from milestones.ladders.packs.adopting import Adopted, adopt
from milestones.ladders.packs.catalogue import Pack, all_packs, pack_named
from milestones.ladders.showing import version_shown
from milestones.library.milestone_form import LABELS
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def packs(request: WorkspaceRequest) -> HttpResponse:
    """?product= and ?role= narrow them down."""
    asked = {name: request.GET.get(name, "") for name in ("product", "role")}
    found = [
        pack for pack in all_packs() if asked["product"] in ("", pack.product) and asked["role"] in ("", pack.role)
    ]
    context = {
        "products": [(name, list(group)) for name, group in groupby(found, key=lambda pack: pack.product_name)],
        "choices": [
            (
                "product",
                _("Every product"),
                list(dict.fromkeys((pack.product, pack.product_name) for pack in all_packs())),
            ),
            ("role", _("Every role"), list(dict.fromkeys((pack.role, pack.role_name) for pack in all_packs()))),
        ],
        "asked": asked,
        "filtered": any(asked.values()),
        "here": set(Ladder.objects.values_list("key", flat=True)),
    }
    return render(request, "ladders/packs/packs.html", context)


@workspace_view("ladders.read")
@require_GET
def pack(request: WorkspaceRequest, key: str) -> HttpResponse:
    pack = _pack(key)
    shown = version_shown(pack.document)
    contents = {milestone["key"]: milestone for milestone in pack.milestones}
    context = {
        "pack": pack,
        "shown": shown,
        "phases": [
            (phase.name, [(rung, contents[rung.key], _messages(contents[rung.key])) for rung in phase.rungs])
            for phase in shown.phases
        ],
        "ladder": Ladder.objects.filter(key=pack.document["key"]).first(),
    }
    return render(request, "ladders/packs/pack.html", context)


@workspace_view("ladders.edit")
@require_POST
def adoption(request: WorkspaceRequest, key: str) -> HttpResponse:
    pack = _pack(key)
    adopted = adopt(pack, by=request.member)
    messages.success(request, _told(adopted))
    return redirect("ladders:ladder", workspace_slug=request.workspace.slug, key=adopted.ladder.key)


def _pack(key: str) -> Pack:
    if found := pack_named(key):
        return found
    raise Http404("No such pack")


def _told(adopted: Adopted) -> str:
    if not adopted.new:
        return _("%(ladder)s is here already; nothing of it was changed.") % {"ladder": adopted.ladder.name}
    count = len(adopted.added)
    told = ngettext(
        "%(ladder)s is yours as a draft; %(n)d milestone came with it.",
        "%(ladder)s is yours as a draft; %(n)d milestones came with it.",
        count,
    ) % {"ladder": adopted.ladder.name, "n": count}
    if adopted.kept:
        kept = _("Already in your library, and kept as yours: %(names)s.") % {"names": ", ".join(adopted.kept)}
        told = f"{told} {kept}"
    return told


def _messages(content: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """(what it is, text) of the templates that a milestone has."""
    return [(str(LABELS[f"messages.{kind}"]), text) for kind, text in content.get("messages", {}).items()]
