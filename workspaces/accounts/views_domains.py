"""The domains of e-mail addresses that a workspace says are its own."""

import logging
import smtplib

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workspaces.accounts import domains
from workspaces.accounts.adapter import AccountAdapter
from workspaces.accounts.forms import DomainForm
from workspaces.accounts.models import Domain
from workspaces.accounts.views_settings import page
from workspaces.team.views_team import team_view
from workspaces.tenants.views_access import WorkspaceRequest

log = logging.getLogger(__name__)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def claim(request: WorkspaceRequest) -> HttpResponse:
    form = DomainForm(request.POST)
    if form.is_valid():
        try:
            domains.claim(request.workspace, form.cleaned_data["name"], by=request.member)
            return _back(request)
        except domains.Refused as reason:
            form.add_error("name", str(reason))
    return page(request, domain_form=form, status=422)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def by_dns(request: WorkspaceRequest, pk: int) -> HttpResponse:
    domain = _domain(request, pk)
    try:
        domains.verify_by_dns(domain, by=request.member)
        messages.success(request, _("%(domain)s is verified.") % {"domain": domain.name})
    except domains.Refused as reason:
        messages.error(request, str(reason))
    return _back(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def by_mail(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Where DNS cannot be changed: a link to an address that none but the domain's owner has."""
    if answer := ratelimit.consume_or_429(request, action="domain"):
        return answer
    domain = _domain(request, pk)
    link = settings.BASE_URL + reverse("sso:domain", args=[domains.link_token(domain)])
    told = {"domain": domain, "workspace": request.workspace, "member": request.member.user, "link": link}
    message = AccountAdapter().render_mail("accounts/mail/domain", [], told)
    try:
        domains.send_link(domain, request.POST.get("to", ""), message)
        messages.success(request, _("A link is on its way to %(address)s.") % {"address": message.to[0]})
    except domains.Refused as reason:
        messages.error(request, str(reason))
    except (OSError, smtplib.SMTPException) as error:
        log.warning("The mail about a domain could not be sent: %s", error)
        messages.error(request, _("The mail could not be sent. Try again in a few minutes."))
    return _back(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    domain = _domain(request, pk)
    domains.remove(domain, by=request.member)
    messages.success(request, _("%(domain)s is removed: SSO is not for its people any more.") % {"domain": domain.name})
    return _back(request)


def _domain(request: WorkspaceRequest, pk: int) -> Domain:
    """Domains stand outside of the wall, so every look-up says whose."""
    return get_object_or_404(Domain, workspace=request.workspace, pk=pk)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("signing_in:show", workspace_slug=request.workspace.slug)
