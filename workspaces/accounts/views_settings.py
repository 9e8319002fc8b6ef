"""How members of a workspace log in: its policy, and its identity provider."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from workspaces.accounts import domains, facts, gate, metadata, reading_again, setting_up
from workspaces.accounts.facts import Missing
from workspaces.accounts.forms import DomainForm, OidcForm, PolicyForm, SamlForm
from workspaces.accounts.models import Connection, Domain, Policy
from workspaces.team.views_team import team_view
from workspaces.tenants.views_access import WorkspaceRequest

OWN_SESSION = {
    Missing.SECOND_FACTOR: gettext_lazy(
        "Set up a second factor for yourself and use it first: this would lock you out."
    ),
    Missing.SSO: gettext_lazy("Log in by SSO yourself first, so that it is sure to work: this would lock you out."),
    Missing.METHOD: gettext_lazy("You logged in another way yourself: this would lock you out."),
}


@team_view("sign_in.manage", lands="signing_in:show")
@require_GET
def show(request: WorkspaceRequest) -> HttpResponse:
    return page(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def policy(request: WorkspaceRequest) -> HttpResponse:
    form = PolicyForm(request.POST)
    if form.is_valid() and form.cleaned_data["sso_required"] and gate.own_connection(request.workspace) is None:
        form.add_error("sso_required", gettext("Switch SSO on first."))
    if not form.is_valid():
        return page(request, policy_form=form, status=422)
    asked = {"sso_required": form.cleaned_data["sso_required"], "methods": form.cleaned_data["methods"]}
    from_ = form.two_factor_from(Policy.of(request.workspace))
    for lacks in gate.what_is_missing(request, Policy(workspace=request.workspace, two_factor_from=from_, **asked)):
        form.add_error(None, OWN_SESSION[lacks])
    if not form.is_valid():
        return page(request, policy_form=form, status=422)
    setting_up.change_policy(from_, **asked, by=request.member)
    messages.success(request, gettext("The policy is saved. It holds from the next page that anybody opens."))
    return _back(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def begin(request: WorkspaceRequest) -> HttpResponse:
    kind = request.POST.get("kind")
    if kind not in Connection.Kind.values:
        return page(request, status=422)
    setting_up.begin(kind, by=request.member)
    return _back(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def set_up_oidc(request: WorkspaceRequest) -> HttpResponse:
    connection = get_object_or_404(Connection, kind=Connection.Kind.OIDC)
    form = OidcForm(request.POST, has_secret=bool(connection.secret))
    if form.is_valid():
        told = {**form.cleaned_data, "issuer": form.cleaned_data["issuer"].strip().rstrip("/")}
        try:
            setting_up.set_up_oidc(connection, **told, by=request.member)
        except metadata.Unusable as reason:
            form.add_error("issuer", str(reason))
        except setting_up.Refused as reason:
            form.add_error("secret", str(reason))
    if not form.is_valid():
        return page(request, connection_form=form, status=422)
    return _saved(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def set_up_saml(request: WorkspaceRequest) -> HttpResponse:
    connection = get_object_or_404(Connection, kind=Connection.Kind.SAML)
    form = SamlForm(request.POST)
    if not form.is_valid():
        return page(request, connection_form=form, status=422)
    told = {name: form.cleaned_data[name] for name in ("joins", "level")}
    told["url"] = form.cleaned_data["metadata_url"].strip()
    setting_up.set_up_saml(connection, form.cleaned_data["metadata"], **told, by=request.member)
    return _saved(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def rotate_key(request: WorkspaceRequest) -> HttpResponse:
    """A new key of ours, for which answers may be sealed."""
    try:
        setting_up.rotate_key(get_object_or_404(Connection.objects.select_for_update()), by=request.member)
        messages.success(request, gettext("There is a new key. Give the identity provider our metadata again."))
    except setting_up.Refused as reason:
        messages.error(request, str(reason))
    return _back(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def enable(request: WorkspaceRequest) -> HttpResponse:
    try:
        setting_up.enable(get_object_or_404(Connection), by=request.member)
        messages.success(request, gettext("SSO is on."))
    except setting_up.Refused as reason:
        messages.error(request, str(reason))
    return _back(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def disable(request: WorkspaceRequest) -> HttpResponse:
    setting_up.disable(get_object_or_404(Connection), by=request.member)
    messages.success(request, gettext("SSO is off: nobody logs in by it, and nothing asks for it."))
    return _back(request)


@team_view("sign_in.manage", lands="signing_in:show")
@require_POST
def remove(request: WorkspaceRequest) -> HttpResponse:
    setting_up.remove(get_object_or_404(Connection), by=request.member)
    messages.success(request, gettext("The identity provider is removed."))
    return _back(request)


def page(request: WorkspaceRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The one page; `forms` are those that were sent, with what is wrong."""
    connection = Connection.objects.first()
    context = {
        "policy_form": forms.get("policy_form") or PolicyForm.of(Policy.of(request.workspace)),
        "connection": connection,
        "connection_form": forms.get("connection_form") or _form(connection),
        "domains": Domain.objects.filter(workspace=request.workspace).order_by("name"),
        "domain_form": forms.get("domain_form") or DomainForm(),
        "addresses": _addresses(connection),
        "set_up": setting_up.last_set_up(connection) if connection else None,
        "reading": reading_again.words_of(connection) if connection else "",
        "certificates": [metadata.ends_at(one) for one in connection.certificates] if connection else [],
        "record": domains.RECORD,
        "mail_addresses": domains.ADDRESSES,
        "without_factor": _without_factor(request),
        "now": timezone.now(),
        "own": facts.of(request, request.member.user),
    }
    return render(request, "accounts/settings.html", context, status=status)


def _form(connection: Connection | None) -> OidcForm | SamlForm | None:
    if connection is None:
        return None
    told = {name: getattr(connection, name) for name in ("issuer", "client_id", "joins", "level")}
    if connection.kind == Connection.Kind.SAML:
        return SamlForm(initial={**told, "metadata_url": connection.metadata_url})
    return OidcForm(initial=told, has_secret=bool(connection.secret))


def _addresses(connection: Connection | None) -> list[tuple[str, str]]:
    """What the identity provider wants to know of us: names and addresses."""
    if connection is None:
        return []
    names = (
        [("Redirect URI", "openid_connect_callback")]
        if connection.kind == Connection.Kind.OIDC
        else [(gettext("Entity id and metadata"), "saml_metadata"), ("Assertion consumer service", "saml_acs")]
    )
    return [(label, settings.BASE_URL + reverse(name, args=[connection.key])) for label, name in names]


def _without_factor(request: WorkspaceRequest) -> int:
    """How many members have no second factor of their own."""
    return request.workspace.members.exclude(user__authenticator__type__in=["totp", "webauthn"]).distinct().count()


def _saved(request: WorkspaceRequest) -> HttpResponse:
    messages.success(request, gettext("The identity provider is saved."))
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("signing_in:show", workspace_slug=request.workspace.slug)
