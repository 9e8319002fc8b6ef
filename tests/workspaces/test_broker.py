"""Celery's connection to Redis: what is under way when Redis goes away does not end the worker."""

import uuid
from queue import Empty

import pytest
import redis
from django.conf import settings
from kombu import Connection

from config import celery_app
from config.broker import Transport


@pytest.fixture
def queue():
    name = f"tests-{uuid.uuid4()}"
    yield name
    redis.Redis.from_url(settings.REDIS_URL).delete(name)


def test_the_application_uses_it_whatever_form_the_address_has():
    for address in (settings.CELERY_BROKER_URL, "redis://localhost:1", "rediss://localhost:1"):
        assert isinstance(celery_app.connection(address).transport, Transport)


def test_a_connection_that_was_cut_off_with_a_message_under_way_can_be_closed(queue):
    connection = Connection(settings.CELERY_BROKER_URL)
    connection.SimpleQueue(queue).put("work")
    channel = connection.default_channel
    taken = connection.SimpleQueue(queue).get(timeout=5)
    assert taken.payload == "work"
    connection.transport.client = None  # what kombu does when the first attempt to close fails
    channel._disconnect_pools()
    taken.channel.close()
    assert taken.channel.closed


@pytest.mark.parametrize("say", ["ack", "reject", "requeue"])
def test_a_task_that_ends_after_its_channel_was_closed_has_nobody_to_tell(queue, say):
    connection = Connection(settings.CELERY_BROKER_URL)
    connection.SimpleQueue(queue).put("work")
    taken = connection.SimpleQueue(queue).get(timeout=5)
    taken.channel.do_restore = False
    taken.channel.close()
    getattr(taken, say)()
    assert taken.channel.connection is None


def test_a_message_that_was_acknowledged_does_not_come_back(queue):
    connection = Connection(settings.CELERY_BROKER_URL)
    connection.SimpleQueue(queue).put("work")
    taken = connection.SimpleQueue(queue).get(timeout=5)
    taken.ack()
    taken.channel.close()
    with Connection(settings.CELERY_BROKER_URL) as another, pytest.raises(Empty):
        another.SimpleQueue(queue).get(timeout=1)


def test_a_connection_that_is_whole_gives_back_what_is_under_way(queue):
    connection = Connection(settings.CELERY_BROKER_URL)
    connection.SimpleQueue(queue).put("work")
    taken = connection.SimpleQueue(queue).get(timeout=5)
    taken.channel.close()
    with Connection(settings.CELERY_BROKER_URL) as another:
        again = another.SimpleQueue(queue).get(timeout=5)
        assert again.payload == "work"
        again.ack()


def test_a_worker_tries_for_ever_to_reach_redis():
    assert celery_app.conf.broker_connection_max_retries is None
