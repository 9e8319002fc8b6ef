"""How much intake takes at once. Segment's limits, so that whatever its SDKs send fits."""

KB = 1024

MAX_EVENT_BYTES = 32 * KB
MAX_BODY_BYTES = 500 * KB  # compressed and decompressed alike
MAX_EVENTS = 2_500
MAX_MESSAGE_ID = 99
# Identifiers and event names are keys of indexes, whose rows PostgreSQL bounds at 2.7 KB.
MAX_IDENTIFIER = 255
# Objects and lists inside one another, the event itself included. Readers of the log parse it by recursion.
MAX_DEPTH = 100

# PostHog's SDKs fill a batch by the number of events, 100 by default, and one in Python throws it away when it is
# too large: so here a batch may hold as many of the largest events as that.
MAX_POSTHOG_BODY_BYTES = 4 * 1024 * KB
# What is parsed before the key is known shall not take a multiple of the body in memory.
MOST_BRACKETS = 100 * MAX_EVENTS
