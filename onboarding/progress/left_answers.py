"""What somebody answered who is erased stays counted in the score, as nobody's answer. Inside a scope."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from onboarding.feedback.models import Answer
from onboarding.leaving import remainder
from onboarding.leaving.models import NEVER
from workspaces.privacy.subjects import Subject


def keep(subject: Subject, began: Iterable[tuple[int, str]], zone: ZoneInfo) -> None:
    """Before their answers go. `began`: the versions that they began, with what stays of their segment there."""
    days: dict[date, int] = {}
    answers = Answer.objects.filter(sender__in=subject.senders).order_by("said_at", "pk")
    for said_at, score in answers.values_list("said_at", "score"):
        days[said_at.astimezone(zone).date()] = score  # of one day the last counts
    said = sorted(days)
    following = [*said[1:], NEVER]
    remainder.add_answers(
        Counter(
            (version, day, next_on, days[day], segment)
            for version, segment in began
            for day, next_on in zip(said, following, strict=False)
        )
    )
