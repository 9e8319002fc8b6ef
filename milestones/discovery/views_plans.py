"""The pages of a proposal: its steps with their reasons, deciding about them, the ladder made of it, and its goals."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from milestones.discovery import planning
from milestones.discovery.asking import said
from milestones.discovery.deciding import NotPossible
from milestones.discovery.forms import LadderForm
from milestones.discovery.gathering import products
from milestones.discovery.making import NoSteps, make_ladder
from milestones.discovery.models import Discovery, Plan
from milestones.discovery.showing import plan_shown
from milestones.ladders.models import Ladder
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

STALE = _(
    "{by} decided something since this page was loaded. Below is how it stands now; your last click changed nothing."
)
FINAL = _("A ladder was made of this proposal, so it stays as it is. Propose again from the answers for another.")


@workspace_view("ladders.edit")
@require_POST
def propose_from(request: WorkspaceRequest, pk: int, response: int) -> HttpResponse:
    discovery = get_object_or_404(Discovery, pk=pk)
    found = get_object_or_404(discovery.responses, pk=response)
    if found.answers is None:
        messages.error(request, gettext("These answers were not sent yet; there is nothing to propose from."))
        return redirect(discovery)
    planning.plan_from(found, by=request.member)
    return redirect("discovery:plan", workspace_slug=request.workspace.slug, pk=pk)


@workspace_view("ladders.read")
@require_GET
def plan(request: WorkspaceRequest, pk: int) -> HttpResponse:
    discovery = get_object_or_404(Discovery, pk=pk)
    if discovery.plan is None:
        return redirect(discovery)
    return _page(request, discovery.plan)


@workspace_view("ladders.edit")
@require_POST
def decide(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`act`: accept:key, refuse:key, take:key, swap:key:other, explain:key (why_key says why), undo or back."""
    plan = _plan_of(pk)
    if request.POST.get("act") == "back":
        return _back(request, plan)
    if not _is_seen(request, plan):
        return _page(request, plan, notice=STALE.format(by=plan.changed_by), status=422)
    act, _, rest = request.POST.get("act", "").partition(":")
    key, _, other = rest.partition(":")
    try:
        words = planning.decide(
            plan,
            {"act": act, "key": key, "other": other, "why": request.POST.get(f"why_{key}", "")},
            base=request.POST.get("base", ""),
            by=request.member,
        )
    except planning.Stale:
        return _page(request, _plan_of(pk), notice=STALE.format(by=_plan_of(pk).changed_by), status=422)
    except planning.Final:
        return _page(request, plan, notice=FINAL, status=422)
    except planning.NothingToUndo:
        return _page(request, plan, notice=gettext("There is nothing left to take back."), status=422)
    except NotPossible as problem:
        return _page(request, plan, notice=str(problem), status=422)
    if request.headers.get("HX-Request"):
        return _page(request, _plan_of(pk), words=words)
    return redirect("discovery:plan", workspace_slug=request.workspace.slug, pk=pk)


@workspace_view("ladders.edit")
@require_POST
def make(request: WorkspaceRequest, pk: int) -> HttpResponse:
    plan = _plan_of(pk)
    form = LadderForm(request.POST, discovery=plan.discovery)
    if not form.is_valid():
        return _page(request, plan, form=form, whole=True, status=422)
    given = form.cleaned_data
    base = request.POST.get("base", "")
    if not _is_seen(request, plan):
        return _stale(request, pk)
    try:
        ladder = make_ladder(plan, name=given["name"], into=given["ladder"], base=base, by=request.member)
    except planning.Stale:
        return _stale(request, pk)
    except planning.Final:
        return _page(request, plan, notice=FINAL, whole=True, status=422)
    except NoSteps:
        notice = gettext("Every step is refused. Take at least one back, then make the ladder.")
        return _page(request, plan, notice=notice, whole=True, status=422)
    messages.success(
        request, gettext("%(ladder)s has a draft with the steps of this proposal.") % {"ladder": ladder.name}
    )
    return redirect("ladders:ladder", workspace_slug=request.workspace.slug, key=ladder.key)


@workspace_view("ladders.read")
@require_GET
def goals(request: WorkspaceRequest, key: str) -> HttpResponse:
    """What was answered before the ladder was made, what was proposed, and what became of it."""
    ladder = get_object_or_404(Ladder.objects.select_related("role"), key=key)
    plans = [
        {"plan": plan, "said": said(plan.discovery.kind, plan.answers), "shown": plan_shown(plan)}
        for plan in Plan.objects.filter(ladder=ladder).select_related("discovery").order_by("-made_at")
    ]
    return render(request, "discovery/goals.html", {"ladder": ladder, "plans": plans})


def _back(request: WorkspaceRequest, plan: Plan) -> HttpResponse:
    if not _is_seen(request, plan):
        return _stale(request, plan.discovery_id)
    try:
        planning.bring_back(plan, by=request.member)
    except planning.Stale:
        return _stale(request, plan.discovery_id)
    except planning.NothingToUndo:
        return _page(
            request, plan, notice=gettext("There is no earlier proposal to go back to."), whole=True, status=422
        )
    return redirect("discovery:plan", workspace_slug=request.workspace.slug, pk=plan.discovery_id)


def _plan_of(pk: int) -> Plan:
    newest = Plan.objects.filter(discovery_id=pk).select_related("discovery", "ladder").order_by("-pk")
    return get_object_or_404(newest[:1])


def _stale(request: WorkspaceRequest, pk: int) -> HttpResponse:
    now = _plan_of(pk)
    return _page(request, now, notice=STALE.format(by=now.changed_by), whole=True, status=422)


def _is_seen(request: WorkspaceRequest, plan: Plan) -> bool:
    """Whether the page was about this very plan: revisions alone would fit another one that took its place as well."""
    return request.POST.get("plan", str(plan.pk)) == str(plan.pk)


def _page(
    request: WorkspaceRequest, plan: Plan, *, whole: bool = False, status: int = 200, **more: Any
) -> HttpResponse:
    """The proposal; for htmx, unless the `whole` page is wanted, the part of it that decisions change."""
    discovery = plan.discovery
    context = {
        "discovery": discovery,
        "plan": plan,
        "product_name": products().get(discovery.product, ""),
        "shown": plan_shown(plan),
        "earlier": planning.earlier(plan),
        "edits": request.member.may("ladders.edit") and plan.ladder_id is None,
        "form": LadderForm(discovery=discovery),
        **more,
    }
    part = bool(request.headers.get("HX-Request")) and not whole
    return render(request, "discovery/_plan.html" if part else "discovery/plan.html", context, status=status)
