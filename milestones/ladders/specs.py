"""Published versions as plain values for the progress engine."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from milestones.ladders.document import Document
from milestones.ladders.models import LadderVersion
from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.criteria import parse, parse_rule, parse_start
from milestones.library.periods import parse_period


def published_specs() -> list[VersionSpec]:
    """Every published version of every ladder, oldest first; an archived ladder's say since when. Inside a scope.

    One small query; what a version says is read once per process, as it never changes. The fingerprint is part
    of the cache's key because a publication that was rolled back leaves its id to the next attempt.
    """
    versions = LadderVersion.objects.published().select_related("ladder").order_by("ladder_id", "number")
    found = list(versions.only(*NAMED_BY, *(f"ladder__{name}" for name in CLOSED_BY)))
    unknown = [version.pk for version in found if _named(version) not in _known]
    whole = {version.pk: version for version in versions.filter(pk__in=unknown)} if unknown else {}
    return [spec_of(whole.get(version.pk, version)) for version in found]


def spec_of(version: LadderVersion, *, at: datetime | None = None, moves: bool = False) -> VersionSpec:
    """The version as a value. Of a draft, as it would be if it were published at `at` (now), moving people or not."""
    if not version.is_published:
        at = at or timezone.now()
        draft = _spec(version, version.document, published_at=at)
        first = not version.ladder.versions.filter(state=version.State.PUBLISHED).exists()
        return replace(draft, moves=moves and not first, effective_from=None if first else at)
    key = _named(version)
    spec = _known.get(key)
    if spec is None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        assert version.published_at is not None
        spec = _known[key] = _spec(version, version.document, published_at=version.published_at)
    closures = tuple((closed, reopened) for closed, reopened in version.ladder.closures)
    if version.ladder.archived_at is None and not closures:
        return spec
    return replace(spec, closed_at=version.ladder.archived_at, closures=closures)


def _named(version: LadderVersion) -> tuple[int, int, str]:
    return version.workspace_id, version.pk, version.fingerprint


# What must be read of a version whose content is known, and of its ladder.
NAMED_BY = ("workspace_id", "ladder_id", "number", "state", "fingerprint")
CLOSED_BY = ("workspace_id", "archived_at", "closures")
MOST_KNOWN = 5_000
_known: dict[tuple[int, int, str], VersionSpec] = {}


def _spec(version: LadderVersion, document: Document, *, published_at: datetime) -> VersionSpec:
    rungs = tuple(_rung(rung) for rung in document.get("rungs", []))
    return VersionSpec(
        version_id=version.pk,
        ladder_id=version.ladder_id,
        ladder_key=document["key"],
        number=version.number,
        role_key=document["role"]["key"],
        role_precedence=document["role"]["precedence"],
        rule=parse_rule(document["role"]["rule"]),
        start=parse_start(document.get("start")),
        funnel=tuple(document.get("funnel") or (rung.key for rung in rungs)),
        rungs=rungs,
        effective_from=version.effective_from,
        published_at=published_at,
        moves=version.moves,
        new_steps_a_session=document.get("new_steps_a_session"),
    )


def _rung(data: Document) -> RungSpec:
    milestone = data["milestone"]
    return RungSpec(
        key=milestone["key"],
        name=milestone["name"],
        phase=data["phase"],
        criterion=parse(milestone["criterion"]),
        due_after=parse_period(data["due_after"]) if "due_after" in data else None,
        prerequisites=tuple(data.get("prerequisites", ())),
        first_value=data.get("first_value", False),
        unlock=milestone.get("unlock", ""),
        spacing=parse_period(data["spacing"]) if "spacing" in data else None,
    )
