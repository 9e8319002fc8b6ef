"""Whom a discovery asks about: one of the three usual kinds of user, or a role of the workspace's own. Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from milestones.discovery.words import stems


@dataclass(frozen=True)
class Kind:
    """A usual kind of user. `words`: how roles and tags of this kind are called."""

    key: str
    name: str | Promise
    plural: str | Promise
    words: tuple[str, ...]


KINDS = {
    kind.key: kind
    for kind in (
        Kind("administrator", _("Administrator"), _("administrators"), ("administrator", "admin", "owner")),
        Kind(
            "power-user",
            _("Power user"),
            _("power users"),
            ("power user", "power-user", "expert", "builder", "analyst"),
        ),
        Kind("operator", _("Operator"), _("operators"), ("operator", "agent", "dispatcher")),
    )
}


def kind_of(*names: str) -> str:
    """The usual kind that a role's key or name tells; '' for a role of another kind."""
    for name in names:
        known = stems(name.replace("-", " "))
        for kind in KINDS.values():
            if any(stems(word.replace("-", " ")) <= known for word in kind.words):
                return kind.key
    return ""
