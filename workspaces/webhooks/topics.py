"""What messages are about. Each topic has words for the page and an example that the documentation shows too."""

from dataclasses import dataclass
from typing import Any

PING = "test.ping"


@dataclass(frozen=True)
class Topic:
    name: str
    words: str
    example: dict[str, Any]


TOPICS = {
    topic.name: topic
    for topic in (
        Topic(
            "feature.unlocked",
            "A completion has given a person a feature",
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
            "No completion gives a person the feature any more",
            {
                "feature": "advanced-reports",
                "userId": "u-1842",
                "accountIds": ["acme"],
                "reach": "person",
                "value": False,
            },
        ),
        Topic(PING, "A test from the webhooks page", {"text": "Firstmile can reach you."}),
    )
}

# An endpoint subscribes to these; a test goes to the endpoint that is tested, whatever it subscribed to.
SUBSCRIBED = [name for name in TOPICS if name != PING]
