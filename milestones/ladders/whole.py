"""Every version of every ladder as YAML, for the export of a workspace. Inside its scope."""

from collections.abc import Iterator

from milestones.ladders.exchange import export_ladder
from milestones.ladders.models import LadderVersion
from milestones.ladders.yaml_text import dump


def files() -> Iterator[tuple[str, str]]:
    versions = LadderVersion.objects.select_related("ladder").order_by("ladder__key", "number")
    for version in versions:
        ladder = version.ladder
        yield f"ladders/{ladder.key}-{version.number}.yaml", dump(export_ladder(ladder, number=version.number))
