"""50,000 hostile bodies: never a 5xx, never a traceback, and every good event beside them is in the log.

All of them go through the very gateway that answers in production, and what these take is stored by the log's one way
in; but, for time's sake, the key is looked up once, and a thousand messages are stored at a time. Some thousands more
go through the whole WSGI application, each stored by its own request before it is answered.
"""

import io
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable

import orjson
import pytest
from django.core.handlers.wsgi import WSGIHandler

from onboarding.intake import gateway, log, rate
from onboarding.intake.models import LoggedEvent
from tests.onboarding.intake import hostile
from tests.tiers import examples
from workspaces.scope import scope

COUNT = int(os.environ.get("FIRSTMILE_HOSTILE_BODIES", examples(50_000)))
COUNT_SINGLY = COUNT // 25
SEED = int(os.environ.get("FIRSTMILE_HOSTILE_SEED", "4"))
STORED_AT_ONCE = 1_000
EXPECTED = {200, 400, 401, 413}

Answer = tuple[int, bytes]


def environ_of(request: hostile.Hostile, key: str) -> dict:
    path, _, query = request.path.partition("?")
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **request.headers,
    }
    if request.chunked:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    else:
        stated = request.stated_length
        environ["CONTENT_LENGTH"] = str(len(request.body) if stated is None else stated)
    return environ


def by_application(key: str) -> Callable[[hostile.Hostile], Answer]:
    application = WSGIHandler()

    def call(request: hostile.Hostile) -> Answer:
        status: list[str] = []
        response = application(environ_of(request, key), lambda line, headers, exc_info=None: status.append(line))
        try:
            return int(status[0][:3]), b"".join(response)
        finally:
            response.close()

    return call


def by_gateway(key: str) -> Callable[[hostile.Hostile], Answer]:
    """The way that the web server takes."""
    application = gateway.before(WSGIHandler())

    def call(request: hostile.Hostile) -> Answer:
        status: list[str] = []
        answer = application(environ_of(request, key), lambda line, headers: status.append(line))
        return int(status[0][:3]), b"".join(answer)

    return call


def good_events_promised(
    requests: Iterable[hostile.Hostile], call: Callable[[hostile.Hostile], Answer], caplog
) -> dict[str, hostile.Hostile]:
    """Send them all. Returns the good events that the answers say are stored, and what they were sent with."""
    promised: dict[str, hostile.Hostile] = {}
    ways: Counter[str] = Counter()
    for request in requests:
        status, content = call(request)
        ways[request.how] += 1
        assert status in EXPECTED, (request, status, content[:500])
        answer = orjson.loads(content)
        if status == 200:
            promised |= {name: request for name in (request.before, request.behind) if name}
        else:
            assert answer["code"], (request, content)
            assert answer["message"], (request, content)
            assert not request.parses, (request, content)
        assert not caplog.records, (request, caplog.text[-3000:])
    assert set(ways) == {way.__name__ for way in hostile.WAYS}
    return promised


def assert_all_stored(promised: dict[str, hostile.Hostile], workspace) -> None:
    with scope(workspace):
        there = set(LoggedEvent.objects.filter(sender="u:good").values_list("message_id", flat=True))
    lost = [promised[name] for name in promised.keys() - there]
    assert not lost, (len(lost), lost[0])


@pytest.fixture
def quiet(caplog):
    """Hears of errors only. (Django warns of each 4xx, and to keep that takes longer than to answer.)"""
    with caplog.at_level(logging.ERROR, logger="django.request"), caplog.at_level(logging.ERROR):
        yield caplog


@pytest.fixture
def stored_later(monkeypatch) -> Callable[[], None]:
    """Lets what requests append to the log wait for its fellows. Returns what stores the rest."""
    append, messages, rejections, workspaces = log.append, [], [], set()

    def store() -> None:
        for workspace_id in workspaces:
            append(workspace_id, messages, rejections=rejections)
        messages.clear()
        rejections.clear()

    def wait(workspace_id, found, *, received_at=None, rejections=(), sender=None, into=rejections) -> log.Outcome:
        workspaces.add(workspace_id)
        messages.extend(found)
        into.extend(rejections)
        if len(messages) >= STORED_AT_ONCE:
            store()
        return log.Outcome(stored=len(found))

    monkeypatch.setattr(log, "append", wait)
    return store


@pytest.fixture(autouse=True)
def _no_limit(settings) -> None:
    settings.INTAKE_EVENTS_PER_SECOND = 0
    rate.forget()


def test_no_hostile_body_does_harm(write_key, workspace, quiet, stored_later):
    promised = good_events_promised(hostile.requests(COUNT, seed=SEED), by_gateway(write_key), quiet)
    stored_later()
    assert len(promised) > COUNT / 2
    assert_all_stored(promised, workspace)


def test_nor_does_one_that_goes_through_the_whole_application(write_key, workspace, quiet):
    requests = hostile.requests(COUNT_SINGLY, seed=SEED + 1)
    promised = good_events_promised(requests, by_application(write_key), quiet)
    assert len(promised) > COUNT_SINGLY / 2
    assert_all_stored(promised, workspace)


@pytest.mark.pure
def test_the_same_seed_makes_the_same_bodies():
    assert [*hostile.requests(50, seed=1)] == [*hostile.requests(50, seed=1)]
    assert [*hostile.requests(50, seed=1)] != [*hostile.requests(50, seed=2)]
