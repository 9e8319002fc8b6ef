"""Celery's way to Redis, with two faults of kombu 5.7 mended: a worker survives the loss of Redis.

When Redis goes away, Celery closes its connection twice. If the first close fails while tasks are under way, kombu has
cut the transport off from its connection but has not closed the channel. Then two things end the worker by an
AttributeError: the second close, which tries to give the unacknowledged messages back by a connection that has no
address any more; and a task that ends meanwhile and acknowledges its message by a channel that has no connection.

There is nobody to be told in either case. Whatever Redis still knows it delivers again after an hour, and the sweeps
have made up for it long since.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    def close(self) -> None:
        if self._is_cut_off():
            self.do_restore = False
        super().close()

    def basic_ack(self, delivery_tag: Any, multiple: Any = False) -> None:
        if not self._is_cut_off():
            super().basic_ack(delivery_tag, multiple)

    def basic_reject(self, delivery_tag: Any, requeue: Any = False) -> None:
        if not self._is_cut_off():
            super().basic_reject(delivery_tag, requeue)

    def _is_cut_off(self) -> bool:
        return self.connection is None or self.connection.client is None


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """Let every address of Redis lead here. (The broker's address says more than the setting broker_transport.)"""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:Transport"))
