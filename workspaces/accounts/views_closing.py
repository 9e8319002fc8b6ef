"""Closing one's own account: what goes, what stays, and the address typed once more."""

import logging
import smtplib

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from workspaces.accounts import closing
from workspaces.accounts.adapter import AccountAdapter
from workspaces.team.changing import Refused
from workspaces.tenants.models import User

log = logging.getLogger(__name__)


class ClosingForm(forms.Form):
    """The address by hand, so that nobody closes an account by a slip."""

    typed = forms.CharField(
        max_length=254,
        label=gettext_lazy("Type your e-mail address to confirm"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: object, email: str) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._email = email

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed.strip().lower() != self._email:
            raise forms.ValidationError(gettext("That is another address. Type the one that stands above."))
        return typed


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True, app="allauth.account")
def close(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    form = ClosingForm(request.POST or None, email=user.email)
    held = closing.held_by(user)
    if request.method == "POST" and form.is_valid() and not held:
        address = user.email
        try:
            closing.close(user)
        except Refused:  # the other owner went at this very moment
            return redirect("accounts:close")
        logout(request)
        _tell(address)
        messages.success(request, gettext("Your account is closed. Nobody logs in by it any more."))
        return redirect("account_login")
    context = {"form": form, "held": held, "memberships": user.memberships.select_related("workspace")}
    return render(request, "accounts/closing.html", context, status=422 if request.method == "POST" else 200)


def _tell(address: str) -> None:
    try:
        AccountAdapter().render_mail("accounts/mail/closed", address, {}).send()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("The mail about a closed account could not be sent: %s", type(error).__name__)
