"""How often a partner may call: a token bucket per key, in Redis so that all web processes share it.

A bucket holds `burst` tokens and gets `per_s` back each second; a request takes one. Redis does it in one script, so
two requests never take the same token. Where there is no Redis, each process has buckets of its own; while Redis
doesn't answer, with a quarter of the limit: a partner is served less, and never let through without bound.
"""

import threading
import time
from dataclasses import dataclass
from math import ceil
from typing import Any

import redis
from django.conf import settings
from django_redis import get_redis_connection
from rest_framework.exceptions import Throttled

_SCRIPT = """
local per_s, burst, clock = tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, tonumber(bucket[1] or burst) + (now - tonumber(bucket[2] or now)) * per_s)
local taken = tokens >= 1
if taken then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / per_s) + 1)
return {taken and 1 or 0, tostring(tokens)}
"""
_QUARTER = 0.25
_MOST_LOCAL = 10_000
_REDIS_RESTS_S = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """A limit with its name: so many requests a second for ever, and so many at once."""

    name: str
    per_s: float
    burst: int

    @property
    def header(self) -> str:
        """As the RateLimit-Policy field tells it (IETF ratelimit-headers)."""
        return f'"{self.name}";q={self.burst};w={ceil(self.burst / self.per_s)}'


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a request met: whether it may pass, and how many more could at once."""

    policy: Policy
    is_allowed: bool
    tokens: float

    @property
    def headers(self) -> dict[str, str]:
        full_in = ceil((self.policy.burst - self.tokens) / self.policy.per_s)
        told = f'"{self.policy.name}";r={int(self.tokens)};t={full_in}'
        return {"RateLimit-Policy": self.policy.header, "RateLimit": told}

    @property
    def wait_s(self) -> int:
        return max(1, ceil((1 - self.tokens) / self.policy.per_s))


class RateLimited(Throttled):
    """429 with the time to wait."""

    default_code = "rate_limited"

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(wait=allowance.wait_s)
        self.allowance = allowance


def requests() -> Policy:
    """Every call with a key."""
    return Policy("requests", settings.API_REQUESTS_PER_SECOND, settings.API_BURST)


def models_to_price() -> Policy:
    """Lines of quotes that a worker has to calculate: a tenth of the calls."""
    return Policy("models", settings.API_REQUESTS_PER_SECOND / 10, max(1, settings.API_BURST))


BAD_KEYS = Policy("bad-keys", 1 / 6, 10)  # of an address; ten a minute


def take(policy: Policy, whose: object) -> Allowance:
    """Take a token from somebody's bucket."""
    key = f"karat:rate:{policy.name}:{whose}"
    if not settings.CACHES["default"]["BACKEND"].startswith("django_redis"):
        return Allowance(policy, *_local.take(key, policy))
    is_allowed, tokens = _take_shared(key, policy) or _local.take(key, policy, share=_QUARTER)
    return Allowance(policy, is_allowed, tokens)


def require(policy: Policy, whose: object) -> Allowance:
    """Take a token. Refuses with RateLimited."""
    allowance = take(policy, whose)
    if not allowance.is_allowed:
        raise RateLimited(allowance)
    return allowance


def _take_shared(key: str, policy: Policy) -> tuple[bool, float] | None:
    """From the bucket that all processes share; None while Redis doesn't answer."""
    if _shared.rests():
        return None
    try:
        is_allowed, tokens = _shared.script()(keys=[key], args=[policy.per_s, policy.burst])
    except redis.RedisError:
        _shared.rest()
        return None
    return bool(is_allowed), float(tokens)


class _Shared:
    """Redis, left alone for a while after it didn't answer: no request waits for it twice."""

    def __init__(self) -> None:
        self._script: Any = None
        self._rests_until = 0.0

    def rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def rest(self) -> None:
        self._rests_until = time.monotonic() + _REDIS_RESTS_S

    def script(self) -> Any:
        if self._script is None:
            self._script = get_redis_connection("default").register_script(_SCRIPT)
        return self._script


class _Local:
    """Buckets of this process, the oldest forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, policy: Policy, *, share: float = 1) -> tuple[bool, float]:
        per_s, burst = policy.per_s * share, max(1.0, policy.burst * share)
        now = time.monotonic()
        with self._lock:
            tokens, at = self._buckets.pop(key, (burst, now))
            tokens = min(burst, tokens + (now - at) * per_s)
            is_allowed = tokens >= 1
            self._buckets[key] = (tokens - is_allowed, now)
            while len(self._buckets) > _MOST_LOCAL:
                del self._buckets[next(iter(self._buckets))]
        return is_allowed, tokens - is_allowed


_shared, _local = _Shared(), _Local()
