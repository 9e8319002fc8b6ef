"""Bodies that mean harm, or that bugs, broken proxies and cut-off connections make. Random, but the same every time.

Each holds a good event before what is hostile (and one behind it, where the whole is JSON all the same).
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

EVENT: dict[str, Any] = {
    "type": "track",
    "event": "Report Shared",
    "userId": "dora",
    "anonymousId": "visitor",
    "messageId": "message",
    "timestamp": "2026-03-02T11:00:00.123Z",
    "properties": {"audience": "team", "n": 5, "list": [1, {"a": None}]},
    "traits": {"plan": "pro"},
    "context": {"groupId": "acme", "library": {"name": "x"}},
}
FIELDS = [*EVENT, "originalTimestamp", "sentAt", "groupId", "previousId", "name", "category", "integrations"]
POSTHOG_FIELDS = [
    "event", "distinct_id", "uuid", "timestamp", "properties", "$set", "$set_once", "offset", "options",
]  # fmt: skip
POSTHOG_PROPERTIES = [
    "distinct_id", "token", "$set", "$set_once", "$groups", "$group_type", "$group_key", "$group_set",
    "$anon_distinct_id", "alias", "$device_id", "$is_identified", "$current_url", "$lib", "$os",
]  # fmt: skip
POSTHOG_NAMES = [
    "$identify", "$set", "$create_alias", "$groupidentify", "$pageview", "$screen", "Done", "$autocapture",
]  # fmt: skip
KINDS = ["track", "identify", "group", "page", "screen", "alias", "batch", "", "TRACK", "track ", "__proto__"]
TEXTS = [
    "", " ", "\x00", "a\x00b", "\ud83d", "\udc00x", "\u202e", "\ufeff", "é" * 300, "x" * 256, "😀" * 100,
    "\n\r\t\x1b", "'; DROP TABLE intake_event; --", "%s %(a)s {0} {{ 7 }}", "<script>alert(1)</script>",
    "../../etc/passwd", "${jndi:ldap://x}", "NaN", "null", "undefined", "-1", "1e5", "0x10", "2026-02-30",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-03-02T11:00:00.1234567890Z", "now()", "\\",
    '"', "\\u0000", "\x7f",
]  # fmt: skip
NUMBERS = [
    "0", "-0", "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "9" * 25, "9" * 400, "9" * 4_500,
    "1e-400", "18446744073709551616", "-9223372036854775809", "0.1e+5", "123456789012345678901234567890.5",
    "01", "+1", ".5", "1.", "1_000", "0x1F", "true", "TRUE",
]  # fmt: skip
STRUCTURES = [
    None, True, [], {}, [[]], [{}], {"": ""}, {"__proto__": {}}, {"a.b": {"$c": 1}}, 0, 2**70, -1.5, 1e308,
]  # fmt: skip
CONTENT_TYPES = [
    "application/json", "text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data", "x",
    "application/json; charset=utf-16", "text/html; charset=nonsense", "multipart/form-data; boundary=x",
]  # fmt: skip
ENCODINGS = ["", "", "", "gzip", "deflate", "br", "identity", "gzip, gzip", "x" * 50]
CALLS = ["batch", "batch", "batch", "b", "track", "identify", "group", "page", "screen", "alias", "t", "i"]


@dataclass(slots=True)
class Hostile:
    """One request. `before` and `behind` are the messageIds of the good events that a 200 must have stored."""

    number: int
    how: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    before: str = ""
    behind: str = ""
    # Whether it is JSON, and a batch, for certain: it must be a 200.
    parses: bool = False
    chunked: bool = False
    stated_length: int | None = None


def requests(count: int, *, seed: int) -> Iterator[Hostile]:
    """`count` hostile requests, the same for the same seed."""
    for number in range(count):
        random = Random(seed * 1_000_003 + number)
        how = random.choice(WAYS)
        hostile = how(random, number)
        hostile.how = how.__name__
        if random.random() < 0.2:
            hostile.headers["CONTENT_TYPE"] = random.choice(CONTENT_TYPES)
        if random.random() < 0.2:
            hostile.headers["HTTP_CONTENT_ENCODING"] = random.choice(ENCODINGS)
        hostile.chunked = hostile.stated_length is None and random.random() < 0.1
        yield hostile


def good(number: int, where: str) -> str:
    return f'{{"type":"track","userId":"good","event":"Good","messageId":"{where}-{number}","timestamp":"2026-03-02"}}'


def good_for_posthog(number: int, where: str) -> str:
    return f'{{"event":"Good","distinct_id":"good","uuid":"{where}-{number}","timestamp":"2026-03-02"}}'


def _batch(number: int, hostile: str, *, parses: bool, path: str = "/v1/batch", rest: str = "") -> Hostile:
    """A batch with a good event before and, where it is JSON for certain, behind the hostile text."""
    make = good if path.startswith("/v1/") else good_for_posthog
    behind = "," + make(number, "behind") if parses else ""
    text = f'{{"batch":[{make(number, "before")},{hostile}{behind}]{rest}}}'
    names = (f"before-{number}", f"behind-{number}" if parses else "")
    return Hostile(number, "", path, text.encode("utf-8", "surrogatepass"), {}, *names, parses=parses)


def _text(value: Any, random: Random) -> str:
    return json.dumps(value, ensure_ascii=random.random() < 0.5)


def _value(random: Random) -> Any:
    match random.randrange(5):
        case 0:
            return random.choice(TEXTS)
        case 1:
            return random.choice(STRUCTURES)
        case 2:
            return {random.choice(TEXTS): random.choice(STRUCTURES) for _ in range(3)}
        case 3:
            return [random.choice(TEXTS) for _ in range(3)]
    return random.choice(KINDS)


def a_wrong_value_in_fields(random: Random, number: int) -> Hostile:
    event = {**EVENT, "type": random.choice(KINDS[:6]), "messageId": f"hostile-{number}"}
    for _ in range(random.randint(1, 3)):
        event[random.choice(FIELDS)] = _value(random)
    return _batch(number, _text(event, random), parses=True)


def anything_as_event(random: Random, number: int) -> Hostile:
    return _batch(number, ",".join(_text(_value(random), random) for _ in range(random.randint(1, 4))), parses=True)


def wrong_values_for_posthog(random: Random, number: int) -> Hostile:
    properties = {random.choice(POSTHOG_PROPERTIES): _value(random) for _ in range(random.randint(0, 5))}
    event = {
        "event": random.choice(POSTHOG_NAMES),
        "distinct_id": "dora",
        "uuid": f"h-{number}",
        "properties": properties,
    }
    for _ in range(random.randint(0, 2)):
        event[random.choice(POSTHOG_FIELDS)] = _value(random)
    return _batch(
        number, _text(event, random), parses=True, path=random.choice(["/batch/", "/e/", "/i/v1/analytics/events"])
    )


def odd_numbers(random: Random, number: int) -> Hostile:
    event = _text(EVENT | {"messageId": f"hostile-{number}"}, random).replace(": 5", f": {random.choice(NUMBERS)}")
    return _batch(number, event, parses=False)


def broken_strings(random: Random, number: int) -> Hostile:
    odd = random.choice(
        ["\\ud83d", "\\u0000", "\x00", "\x01", "\ud800", "\\x41", "\\", "\\u12", "\udcff\udcfe", "\n", "\u2028"]
    )
    event = _text(EVENT | {"messageId": f"hostile-{number}"}, random)
    place = random.choice(["team", "dora", "Report", "audience", "acme", "pro", "hostile"])
    return _batch(number, event.replace(place, place + odd, 1), parses=False)


def bits_flipped(random: Random, number: int) -> Hostile:
    hostile = _batch(number, "@", parses=False)
    event = bytearray(_text(EVENT | {"messageId": f"hostile-{number}"}, random).encode("utf-8", "surrogatepass"))
    for _ in range(random.randint(1, 8)):
        event[random.randrange(len(event))] ^= 1 << random.randrange(8)
    # Whatever closes the list and opens another would rightly take the place of the good event.
    hostile.body = hostile.body.replace(b"@", bytes(event))
    return hostile


def pieces_lost_or_doubled(random: Random, number: int) -> Hostile:
    event = _text(EVENT | {"messageId": f"hostile-{number}"}, random)
    first, last = sorted(random.randrange(len(event)) for _ in range(2))
    return _batch(number, random.choice([event[:first] + event[last:], event[:last] + event[first:]]), parses=False)


def cut_off(random: Random, number: int) -> Hostile:
    hostile = _batch(number, _text(EVENT, random), parses=False)
    hostile.body = hostile.body[: random.randrange(len(hostile.body))]
    if random.random() < 0.3:
        hostile.stated_length = len(hostile.body) + random.choice([1, 100, 10**9])
    return hostile


def nested_deeply(random: Random, number: int) -> Hostile:
    depth = random.choice([90, 99, 100, 101, 500, 5_000])
    opening, closing = random.choice([("[", "]"), ('{"a":', "}"), ('[{"b":', "}]")])
    closed = random.random() < 0.8
    deep = opening * depth + "1" + closing * (depth if closed else depth // 2)
    name = random.choice(["properties", "traits", "context", "userId", "type", "x"])
    event = f'{{"type":"track","userId":"u","event":"A","messageId":"hostile-{number}","{name}":{deep}}}'
    return _batch(number, event, parses=closed)


def names_twice(random: Random, number: int) -> Hostile:
    twice = ",".join(f'"{name}":{_text(_value(random), random)}' for name in random.choices(FIELDS, k=4) for _ in "12")
    return _batch(number, f'{{"type":"track","messageId":"hostile-{number}",{twice}}}', parses=True)


def odd_envelopes(random: Random, number: int) -> Hostile:
    names = random.sample(["sentAt", "context", "timestamp", "writeKey", "integrations", "", "api_key", "sent_at"], 3)
    rest = "".join(f",{json.dumps(name)}:{_text(_value(random), random)}" for name in names)
    return _batch(number, _text(EVENT, random), parses=True, rest=rest)


def packed(random: Random, number: int) -> Hostile:
    hostile = _batch(number, _text(_value(random), random), parses=True)
    cut = random.randrange(len(hostile.body))
    hostile.body = gzip.compress(hostile.body[:cut], 1) + gzip.compress(hostile.body[cut:], 1)
    return hostile


def packed_badly(random: Random, number: int) -> Hostile:
    body = gzip.compress(_batch(number, "5", parses=True).body, 1)
    at = random.randrange(len(body))
    broken = random.choice(
        [
            body[:at],
            body + b"garbage",
            body[:at] + bytes([body[at] ^ 255]) + body[at + 1 :],
            b"\x1f\x8b" + body,
            BOMB,
            body * 2,
        ]
    )
    return Hostile(number, "", "/v1/batch", broken)


def other_encodings(random: Random, number: int) -> Hostile:
    hostile = _batch(number, _text(EVENT | {"messageId": f"hostile-{number}", "event": "Größe"}, random), parses=True)
    text = hostile.body.decode()
    hostile.body = random.choice(
        [
            text.encode("utf-16"),
            text.encode("utf-16-le"),
            text.encode("utf-32"),
            text.encode("latin-1"),
            text.encode("utf-7"),
        ]
    )
    hostile.parses, hostile.behind = False, ""
    if random.random() < 0.3:
        hostile.body, hostile.parses, hostile.behind = b"\xef\xbb\xbf" + text.encode(), True, f"behind-{number}"
    return hostile


def other_json(random: Random, number: int) -> Hostile:
    text = _text(random.choice([_value(random), {"batch": _value(random)}, [EVENT], {"batch": {"0": EVENT}}]), random)
    around = random.choice(["{}", " \n{}\t", "{}//x", "/**/{}", "{},", "({})", "{}{}", "data={}", ")]}}',{}", "'{}'"])
    path = random.choice([f"/v1/{random.choice(CALLS)}", "/batch/", "/capture", "/e/?compression=base64", "/decide/"])
    return Hostile(number, "", path, around.replace("{}", text).encode("utf-8", "surrogatepass"))


def single_calls(random: Random, number: int) -> Hostile:
    event = EVENT | {random.choice(FIELDS): _value(random) for _ in range(random.randint(0, 3))}
    path = f"/v1/{random.choice(CALLS[4:])}"
    return Hostile(number, "", path, _text(event, random).encode("utf-8", "surrogatepass"))


def noise(random: Random, number: int) -> Hostile:
    size = random.choice([0, 1, 2, 10, 100, 1_000])
    start = random.choice([b"", b"", b"\x1f\x8b\x08", b"{", b'{"batch":[', b"\xff\xfe", b"data=", b"\x00"])
    return Hostile(
        number, "", random.choice(["/v1/batch", "/v1/track", "/batch/", "/e/"]), start + random.randbytes(size)
    )


def too_large(random: Random, number: int) -> Hostile:
    """Rare, because they take long: events over 32 KB, 2,501 events, and bodies over every limit."""
    draw = random.random()
    if draw < 0.9:
        text = "x" * random.choice([300, 33_000])
        event = EVENT | {"messageId": f"hostile-{number}", "properties": {text: text}}
        return _batch(number, _text(event | {random.choice(FIELDS): text}, random), parses=True)
    if draw < 0.95:
        return Hostile(number, "", "/v1/batch", b'{"batch":[' + b"5," * 2_500 + b"5]}")
    if draw < 0.99:
        return Hostile(number, "", "/v1/batch", b'{"batch":[' + b" " * 600_000 + b"]}")
    return Hostile(number, "", random.choice(["/v1/batch", "/batch/"]), random.randbytes(4096) * 2_560)


BOMB = gzip.compress(b'{"batch":[' + b" " * 5_000_000 + b"]}")
WAYS = [
    a_wrong_value_in_fields, a_wrong_value_in_fields, anything_as_event, wrong_values_for_posthog,
    odd_numbers, broken_strings, bits_flipped, bits_flipped, pieces_lost_or_doubled,
    pieces_lost_or_doubled, cut_off, nested_deeply, names_twice, odd_envelopes, packed, packed_badly,
    other_encodings, other_json, single_calls, noise, too_large,
]  # fmt: skip
