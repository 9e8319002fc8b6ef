"""How many people are on each version of a ladder: counted once for the page that lists them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from milestones.ladders.models import Ladder
from onboarding.progress.models import Journey


@dataclass
class OnVersion:
    """`on_it`: are shown it and have not finished; `finished`: finished it; `began`: began on it, wherever they are."""

    on_it: int = 0
    finished: int = 0
    began: int = 0


def people_by_version(ladder: Ladder) -> dict[int, OnVersion]:
    """By the version's number. A version that nobody is or began on is left out."""
    journeys = Journey.objects.filter(ladder=ladder)
    found: dict[int, OnVersion] = {}
    shown = journeys.values("version__number").annotate(
        on_it=Count("pk", filter=Q(finished_at=None)), finished=Count("pk", filter=Q(finished_at__isnull=False))
    )
    for row in shown:
        found[row["version__number"]] = OnVersion(row["on_it"], row["finished"])
    for row in journeys.values("began_version__number").annotate(began=Count("pk")):
        found.setdefault(row["began_version__number"], OnVersion()).began = row["began"]
    return found
