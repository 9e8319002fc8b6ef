"""Published versions as plain values for the progress engine."""

from milestones.ladders.document import Document
from milestones.ladders.models import LadderVersion
from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.criteria import parse, parse_rule, parse_start
from milestones.library.periods import parse_period


def published_specs() -> list[VersionSpec]:
    """Every published version of every ladder in use, oldest first. Inside a scope.

    One small query; what a version says is read once per process, as it never changes. The fingerprint is part
    of the cache's key because a publication that was rolled back leaves its id to the next attempt.
    """
    versions = LadderVersion.objects.live().select_related("ladder").order_by("ladder_id", "number")
    return [spec_of(version) for version in versions]


def spec_of(version: LadderVersion) -> VersionSpec:
    """The version as a value. Of a draft, as it would be if it were published now."""
    if not version.is_published:
        return _spec(version, version.document)
    key = (version.workspace_id, version.pk, version.fingerprint)
    spec = _known.get(key)
    if spec is None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        spec = _known[key] = _spec(version, version.document)
    return spec


MOST_KNOWN = 5_000
_known: dict[tuple[int, int, str], VersionSpec] = {}


def _spec(version: LadderVersion, document: Document) -> VersionSpec:
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
    )
