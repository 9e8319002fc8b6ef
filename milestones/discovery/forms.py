from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from milestones.discovery.gathering import products
from milestones.discovery.links import USUAL_DAYS, VALID_DAYS
from milestones.discovery.models import Discovery, Link
from milestones.discovery.roles import KINDS, kind_of
from milestones.ladders.models import Ladder, Role
from milestones.library.content import LONGEST_NAME
from milestones.library.keys import key_from

NEW = _("a new one")
ANOTHER = "another-one"  # no role has it: keys of roles come from names


class BeginForm(forms.Form):
    """For whom a discovery is: a role there is, one of the usual three, or another by its name."""

    role = forms.ChoiceField(help_text=_("Whom the ladder will be for."))
    another = forms.CharField(
        label=_("Name of the other role"), required=False, max_length=LONGEST_NAME, help_text=_("Such as Dispatcher.")
    )
    product = forms.ChoiceField(
        label=_("Kind of product"),
        help_text=_("Starter packs for this kind are proposed beside your own library."),
    )
    name = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label=_("Name of this discovery"),
        help_text=_("Whom you ask, such as a customer's name. Nobody outside sees it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {role.key: role.name for role in Role.objects.order_by("precedence", "name")}
        usual = {kind.key: str(kind.name) for kind in KINDS.values() if kind.key not in own}
        self.names = {**own, **usual}
        self.fields["role"].choices = [*self.names.items(), (ANOTHER, gettext("Another role…"))]  # type: ignore[attr-defined]
        self.fields["product"].choices = [*products().items(), (ANOTHER, gettext("Another kind"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "role" not in given:  # its own error says so
            return given
        key = "" if given["role"] == ANOTHER else given["role"]
        name = self.names.get(key) or " ".join(given.get("another", "").split())
        if not name:
            self.add_error("another", gettext("Choose a role, or name another one."))
        else:
            key = key or key_from(name, otherwise="role")
            product = "" if given.get("product") == ANOTHER else given.get("product", "")
            given |= {"role_key": key, "role_name": name, "kind": kind_of(key, name), "product": product}
        return given

    def begin(self) -> Discovery:
        """The discovery, not saved yet."""
        given = self.cleaned_data
        fields = {field: given[field] for field in ("role_key", "role_name", "kind", "product")}
        return Discovery(name=given["name"] or given["role_name"], **fields)


class LinkForm(forms.ModelForm):
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        initial=USUAL_DAYS,
        choices=lambda: [(days, ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in VALID_DAYS],
    )

    class Meta:
        model = Link
        fields = ["label"]
        labels = {"label": _("For whom")}
        help_texts = {"label": _("Only you see this.")}


class LadderForm(forms.Form):
    """What to make of a proposal: a new ladder of a name, or the draft of one there is for the same role."""

    into = forms.ChoiceField(label=_("Put the steps into"))
    name = forms.CharField(label=_("Name of the new ladder"), max_length=LONGEST_NAME)

    def __init__(self, *args: Any, discovery: Discovery, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Ladder.objects.filter(archived_at=None, role__key=discovery.role_key).order_by("name")
        self.ladders = {ladder.key: ladder for ladder in found}
        drafts = [
            (key, gettext("The draft of %(ladder)s") % {"ladder": ladder.name}) for key, ladder in self.ladders.items()
        ]
        self.fields["into"].choices = [(NEW, gettext("A new ladder")), *drafts]  # type: ignore[attr-defined]
        self.initial.setdefault("name", discovery.name)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        ladder = self.ladders.get(given.get("into", ""))
        if ladder is not None and "name" in self.errors:  # not needed
            del self.errors["name"]
        return {"name": "", **given, "ladder": ladder}
