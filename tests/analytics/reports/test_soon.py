"""Pages that a worker writes: asked for once, kept for a while, and written here where nobody else does."""

import pytest
import redis

from analytics.reports import soon
from analytics.reports.soon import Page, Underway, Wanted

WRITTEN = Page(200, "written")


@pytest.fixture
def wanted(workspace):
    return Wanted("test", workspace.pk, 1, "as asked")


@pytest.fixture
def called(monkeypatch):
    """The calls that were made, which nobody follows."""
    calls = []
    monkeypatch.setattr(soon, "call", lambda *call: calls.append(call))
    return calls


def write(wanted, further):
    further(1, 3)
    return WRITTEN


def never(wanted, further):
    raise AssertionError("written in the request")


def test_however_many_ask_one_worker_is_called_and_all_see_how_far_it_is(wanted, called):
    assert [soon.soon(wanted, never, kept_s=60) for _ in range(3)] == [Underway(0, 0)] * 3
    assert called == [(wanted, 60)]
    seen = []

    def looked_at(wanted, further):
        further(2, 3)
        seen.append(soon.soon(wanted, never, kept_s=60))
        return WRITTEN

    soon.keep(wanted, looked_at, kept_s=60)
    assert seen == [Underway(2, 3)]
    assert soon.soon(wanted, never, kept_s=60) == WRITTEN
    assert len(called) == 1
    # Something else is another page, and so is another workspace's.
    assert soon.soon(wanted._replace(mark="changed"), never, kept_s=60) == Underway(0, 0)
    assert soon.soon(wanted._replace(workspace_id=wanted.workspace_id + 1), never, kept_s=60) == Underway(0, 0)


def test_where_no_worker_comes_it_is_written_in_the_request(wanted, called, monkeypatch):
    assert soon.soon(wanted, write, kept_s=60) == Underway(0, 0)
    monkeypatch.setattr(soon, "PATIENCE_S", -1)
    assert soon.soon(wanted, write, kept_s=60) == WRITTEN


def test_without_redis_it_is_written_in_the_request(wanted, monkeypatch):
    def away(*_, **__):
        raise redis.ConnectionError

    monkeypatch.setattr(soon.cache, "get", away)
    assert soon.soon(wanted, lambda wanted, further: WRITTEN, kept_s=60) == WRITTEN


def test_what_cannot_be_written_says_so_for_a_moment_and_is_tried_again(wanted, called, monkeypatch):
    def broken(wanted, further):
        raise RuntimeError("the drawing broke")

    soon.soon(wanted, never, kept_s=60)
    with pytest.raises(RuntimeError):
        soon.keep(wanted, broken, kept_s=60)
    told = soon.soon(wanted, never, kept_s=60)
    assert (told.status, "This could not be made" in told.html) == (500, True)
    soon.cache.delete(wanted.key("page"))  # as after a moment
    assert soon.soon(wanted, never, kept_s=60) == Underway(0, 0)
    assert len(called) == 2
