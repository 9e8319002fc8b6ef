"""How far a person came, and what members ruled. Inside a scope."""

from collections.abc import Iterator
from typing import Any

from onboarding.progress.models import Journey, Ruling
from workspaces.privacy.subjects import Subject


def export(subject: Subject) -> dict[str, Iterator[dict[str, Any]]]:
    return {"ladders": _journeys(subject), "rulings": _rulings(subject)}


def _journeys(subject: Subject) -> Iterator[dict[str, Any]]:
    found = Journey.objects.filter(person__in=subject.people).select_related("ladder", "version")
    for journey in found.order_by("started_at", "pk"):
        yield {
            "ladder": journey.ladder.name,
            "version": journey.version.number,
            "began": journey.started_at,
            "as it was then": journey.segment,
            "first value": journey.first_value_at,
            "finished": journey.finished_at,
            "steps done": [
                {"step": key, "when": at, "proved by message": message}
                for key, at, message in journey.completions.order_by("completed_at").values_list(
                    "rung_key", "completed_at", "message_id"
                )
            ],
            "switched on": [
                {"feature": feature, "when": at}
                for feature, at in journey.unlocks.order_by("unlocked_at").values_list("feature", "unlocked_at")
            ],
        }


def _rulings(subject: Subject) -> Iterator[dict[str, Any]]:
    for ruling in Ruling.objects.filter(sender__in=subject.senders).select_related("ladder").order_by("pk"):
        yield {
            "ladder": ruling.ladder.name,
            "step": ruling.rung_key,
            "ruling": ruling.get_verdict_display(),
            "when": ruling.at,
            "reason": ruling.reason,
            "withdrawn": ruling.withdrawn_at,
        }
