"""What published versions say, kept by the process: they never change, and reading one takes longer than all the rest.

Nothing about anybody is kept, and nothing of a draft. An entry's key names the workspace, the version and its
fingerprint (a publication that was rolled back leaves its id to the next attempt), the language it is read in and the
one that it is written in.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from milestones.ladders.document import STORY_TRANSLATED, TEXTS, TRANSLATED
from milestones.ladders.models import LadderVersion
from milestones.ladders.spec import VersionSpec
from milestones.ladders.specs import spec_of
from milestones.library.content import TRANSLATED as MILESTONE_TRANSLATED
from onboarding.widget.speaking import spoken


class Key(NamedTuple):
    workspace_id: int
    version_id: int
    fingerprint: str
    language: str
    authored: str


class Said(NamedTuple):
    """What a version says in a language. `key`: None of a draft, whose parts are not to be kept either."""

    key: Key | None
    spec: VersionSpec
    texts: Mapping[str, Any]  # its own: title, stories, impact, …
    contents: Mapping[str, Mapping[str, Any]]  # its milestones', by key
    role: Mapping[str, Any]


MOST_KEPT = 1_000
_kept: dict[Key, Said] = {}


def known(key: Key) -> Said | None:
    """What was kept, if it was."""
    return _kept.get(key)


def of_version(version: LadderVersion, *, language: str, authored: str) -> Said:
    """What the version says, in `language` as far as it is translated, else in `authored`, as it was written.

    Inside a scope.
    """
    if not version.is_published:
        return _read(version, None, language=language, authored=authored)
    key = Key(version.workspace_id, version.pk, version.fingerprint, language, authored)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = _read(version, key, language=language, authored=authored)
    return found


def of_key(key: Key) -> Said:
    """Likewise, of a published version. Inside its workspace's scope."""
    return _kept.get(key) or of_version(
        LadderVersion.objects.select_related("ladder").get(pk=key.version_id),
        language=key.language,
        authored=key.authored,
    )


def _read(version: LadderVersion, key: Key | None, *, language: str, authored: str) -> Said:
    texts = {field: getattr(version, field) for field in (*TEXTS, "impact", "translations")}
    return Said(
        key,
        spec_of(version),
        {
            **spoken(texts, TRANSLATED, language=language, authored=authored),
            "stories": _stories(version.stories, language=language, authored=authored),
        },
        {
            rung.key: spoken(rung.says, MILESTONE_TRANSLATED, language=language, authored=authored)
            for rung in version.rungs.all()
        },
        version.role,
    )


def _stories(stories: Iterable[Mapping[str, Any]], *, language: str, authored: str) -> list[dict[str, Any]]:
    return [spoken(story, STORY_TRANSLATED, language=language, authored=authored) for story in stories]
