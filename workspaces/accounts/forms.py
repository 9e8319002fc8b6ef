"""Signing up, and what an admin fills in about signing in."""

from datetime import datetime, time
from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.accounts import connections, domains, metadata
from workspaces.accounts.models import Policy, SignUp
from workspaces.team.signing_up import invited_address
from workspaces.tenants.access import Level
from workspaces.tenants.lines import OneLine
from workspaces.tenants.models import User

LEVELS = [(level.value, level.label) for level in Level if level <= Level.EDITOR]


class SignUpForm(SignupForm):
    """A log-in and, unless somebody comes by invitation, the workspace that they want."""

    name = OneLine(max_length=120, label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    workspace_name = OneLine(
        max_length=120,
        label=_("Your company or product"),
        help_text=_("Your workspace is called that. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), initial="UTC", help_text=_("Days begin at midnight here."), widget=forms.Select
    )
    field_order = ["name", "email", "password1", "workspace_name", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["email"].label = _("E-mail address")
        self.fields["time_zone"].choices = [(z, z.replace("_", " ")) for z in sorted(available_timezones())]
        self.fields["time_zone"].widget.attrs["data-own-time-zone"] = ""
        self.invited = invited_address(context.request)
        if self.invited:  # there is a workspace to come to
            del self.fields["workspace_name"], self.fields["time_zone"]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if self.invited and email != self.invited:
            raise forms.ValidationError(gettext("The invitation went to another address; sign up with that one."))
        if connections.for_email(email) is not None:
            raise forms.ValidationError(
                gettext("People of %(domain)s log in with SSO: choose “Log in with SSO” below.")
                % {"domain": domains.domain_of(email)}
            )
        return email

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        if not self.invited:
            SignUp.objects.create(
                user=user,
                workspace_name=self.cleaned_data["workspace_name"],
                time_zone=self.cleaned_data["time_zone"],
            )


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]
        field_classes = {"name": OneLine}
        labels = {"name": _("Your name")}


class SpeechForm(forms.ModelForm):
    """In which language and time zone the application speaks to somebody."""

    class Meta:
        model = User
        fields = ["language", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[
                ("", _("Each workspace’s own")),
                *((z, z.replace("_", " ")) for z in sorted(available_timezones())),
            ],
            help_text=_("Times are shown in it. Days are counted in the workspace’s, whoever looks."),
        )


class PolicyForm(forms.Form):
    """What a session must have shown. The view refuses what the member's own session would not meet."""

    NOT, NOW, FROM = "not", "now", "from"

    two_factor = forms.ChoiceField(
        label=_("Two-factor"),
        choices=[(NOT, _("Not required")), (NOW, _("Required now")), (FROM, _("Required from a day on"))],
        help_text=_("Members without a second factor are led to set one up, and get in nowhere else."),
    )
    first_day = forms.DateField(
        required=False,
        label=_("From"),
        help_text=_("Only with “from a day on”. Until then nobody is kept out."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    sso_required = forms.BooleanField(
        required=False, label=_("SSO is required"), help_text=_("Owners may still use password and second factor.")
    )
    methods = forms.MultipleChoiceField(
        required=False,
        label=_("Ways to log in"),
        choices=Policy.Method.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )

    @classmethod
    def of(cls, policy: Policy) -> "PolicyForm":
        from_ = policy.two_factor_from
        later = from_ is not None and from_ > timezone.now()
        two_factor = cls.FROM if later else cls.NOW if from_ else cls.NOT
        first = timezone.localdate(from_) if from_ and later else None
        return cls(
            initial={
                "two_factor": two_factor,
                "first_day": first,
                "sso_required": policy.sso_required,
                "methods": policy.methods,
            }
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("two_factor") == self.FROM and not found.get("first_day") and "first_day" not in self.errors:
            self.add_error("first_day", gettext("Choose the day."))
        return found

    def two_factor_from(self, before: Policy) -> datetime | None:
        """The moment; one that has begun stays what it was."""
        match self.cleaned_data["two_factor"]:
            case self.NOT:
                return None
            case self.NOW:
                now = timezone.now()
                return before.two_factor_from if before.needs_two_factor(now) else now
            case _:
                midnight = datetime.combine(self.cleaned_data["first_day"], time.min)
                return timezone.make_aware(midnight)


class ConnectionForm(forms.Form):
    """What both kinds of identity provider have in common."""

    joins = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Whoever logs in becomes a member"),
        help_text=_("Without it, people must have been added before."),
    )
    level = forms.TypedChoiceField(
        label=_("Their access level"), choices=LEVELS, coerce=int, initial=Level.VIEWER.value
    )


class OidcForm(ConnectionForm):
    issuer = forms.CharField(
        max_length=500,
        label=_("Issuer"),
        help_text=_("Such as https://login.example.com. Its configuration is asked for when you save."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    client_id = forms.CharField(
        max_length=255, label=_("Client id"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(
        required=False,
        max_length=500,
        label=_("Client secret"),
        help_text=_("Kept sealed and never shown again."),
        error_messages={"required": _("Enter the client’s secret, too.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["issuer", "client_id", "secret", "joins", "level"]

    def __init__(self, *args: Any, has_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].required = not has_secret
        if has_secret:
            self.fields["secret"].help_text = gettext(
                "Kept sealed and never shown again. Leave it empty to keep the one there is."
            )


class SamlForm(ConnectionForm):
    metadata_url = forms.CharField(
        required=False,
        max_length=500,
        label=_("Address of the metadata"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Read when you save, and once a day from then on: new certificates are taken, and owners told."),
    )
    metadata_xml = forms.CharField(
        required=False,
        label=_("Or the metadata themselves"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("The XML document that it offers. Then you bring new certificates yourself."),
    )
    field_order = ["metadata_url", "metadata_xml", "joins", "level"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        url, xml = found.get("metadata_url", "").strip(), found.get("metadata_xml", "").strip()
        if bool(url) == bool(xml):
            self.add_error("metadata_url", gettext("Enter the address or the document, one of them."))
            return found
        try:
            found["metadata"] = metadata.fetch_saml(url) if url else metadata.read_saml(xml.encode())
        except metadata.Unusable as reason:
            self.add_error("metadata_url" if url else "metadata_xml", str(reason))
        return found


class DomainForm(forms.Form):
    name = forms.CharField(
        max_length=253,
        label=_("Domain"),
        help_text=_("What stands behind the @, such as example.com."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SsoForm(forms.Form):
    email = forms.EmailField(
        label=_("Your work e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
