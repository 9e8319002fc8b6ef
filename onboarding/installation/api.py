"""The widget's settings for programs: where it may stand, how it looks, who must be signed and by which secrets."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from onboarding.installation import looks
from onboarding.installation.look_form import SETS, LookForm
from onboarding.widget.embed.origins import BadOrigin
from onboarding.widget.models import IdentitySecret, TooManySecrets, WidgetSettings
from onboarding.widget.theme import COLOURS, FONTS, RADII, SCHEMES, Theme, failings
from workspaces.api.forms import refused_form
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Body, Text
from workspaces.api.views import KeyedView

READ, CHANGE = "widget.read", "widget.change"


class PaletteTold(serializers.Serializer):
    accent = serializers.CharField()
    background = serializers.CharField()
    ink = serializers.CharField()


class LookTold(serializers.Serializer):
    light = PaletteTold()
    dark = PaletteTold()
    scheme = serializers.ChoiceField(list(SCHEMES))
    radius = serializers.IntegerField()
    font = serializers.ChoiceField(list(FONTS))
    position = serializers.ChoiceField(WidgetSettings.Position.values)


class WidgetTold(serializers.Serializer):
    sites = serializers.ListField(child=serializers.CharField(), help_text="Origins on which it may stand.")
    enforced = serializers.BooleanField(help_text="Whether only people whom a signed token names see a checklist.")
    look = LookTold()


class PaletteBody(Body):
    accent = Text(max_length=30)
    background = Text(max_length=30)
    ink = Text(max_length=30)


class LookBody(Body):
    example = {"light": {"accent": "#0a6b4f", "background": "#ffffff", "ink": "#1b1c20"}, "font": "rounded"}

    light = PaletteBody(required=False)
    dark = PaletteBody(required=False)
    scheme = serializers.ChoiceField(list(SCHEMES), required=False)
    radius = serializers.ChoiceField(list(RADII), required=False)
    font = serializers.ChoiceField(list(FONTS), required=False)
    position = serializers.ChoiceField(WidgetSettings.Position.values, required=False)


class SiteBody(Body):
    example = {"site": "https://app.example.com"}

    site = Text(max_length=300)


class EnforcementBody(Body):
    example = {"enforced": False}

    enforced = serializers.BooleanField()


class SecretTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    hint = serializers.CharField()
    made_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class SecretMade(SecretTold):
    secret = serializers.CharField(help_text="It is told this once.")


class Widget(KeyedView):
    @operation("widget_read", READ, "The widget's settings", answer=WidgetTold, plain=True)
    def get(self, call: Call) -> dict[str, Any]:
        return _told(WidgetSettings.of(call.workspace))


class Look(KeyedView):
    @operation("widget_look", READ, "How the widget looks", answer=LookTold, plain=True)
    def get(self, call: Call) -> dict[str, Any]:
        return _look(WidgetSettings.of(call.workspace))

    @operation(
        "widget_change_look",
        CHANGE,
        "Change how the widget looks; what could not be read is refused",
        answer=LookTold,
        body=LookBody,
        matches=True,
        plain=True,
    )
    def patch(self, call: Call) -> dict[str, Any]:
        settings = WidgetSettings.of(call.workspace)
        said = {**_look(settings), **call.body}
        flat = {name: said[name] for name in ("scheme", "radius", "font", "position")}
        form = LookForm(flat | {f"{name}_{key}": said[name][key] for name in SETS for key in COLOURS})
        if not form.is_valid():
            raise refused_form(form)
        if wrong := failings(form.theme()):
            errors = [
                At(
                    f"It cannot be read on the background (contrast {one.ratio:.1f}, {one.needed} is needed); "
                    f"{one.instead} could.",
                    pointer=f"/{one.palette}/{one.field}",
                )
                for one in wrong
            ]
            raise Refused("invalid", errors[0].detail, errors=errors)
        looks.change(settings, form.theme(), form.place, by=call.by)
        return _look(WidgetSettings.of(call.workspace))

    @operation("widget_reset_look", CHANGE, "Firstmile's own look")
    def delete(self, call: Call) -> None:
        place = WidgetSettings.Position.BOTTOM_RIGHT
        looks.change(WidgetSettings.of(call.workspace), Theme(), place, by=call.by)


class LookUndo(KeyedView):
    @operation(
        "widget_undo_look", CHANGE, "Take the look's last change back", answer=LookTold, refuses=(409,), plain=True
    )
    def post(self, call: Call) -> dict[str, Any]:
        if not looks.undo(WidgetSettings.of(call.workspace), by=call.by):
            raise Refused("conflict", "There is nothing to take back.")
        return _look(WidgetSettings.of(call.workspace))


class Sites(KeyedView):
    @operation("widget_allow", CHANGE, "Let the widget stand on a site", answer=WidgetTold, body=SiteBody, plain=True)
    def post(self, call: Call) -> dict[str, Any]:
        settings = WidgetSettings.of(call.workspace)
        try:
            settings.allow(call.body["site"], by=call.by)
        except BadOrigin as bad:
            raise Refused("invalid", str(bad), errors=[At(str(bad), pointer="/site")]) from None
        return _told(settings)


class SiteRemoval(KeyedView):
    @operation(
        "widget_disallow",
        CHANGE,
        "Let the widget stand on a site no longer; sessions there end at once",
        answer=WidgetTold,
        body=SiteBody,
        plain=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        settings = WidgetSettings.of(call.workspace)
        settings.disallow(call.body["site"], by=call.by)
        return _told(settings)


class Enforcement(KeyedView):
    @operation(
        "widget_enforce",
        CHANGE,
        "Let in only those whom a signed token names, or everybody again",
        answer=WidgetTold,
        body=EnforcementBody,
        refuses=(409,),
        plain=True,
    )
    def put(self, call: Call) -> dict[str, Any]:
        settings, on = WidgetSettings.of(call.workspace), call.body["enforced"]
        if on and not IdentitySecret.live().exists():
            raise Refused("conflict", "Make an identity secret first: without one nobody would see a checklist.")
        settings.enforce(on, by=call.by)
        return _told(settings)


class Secrets(KeyedView):
    @operation("widget_secrets", READ, "Identity secrets", answer=SecretTold, pages=True)
    def get(self, call: Call) -> Page:
        return page(IdentitySecret.objects.all(), call.asked, order=("made_at", "pk"))

    @operation(
        "widget_make_secret",
        CHANGE,
        "A new identity secret, told this once; two are live at most",
        answer=SecretMade,
        status=201,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        try:
            made, text = IdentitySecret.make(by=call.by)
        except TooManySecrets as many:
            raise Refused("conflict", str(many)) from None
        return {**SecretTold(made).data, "secret": text}


class SecretRevocation(KeyedView):
    @operation("widget_revoke_secret", CHANGE, "End an identity secret at once", answer=SecretTold)
    def post(self, call: Call, pk: int) -> IdentitySecret:
        secret = get_object_or_404(IdentitySecret, pk=pk)
        secret.revoke(by=call.by)
        return secret


def _told(settings: WidgetSettings) -> dict[str, Any]:
    return {"sites": settings.allowed_origins, "enforced": settings.enforced, "look": _look(settings)}


def _look(settings: WidgetSettings) -> dict[str, Any]:
    theme = Theme.read(settings.theme)
    palettes = {name: PaletteTold(getattr(theme, name)).data for name in SETS}
    position = str(settings.position)
    return {**palettes, "scheme": theme.scheme, "radius": theme.radius, "font": theme.font, "position": position}
