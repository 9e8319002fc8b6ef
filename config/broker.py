"""Celery's way to Redis, with one fault of kombu 5.7 mended: a worker survives the loss of Redis.

When Redis goes away, Celery closes its connection twice. If the first close fails while a task is under way, kombu has
cut the transport off from its connection but has not closed the channel; the second close then tries to give the
unacknowledged messages back by a connection that has no address any more, and the AttributeError ends the worker.
There is no one to give them back to in any case: the sweeps make up for the calls that were lost.
"""

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    def close(self) -> None:
        if self.connection is not None and self.connection.client is None:
            self.do_restore = False
        super().close()


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """Let every address of Redis lead here. (The broker's address says more than the setting broker_transport.)"""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:Transport"))
