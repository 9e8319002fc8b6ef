"""The questionnaire of somebody without a log-in. The link says which one; it shows nothing else of the workspace.

What was typed is kept while it is typed, and counts once it was sent; both can be changed until the link closes.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from milestones.discovery.answering import LARGEST_FORM, Overtaken, TooMany, response_of, save, send, typed_in
from milestones.discovery.asking import asked
from milestones.discovery.links import NoSuchLink, behind
from milestones.discovery.models import Link, Response
from milestones.library.problems import Problem
from workspaces.operator.gate import is_shut
from workspaces.tenants.models import Workspace

View = Callable[[HttpRequest, str, Workspace, Link], HttpResponse]


def _through_a_link(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Let whoever holds an open link in: 404 for one that nobody made, 410 for one that is closed, 413 for too much.

    403 while the workspace is suspended.
    """

    @never_cache
    def enter(request: HttpRequest, token: str) -> HttpResponse:
        posts = request.method == "POST"
        try:
            with behind(token, lock=posts) as (workspace, link):
                if is_shut(workspace):
                    response = _closed(request, "suspended", 403)
                elif posts and int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:
                    response = _closed(request, "large", 413)
                elif not link.is_open:
                    response = _closed(request, "expired" if link.revoked_at is None else "revoked", 410)
                else:
                    response = view(request, token, workspace, link)
        except NoSuchLink:
            response = _closed(request, "unknown", 404)
        response["X-Robots-Tag"] = "noindex"
        return response

    return enter


@require_http_methods(["GET", "POST"])
@_through_a_link
def page(request: HttpRequest, token: str, workspace: Workspace, link: Link) -> HttpResponse:
    """The questions; POST sends the answers."""
    if request.method != "POST":
        response = response_of(link.discovery, link)
        return _show(
            request, token, workspace, link, response, thanks="sent" in request.GET and response.answered_at is not None
        )
    response = response_of(link.discovery, link, lock=True)
    try:
        problems = [*_save(request, response), *send(response, member=None)]
    except TooMany:
        return _closed(request, "often", 429)
    except Overtaken:
        typed = typed_in(request.POST, link.discovery.kind)
        return _show(request, token, workspace, link, response, typed=typed, overtaken=True, status=422)
    if problems:
        return _show(request, token, workspace, link, response, problems=problems, status=422)
    return redirect(f"{request.path}?sent")


@require_POST
@_through_a_link
def draft(request: HttpRequest, token: str, workspace: Workspace, link: Link) -> HttpResponse:
    """Keep what was typed so far; answers with the line that says so."""
    response = response_of(link.discovery, link, lock=True)
    try:
        problems = _save(request, response)
    except TooMany:
        return HttpResponse(gettext("Too many saves within a minute."), status=429)
    except Overtaken:
        return render(request, "discovery/_saved.html", {"overtaken": True, "response": response}, status=422)
    return render(request, "discovery/_saved.html", {"problems": problems, "response": response})


def _save(request: HttpRequest, response: Response) -> list[Problem]:
    post = request.POST
    return save(
        response,
        typed_in(post, response.discovery.kind),
        by=post.get("by", ""),
        page=post.get("page", ""),
        base=post.get("base", ""),
    )


def _show(
    request: HttpRequest,
    token: str,
    workspace: Workspace,
    link: Link,
    response: Response,
    *,
    typed: dict[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The form. `typed`: what stands in it, if that is not what was kept; then the next save may replace the latter."""
    context = {
        "workspace_name": workspace.name,
        "token": token,
        "role_name": link.discovery.role_name,
        "expires_at": link.expires_at,
        "response": response,
        "questions": asked(link.discovery.kind, response.typed if typed is None else typed, problems),
        "problems": problems,
        "page_id": secrets.token_urlsafe(12),
        **more,
    }
    return render(request, "discovery/ask.html", context, status=status)


def _closed(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "discovery/closed.html", {"why": why}, status=status)
