"""One change, in words, and the ways in which most of them are said. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from milestones.ladders.versions.exactly import exact, same
from milestones.ladders.versions.marks import Part, marked


@dataclass(frozen=True)
class Change:
    """`place` is where, such as "title" or "rungs.invite-team.criterion".

    Where the words can't hold all of it, `before` and `after` are the texts themselves ('' for none).
    """

    place: str
    words: str
    before: str = ""
    after: str = ""

    @property
    def marked(self) -> list[Part]:
        return marked(self.before, self.after)


def text_change(place: str, label: str, before: str, after: str) -> list[Change]:
    """A text that was added, removed or changed; nothing when it stayed."""
    if before == after:
        return []
    words = _("%(what)s added") if not before else _("%(what)s removed") if not after else _("%(what)s changed")
    return [Change(place, words % {"what": label}, before, after)]


def value_change(
    place: str, label: str, before: object, after: object, *, nothing: str = "", quoted: bool = True
) -> list[Change]:
    """Something short that became something else; `nothing` is said for what is left out."""
    if same(before, after):
        return []
    said = [
        nothing or _("none")
        if value in (None, "")
        else _quoted(value)
        if quoted and isinstance(value, str)
        else str(value)
        for value in (after, before)
    ]
    words = _("%(what)s: %(now)s instead of %(before)s") % {"what": label, "now": said[0], "before": said[1]}
    return [Change(place, words)]


def list_change(place: str, label: str, before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """A list of texts: what was added, what was removed, or that only their order or number differs."""
    changes = [Change(place, _("%(what)s added") % {"what": label}, "", text) for text in after if text not in before]
    changes += [
        Change(place, _("%(what)s removed") % {"what": label}, text, "") for text in before if text not in after
    ]
    if not changes and list(before) != list(after):
        words = _("%(what)s in another order") % {"what": label}
        changes.append(Change(place, words, "\n".join(before), "\n".join(after)))
    return changes


def rewritten(place: str, label: str, found: str, said: tuple[str, str], written: tuple[object, object]) -> Change:
    """A rule or criterion that changed: what `found` says of it, and both sentences.

    Where both read alike (the number 1 and the text "1"), they are shown as they are written.
    """
    if said[0] == said[1]:
        said = (exact(written[0]), exact(written[1]))
    return Change(place, f"{label}: {found}" if found else _("%(what)s changed") % {"what": label}, *said)


def _quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": text}
