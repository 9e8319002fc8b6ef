"""Sends the scenario by PostHog's SDK for Python. A process of its own: its threads and sessions end with it."""

import json
import sys
from datetime import datetime

from posthog import Posthog

order = json.load(sys.stdin)
failures: list[str] = []
client = Posthog(
    order["key"],
    host=order["host"],
    gzip=True,
    flush_at=20,
    flush_interval=0.1,
    timeout=30,
    thread=4,
    capture_mode=order["mode"],
    on_error=lambda error, batch: failures.append(str(error)),
)
for call in order["calls"]:
    who = call.get("userId") or call.get("anonymousId")
    at = {"timestamp": datetime.fromisoformat(call["timestamp"])} if "timestamp" in call else {}
    properties = call.get("properties", {})
    match call["type"]:
        case "identify":
            before = {"$anon_distinct_id": call["anonymousId"], "$set": call["traits"]}
            client.capture("$identify", distinct_id=who, properties=before, **at)
        case "group":
            client.group_identify("company", call["groupId"], call["traits"], **at)
        case "alias":
            client.alias(call["previousId"], call["userId"], **at)
        case "page":
            seen = {"$current_url": properties["url"], "title": call["name"]}
            client.capture("$pageview", distinct_id=who, properties=seen, **at)
        case "screen":
            client.capture("$screen", distinct_id=who, properties={"$screen_name": call["name"], **properties}, **at)
        case "track":
            visitor = {} if "userId" in call else {"$process_person_profile": False}
            client.capture(call["event"], distinct_id=who, properties={**properties, **visitor}, **at)
if client.get_feature_flag("anything", "dora", send_feature_flag_events=False) is not None:
    failures.append("There are no flags here.")
client.flush(timeout_seconds=60)
client.shutdown()
print(json.dumps(failures))
