"""The pages of discoveries: the list, a new one, its questions with the links to customers, and what was answered."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milestones.discovery import examples, planning
from milestones.discovery import links as linking
from milestones.discovery.answering import Overtaken, TooMany, response_of, save, send, typed_in
from milestones.discovery.asking import asked, said
from milestones.discovery.forms import BeginForm, LinkForm
from milestones.discovery.gathering import products
from milestones.discovery.models import Discovery, Response
from milestones.discovery.roles import KINDS
from milestones.library.problems import Problem
from workspaces.audit.models import Entry
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    archived = request.GET.get("archived") == "1"
    found = Discovery.objects.filter(archived_at__isnull=not archived).order_by("-made_at")
    rows = []
    for discovery in found.prefetch_related("responses", "links", "plans__ladder"):
        answered = [one for one in discovery.responses.all() if one.answered_at]
        heard = {one.link_id for one in answered}
        rows.append(
            {
                "discovery": discovery,
                "answered": max(answered, key=lambda one: one.answered_at, default=None),
                "waiting": sum(link.is_open and link.pk not in heard for link in discovery.links.all()),
                "plan": max(discovery.plans.all(), key=lambda plan: plan.pk, default=None),
            }
        )
    has_archived = not archived and Discovery.objects.filter(archived_at__isnull=False).exists()
    return render(request, "discovery/list.html", {"rows": rows, "archived": archived, "has_archived": has_archived})


@workspace_view("ladders.edit")
@require_http_methods(["GET", "POST"])
def new(request: WorkspaceRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "discovery/new.html", {"form": BeginForm()})
    if request.POST.get("example"):
        discovery = Discovery(name=examples.NAME, product=examples.PRODUCT, kind=examples.KIND)
        discovery.role_key, discovery.role_name = examples.KIND, str(KINDS[examples.KIND].name)
    else:
        form = BeginForm(request.POST)
        if not form.is_valid():
            return render(request, "discovery/new.html", {"form": form}, status=422)
        discovery = form.begin()
    discovery.made_by = request.member.user
    discovery.save()
    if request.POST.get("example"):
        Response.objects.create(discovery=discovery, typed=examples.TYPED, by=str(request.member))
    Entry.record(by=request.member, action="discovery.begun", target=discovery, role=discovery.role_key)
    return redirect(discovery)


@workspace_view("ladders.read")
@require_http_methods(["GET", "POST"])
def discovery(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The questions for the members; POST proposes from what was answered."""
    discovery = get_object_or_404(Discovery, pk=pk)
    if request.method == "GET":
        return _page(request, discovery)
    if not request.member.may("ladders.edit"):
        return HttpResponse(gettext("Only editors answer for the workspace."), status=403)
    response = response_of(discovery, None, lock=True)
    try:
        problems = [*_save(request, response), *send(response, member=request.member)]
    except TooMany:
        messages.error(request, gettext("Saved very often within a minute. Wait a moment, then try again."))
        return redirect(discovery)
    except Overtaken:
        typed = typed_in(request.POST, discovery.kind)
        return _page(request, discovery, typed=typed, overtaken=True, status=422)
    if problems:
        return _page(request, discovery, problems=problems, status=422)
    planning.plan_from(response, by=request.member)
    return redirect("discovery:plan", workspace_slug=request.workspace.slug, pk=pk)


@workspace_view("ladders.edit")
@require_POST
def draft(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Keep what was typed so far; answers with the line that says so."""
    response = response_of(get_object_or_404(Discovery, pk=pk), None, lock=True)
    try:
        problems = _save(request, response)
    except TooMany:
        return HttpResponse(gettext("Too many saves within a minute."), status=429)
    except Overtaken:
        return render(request, "discovery/_saved.html", {"overtaken": True, "response": response}, status=422)
    return render(request, "discovery/_saved.html", {"problems": problems, "response": response})


@workspace_view("ladders.edit")
@require_POST
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Archive, or restore what is archived: the button that takes it back stands where it was pressed."""
    discovery = get_object_or_404(Discovery, pk=pk)
    restored = discovery.archived_at is not None
    if restored:
        discovery.restore(by=request.member)
    else:
        discovery.archive(by=request.member)
    said = (
        gettext("%(discovery)s is in use again.")
        if restored
        else gettext("%(discovery)s is archived; its open links still work until you revoke them.")
    )
    messages.success(request, said % {"discovery": discovery.name})
    return redirect("discovery:index", workspace_slug=request.workspace.slug)


@workspace_view("ladders.edit")
@require_POST
def make_link(request: WorkspaceRequest, pk: int) -> HttpResponse:
    discovery = get_object_or_404(Discovery, pk=pk)
    form = LinkForm(request.POST)
    if form.is_valid() and discovery.links.count() >= linking.MOST_LINKS:
        form.add_error(
            None,
            gettext("This discovery has %(most_links)s links already; begin another one.")
            % {"most_links": linking.MOST_LINKS},
        )
    if not form.is_valid():
        return _page(request, discovery, link_form=form, status=422)
    given = form.cleaned_data
    link = linking.make_link(discovery, label=given["label"], days=given["days"], by=request.member)
    Entry.record(by=request.member, action="discovery_link.made", target=link, discovery=str(discovery))
    messages.success(request, f"The link for {link.label} is ready to copy.")
    return redirect(discovery)


@workspace_view("ladders.edit")
@require_POST
def revoke_link(request: WorkspaceRequest, pk: int, link: int) -> HttpResponse:
    discovery = get_object_or_404(Discovery, pk=pk)
    found = get_object_or_404(discovery.links, pk=link)
    found.revoke(by=request.member)
    messages.success(
        request, gettext("The link for %(label)s is closed. What was sent stays.") % {"label": found.label}
    )
    return redirect(discovery)


@workspace_view("ladders.read")
@require_GET
def response(request: WorkspaceRequest, pk: int, response: int) -> HttpResponse:
    discovery = get_object_or_404(Discovery, pk=pk)
    found = get_object_or_404(discovery.responses.select_related("link"), pk=response)
    context = {"discovery": discovery, "response": found, "said": said(discovery.kind, found.answers or {})}
    return render(request, "discovery/response.html", context)


def _save(request: WorkspaceRequest, response: Response) -> list[Problem]:
    post = request.POST
    typed = typed_in(post, response.discovery.kind)
    return save(response, typed, by=str(request.member), page=post.get("page", ""), base=post.get("base", ""))


def _page(
    request: WorkspaceRequest,
    discovery: Discovery,
    *,
    typed: dict[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    link_form: LinkForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The questions and the links. `typed`: what stands in the form, if that is not what was kept."""
    own = response_of(discovery, None)
    others = list(discovery.responses.exclude(link=None).select_related("link").order_by("-answered_at"))
    by_link = {one.link_id: one for one in others}
    links = [
        {"link": link, "response": by_link.get(link.pk), "url": request.build_absolute_uri(linking.ask_url(link))}
        for link in discovery.links.order_by("-made_at")
    ]
    context = {
        "discovery": discovery,
        "plan": discovery.plan,
        "product_name": products().get(discovery.product, ""),
        "edits": request.member.may("ladders.edit"),
        "response": own,
        "questions": asked(discovery.kind, own.typed if typed is None else typed, problems),
        "said": said(discovery.kind, own.answers or {}),
        "problems": problems,
        "page_id": secrets.token_urlsafe(12),
        "answered": [one for one in others if one.answered_at],
        "links": links,
        "link_form": link_form or LinkForm(),
        **more,
    }
    return render(request, "discovery/discovery.html", context, status=status)
