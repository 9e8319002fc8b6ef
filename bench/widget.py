"""What the widget's frame costs the server, with row-level security and everything on, as ratios to static bytes.

    bin/bench widget       with 2,000 people (FIRSTMILE_BENCH_PEOPLE=2000)

Over HTTP, through granian's WSGI with threads, from 1 and 4 clients that wait for each answer: the poll of an open
checklist that finds nothing new (304), the whole checklist, and the frame's first document (readers sign with a token
each). Beside each stand the same server answering bytes that it need not look up, as in bench/flags.py, and the least
that anything from behind row-level security can cost: one prepared round trip that binds the scope by a live key and
selects a number (_floor.py). They take turns; ratios are medians.
"""

import os
import statistics
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

os.environ.setdefault("FIRSTMILE_BENCH_PEOPLE", "2000")

import jwt
from flags import PEOPLE, STATIC, at, populate, request, send
from intake import server

from onboarding.people.models import Person
from onboarding.widget.embed import session
from onboarding.widget.embed.identity import Identity
from onboarding.widget.embed.session import Reader
from onboarding.widget.embed.showing import View, look
from onboarding.widget.models import IdentitySecret, WidgetSettings
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

ROUNDS = 5
CLIENTS = (1, 4)
SITE = "https://app.example.com"
READERS = 200


def main() -> None:
    for limit in ("FIRSTMILE_OPENINGS_PER_SECOND", "FIRSTMILE_OPENINGS_PER_ADDRESS"):
        os.environ[limit] = "0"  # for the server
    workspace, _ = populate()
    key, token = ApiKey.issue(workspace, kind=ApiKey.Kind.WRITE, name="bench")
    polls, wholes, frames = requests_of(workspace, key, token)
    least = [request("GET", f"/?workspace={workspace.pk}&key={key.pk}", b"")]
    with server("config.wsgi:application") as port, server("_floor:application") as floor:
        for name, asked in (("poll, 304", polls), ("whole checklist", wholes), ("frame", frames)):
            for clients in CLIENTS:
                compare(port, name, asked, clients=clients, floor=(floor, least))


def requests_of(workspace: Workspace, key: ApiKey, token: str) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """What signed readers on several steps of the ladder ask for."""
    polls, wholes, frames = [], [], []
    with scope(workspace):
        settings = WidgetSettings.of(workspace)
        settings.allow(SITE, by=None)
        secret, signs = IdentitySecret.make(by=None)
        people = Person.objects.exclude(external_id="").order_by("pk")
        for user in people.values_list("external_id", flat=True)[:: max(1, PEOPLE // READERS)]:
            identity = Identity(user, secret_id=secret.pk, expires_at=datetime.now(UTC) + timedelta(hours=1))
            begun = session.begin(key, identity, origin=SITE)
            tag = look(Reader(workspace, settings, begun), View()).tag
            bearer = f"Authorization: Bearer {begun.token()}\r\n"
            polls.append(request("GET", "/widget/v1/steps?lang=", b"", f'{bearer}If-None-Match: "{tag}"\r\n'))
            wholes.append(request("GET", "/widget/v1/steps?lang=", b"", bearer))
            frames.append(document(token, user, signed(user, signs)))
    return polls, wholes, frames


def signed(user: str, secret: str) -> str:
    return jwt.encode({"sub": user, "exp": datetime.now(UTC) + timedelta(hours=1)}, secret, algorithm="HS256")


def document(key: str, user: str, token: str) -> bytes:
    body = urlencode({"key": key, "user": user, "token": token}).encode()
    lines = f"POST /widget/v1/frame HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {SITE}\r\nAccept-Encoding: gzip\r\n"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return (lines + form).encode() + body


def compare(port: int, name: str, asked: list[bytes], *, clients: int, floor: tuple[int, list[bytes]]) -> None:
    """Print one figure: requests a second, how long they took, and the ratios to static bytes and to the least."""
    rates, ratios, floors, to_floor, took = [], [], [], [], []
    for _ in range(ROUNDS):
        rate, seconds = send(port, asked, clients=clients)
        static, _ = send(port, [request(*STATIC)], clients=clients)
        least, _ = send(*floor, clients=clients)
        rates.append(rate)
        ratios.append(rate / static)
        floors.append(least / static)
        to_floor.append(rate / least)
        took += seconds
    print(
        f"{name}, {clients} client{'s' * (clients > 1)}: {statistics.median(rates):,.0f} requests/s, "
        f"p50 {at(took, 0.5):.2f} ms, p95 {at(took, 0.95):.2f} ms, ratio to static bytes "
        f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}), ratio to the least behind the wall "
        f"{statistics.median(to_floor):.2f}; of that least to static bytes {statistics.median(floors):.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
