"""Writing modules into the library: a new one, or a change, so that nobody's change is overwritten unseen."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from milestones.library.content import TRANSLATED, read_content
from milestones.library.criteria import CriterionError
from milestones.library.keys import key_from
from milestones.library.models import Milestone
from milestones.library.problems import Problems
from milestones.library.translations import states, with_translation
from workspaces.audit.models import Entry
from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.models import Member


class ContentError(CriterionError):
    """What was written is no milestone; `problems` has everything that is wrong, with places below `milestone`."""


class Stale(Exception):
    """Somebody changed the module since the revision that the writer had read. `now`: the module as it is."""

    def __init__(self, now: Milestone) -> None:
        super().__init__("The milestone was changed meanwhile.")
        self.now = now


class Taken(Exception):
    """Another module has the key already."""


def create(data: dict[str, Any], *, by: Member, key: str = "") -> Milestone:
    """A new module that says what the plain `data` says; its key is made of its name, unless it is given.

    Raises ContentError and Taken.
    """
    # The keys of one workspace are few; two writers of the same name at once are told apart by the constraint.
    taken = set(Milestone.objects.values_list("key", flat=True))
    if key in taken:
        raise Taken(f"There is a milestone with the key {key} already.")
    content = _read({**data, "key": key or key_from(str(data.get("name", "")), taken=taken)})
    milestone = Milestone()
    with transaction.atomic():
        milestone.become(content, by=by)
        Entry.record(by=by, action="milestone.created", target=milestone)
    return milestone


def change(milestone: Milestone, data: dict[str, Any], *, base: int, by: Member) -> bool:
    """Make the module say what `data` says; returns whether that is anything new. Raises ContentError and Stale.

    `base` is the revision that the writer had read. Published versions and drafts keep the copies that they have.
    """
    content = _read({**data, "key": milestone.key})
    with transaction.atomic():
        now = Milestone.objects.select_for_update().get(pk=milestone.pk)
        if "translations" not in data:  # they are written on a page of their own
            content = _read({**content, "translations": now.translations})
        if now.content == content:
            return False
        if now.revision != base:
            raise Stale(now)
        before = now.content
        now.become(content, by=by)
        fields = [name for name in sorted({*before, *content}) if before.get(name) != content.get(name)]
        Entry.record(by=by, action="milestone.changed", target=now, fields=fields, revision=now.revision)
    return True


def translate(
    milestone: Milestone,
    language: str,
    texts: Mapping[str, str],
    *,
    still: Collection[str] = (),
    base: int,
    by: Member,
) -> bool:
    """Let the module say these texts (by their paths) in `language`; returns whether that is anything new.

    What was written is made from the originals that it has at `base`, and so is what is `still` right.
    Raises ContentError and Stale.
    """
    with transaction.atomic():
        now = Milestone.objects.select_for_update().get(pk=milestone.pk)
        content = now.content
        said = {found.place.path: found for found in states(content, language, TRANSLATED)}
        changed = [path for path, text in texts.items() if path in said and said[path].text != text.strip()]
        changed += [path for path in still if path in texts and path in said and said[path].state == "outdated"]
        for path in changed:
            content = with_translation(content, language, path, texts[path], places=TRANSLATED)
        content = _read(content)
        if not changed:
            return False
        if now.revision != base:
            raise Stale(now)
        now.become(content, by=by)
        details = {"language": LANGUAGES[language].in_english, "fields": changed, "revision": now.revision}
        Entry.record(by=by, action="milestone.translated", target=now, **details)
    return True


def _read(data: dict[str, Any]) -> dict[str, Any]:
    problems = Problems()
    content = read_content(data, "milestone", problems)
    if problems:
        raise ContentError(problems)
    return content
