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
            "A person may use a feature from now on",
            {
                "feature": "advanced-reports",
                "userId": "u-1842",
                "accountId": "acme",
                "reason": "completion",
                "ladder": "administrators",
                "milestone": "invite-your-team",
            },
        ),
        Topic(
            "feature.locked",
            "A person may not use a feature any more",
            {"feature": "advanced-reports", "userId": "u-1842", "accountId": "acme", "reason": "revoked"},
        ),
        Topic(PING, "A test from the webhooks page", {"text": "Firstmile can reach you."}),
    )
}

# An endpoint subscribes to these; a test goes to the endpoint that is tested, whatever it subscribed to.
SUBSCRIBED = [name for name in TOPICS if name != PING]
