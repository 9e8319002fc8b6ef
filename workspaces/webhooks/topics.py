"""What messages are about. Each topic has words for the page and an example that the documentation shows too."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PING = "test.ping"


@dataclass(frozen=True)
class Topic:
    name: str
    words: str | Promise
    example: dict[str, Any]


TOPICS = {
    topic.name: topic
    for topic in (
        Topic(
            "feature.unlocked",
            _("A completion has given a person a feature"),
            {
                "feature": "advanced-reports",
                "userId": "u-1842",
                "accountIds": ["acme"],
                "reach": "person",
                "value": True,
                "ladder": "administrators",
                "step": "invite-your-team",
                "unlockedAt": "2026-03-02T12:00:00+00:00",
            },
        ),
        Topic(
            "feature.locked",
            _("No completion gives a person the feature any more"),
            {
                "feature": "advanced-reports",
                "userId": "u-1842",
                "accountIds": ["acme"],
                "reach": "person",
                "value": False,
            },
        ),
        Topic(
            "journey.started",
            _("A person has begun to climb a ladder"),
            {
                "userId": "u-1842",
                "accountIds": ["acme"],
                "ladder": "administrators",
                "version": 3,
                "startedAt": "2026-03-01T09:30:00+00:00",
            },
        ),
        Topic(
            "rung.completed",
            _("A person has completed a step"),
            {
                "userId": "u-1842",
                "accountIds": ["acme"],
                "ladder": "administrators",
                "version": 3,
                "step": "invite-your-team",
                "completedAt": "2026-03-02T12:00:00+00:00",
                "unlocks": ["advanced-reports"],
                "byHand": False,
            },
        ),
        Topic(
            "first_value.reached",
            _("A person has got real value: they have completed the step that stands for it"),
            {
                "userId": "u-1842",
                "accountIds": ["acme"],
                "ladder": "administrators",
                "version": 3,
                "startedAt": "2026-03-01T09:30:00+00:00",
                "reachedAt": "2026-03-02T12:00:00+00:00",
            },
        ),
        Topic(
            "journey.completed",
            _("A person has completed a ladder"),
            {
                "userId": "u-1842",
                "accountIds": ["acme"],
                "ladder": "administrators",
                "version": 3,
                "startedAt": "2026-03-01T09:30:00+00:00",
                "completedAt": "2026-03-09T16:45:00+00:00",
            },
        ),
        Topic(
            "ladder.published",
            _("A version of a ladder was published"),
            {
                "ladder": "administrators",
                "name": "Administrators",
                "version": 3,
                "moves": True,
                "publishedAt": "2026-03-01T08:00:00+00:00",
            },
        ),
        Topic(
            "report.ready",
            _("A scheduled report has been made"),
            {
                "report": "Adoption for the board",
                "cadence": "weekly",
                "period": "2026-02-23",
                "subject": "Adoption for the board: administrators get there in 5 days",
                "asOf": "2026-03-02T00:00:00+00:00",
                "url": "https://app.example.com/w/acme/reports/editions/7/",
            },
        ),
        Topic(PING, _("A test from the webhooks page"), {"text": "Firstmile can reach you."}),
    )
}

# An endpoint subscribes to these; a test goes to the endpoint that is tested, whatever it subscribed to.
SUBSCRIBED = [name for name in TOPICS if name != PING]
