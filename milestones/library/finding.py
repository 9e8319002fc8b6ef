"""Finding modules in the library by words and tags. Pure.

A library is as long as people can write, so it is read whole and searched here: under row-level security PostgreSQL
would read the whole of it too (docs/decisions/0005).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from milestones.library.content import TAGS
from milestones.library.criteria import EventCondition, TraitCondition, leaves, parse

Content = Mapping[str, Any]


def matches(content: Content, *, words: str = "", tags: Mapping[str, str] | None = None) -> bool:
    """Whether every one of the words is somewhere in it, and it has each of the tags (by kind)."""
    text = searched(content)
    return all(word in text for word in words.casefold().split()) and all(
        tag in content.get("tags", {}).get(kind, []) for kind, tag in (tags or {}).items() if tag
    )


def searched(content: Content) -> str:
    """The text in which words are looked for: what names and describes it, the events it counts, its tags."""
    parts = [content.get(name, "") for name in ("key", "name", "purpose", "unlock", "cue", "value_statement")]
    for leaf in leaves(parse(content["criterion"])):
        match leaf:
            case EventCondition(event=event):
                parts.append(event)
            case TraitCondition(trait=trait):
                parts.append(trait)
    parts += [tag for tags in content.get("tags", {}).values() for tag in tags]
    return "\n".join(parts).casefold()


def tags_in(contents: Iterable[Content]) -> dict[str, list[str]]:
    """Every tag in use, by kind, in order; kinds without any are left out."""
    found: dict[str, set[str]] = {kind: set() for kind in TAGS}
    for content in contents:
        for kind, tags in content.get("tags", {}).items():
            found[kind].update(tags)
    return {kind: sorted(tags, key=str.casefold) for kind, tags in found.items() if tags}
