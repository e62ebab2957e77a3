"""Redis, left alone for a while after it didn't answer: a request waits for it once, whatever it asks of the cache.

A request reads the cache several times. With a timeout alone each of these would wait for a Redis that hangs.
"""

import time
from typing import Any

import redis
from redis.connection import ConnectionPool
from typing_extensions import override

TIMEOUT_S = 0.2
_RESTS_S = 5.0


class RestingPool(ConnectionPool):
    """Refuses at once while Redis rests. django-redis takes the refusal for a miss, as any failure of Redis."""

    def __init__(self, **kwargs: Any) -> None:
        self._rests_until = 0.0
        super().__init__(**kwargs)

    @override
    def get_connection(self, command_name: Any = None, *keys: Any, **options: Any) -> Any:
        if time.monotonic() < self._rests_until:
            raise redis.ConnectionError("Redis didn't answer a moment ago and is left alone")
        try:
            return super().get_connection()
        except (redis.ConnectionError, redis.TimeoutError):
            self._rest()
            raise

    @override
    def release(self, connection: Any) -> None:
        if not connection.is_connected:  # the client closes a connection on which no answer came
            self._rest()
        super().release(connection)

    def _rest(self) -> None:
        self._rests_until = time.monotonic() + _RESTS_S
