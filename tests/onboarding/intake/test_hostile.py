"""50,000 hostile bodies: never a 5xx, never a traceback, and every good event beside them is in the log."""

import io
import logging
import os
from collections import Counter

import orjson
import pytest
from django.core.handlers.wsgi import WSGIHandler

from onboarding.intake.models import LoggedEvent
from tests.onboarding.intake import hostile
from workspaces.scope import scope

COUNT = int(os.environ.get("FIRSTMILE_HOSTILE_BODIES", "50000"))
SEED = int(os.environ.get("FIRSTMILE_HOSTILE_SEED", "4"))
EXPECTED = {200, 400, 401, 413}


class Endpoint:
    """The WSGI application, called as a server calls it."""

    def __init__(self, key: str) -> None:
        self.application = WSGIHandler()
        self.authorization = f"Bearer {key}"

    def __call__(self, request: hostile.Hostile) -> tuple[int, bytes]:
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
            "HTTP_AUTHORIZATION": self.authorization,
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
        status: list[str] = []
        response = self.application(environ, lambda line, headers, exc_info=None: status.append(line))
        try:
            return int(status[0][:3]), b"".join(response)
        finally:
            response.close()


def test_no_hostile_body_does_harm(write_key, workspace, caplog):
    call = Endpoint(write_key)
    wanted: dict[str, hostile.Hostile] = {}
    answers: Counter[tuple[str, int]] = Counter()
    with caplog.at_level(logging.ERROR):
        for request in hostile.requests(COUNT, seed=SEED):
            status, content = call(request)
            answers[request.how, status] += 1
            assert status in EXPECTED, (request, status, content[:500])
            answer = orjson.loads(content)
            if status == 200:
                for name in (request.before, request.behind):
                    if name:
                        wanted[name] = request
            else:
                assert answer["code"], (request, content)
                assert answer["message"], (request, content)
                assert not request.parses, (request, content)
            assert not caplog.records, (request, caplog.text[-3000:])
    with scope(workspace):
        there = set(LoggedEvent.objects.filter(sender="u:good").values_list("message_id", flat=True))
    lost = [wanted[name] for name in wanted.keys() - there]
    assert not lost, (len(lost), lost[0])
    # Every way was gone, and both outcomes were seen of those that can have both.
    assert {how for how, _ in answers} == {way.__name__ for way in hostile.WAYS}
    assert len(wanted) > COUNT / 2


@pytest.mark.pure
def test_the_same_seed_makes_the_same_bodies():
    assert [*hostile.requests(50, seed=1)] == [*hostile.requests(50, seed=1)]
    assert [*hostile.requests(50, seed=1)] != [*hostile.requests(50, seed=2)]
