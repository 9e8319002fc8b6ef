"""django-allauth's forms in the house's words. What they do is theirs."""

from typing import Any

from allauth.account import forms as theirs
from django.utils.translation import gettext_lazy as _

ADDRESS = _("E-mail address")
NOW, NEW, AGAIN = _("Your password now"), _("New password"), _("New password, once more")
WORDS = {"email": ADDRESS, "oldpassword": NOW, "password1": NEW, "password2": AGAIN}


class _InOurWords:
    """Labels from WORDS, and none inside of fields, where they go as soon as something is typed."""

    fields: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = WORDS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class ResetPasswordForm(_InOurWords, theirs.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_InOurWords, theirs.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(_InOurWords, theirs.ChangePasswordForm):
    pass


class SetPasswordForm(_InOurWords, theirs.SetPasswordForm):
    pass


class AddEmailForm(_InOurWords, theirs.AddEmailForm):
    pass


class RequestLoginCodeForm(_InOurWords, theirs.RequestLoginCodeForm):
    pass
