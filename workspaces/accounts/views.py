"""Somebody's own account, whatever workspaces they are in."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from workspaces.accounts import connections, sessions
from workspaces.accounts.forms import NameForm, SpeechForm
from workspaces.tenants.models import User, Workspace
from workspaces.tenants.speaking import speaking_to


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
def to_account(request: HttpRequest) -> HttpResponse:
    return redirect("accounts:account")


@login_required
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST, instance=User.objects.get(pk=_user(request).pk))
    if not form.is_valid():
        return _page(request, form=form, status=422)
    form.save()
    messages.success(request, gettext("Your name is saved."))
    return redirect("accounts:account")


@login_required
@require_POST
def speech(request: HttpRequest) -> HttpResponse:
    """In which language and time zone they are spoken to; from the next page on."""
    form = SpeechForm(request.POST, instance=User.objects.get(pk=_user(request).pk))
    if not form.is_valid():
        return _page(request, speech=form, status=422)
    user = form.save()
    with speaking_to(user, otherwise=get_language()):
        messages.success(request, gettext("Language and time zone are saved."))
    return redirect("accounts:account")


@login_required
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """One that is not theirs is not there."""
    number = request.POST.get("session", "")
    if number.isascii() and number.isdecimal() and len(number) <= 18 and sessions.end(_user(request), int(number)):
        messages.success(request, gettext("That session is ended: whoever has it is logged out."))
    return redirect("accounts:account")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    ended = sessions.end_others(_user(request), request)
    messages.success(
        request, ngettext("%(n)s other session ended.", "%(n)s other sessions ended.", ended) % {"n": ended}
    )
    return redirect("accounts:account")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _page(
    request: HttpRequest, *, form: NameForm | None = None, speech: SpeechForm | None = None, status: int = 200
) -> HttpResponse:
    user = _user(request)
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    context = {
        "form": form or NameForm(instance=user),
        "speech": speech or SpeechForm(instance=user),
        "addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "email"),
        "sessions": sessions.of(user, request),
        "totp": next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None),
        "passkeys": [factor.wrap() for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "recovery": any(factor.type == Authenticator.Type.RECOVERY_CODES for factor in factors),
        "sso": _companies(user),
    }
    return render(request, "accounts/account.html", context, status=status)


def _companies(user: User) -> list[tuple[Workspace, str, SocialAccount]]:
    """The workspaces whose SSO the log-in has used: workspace, identity provider, and when."""
    found = []
    for known in SocialAccount.objects.filter(user=user).order_by("date_joined"):
        connection = connections.by_key(known.provider)
        if connection is not None:
            found.append((Workspace.objects.get(pk=connection.home), str(connection), known))
    return found
