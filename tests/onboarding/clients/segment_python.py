"""Sends the scenario by segment-analytics-python. A process of its own: its threads and sessions end with it."""

import json
import sys
from datetime import datetime

from segment.analytics.client import Client

order = json.load(sys.stdin)
failures: list[str] = []
client = Client(
    order["key"],
    host=order["host"],
    gzip=True,
    upload_size=20,
    upload_interval=0.1,
    timeout=30,
    thread=2,
    on_error=lambda error, batch: failures.append(str(error)),
)
for call in order["calls"]:
    call["timestamp"] = datetime.fromisoformat(call["timestamp"]) if "timestamp" in call else None
    names = {"userId": "user_id", "anonymousId": "anonymous_id", "groupId": "group_id", "previousId": "previous_id"}
    kind = call.pop("type")
    getattr(client, kind)(**{names.get(name, name): value for name, value in call.items()})
client.flush()
client.join()
print(json.dumps(failures))
