"""The cache: never the truth, may be emptied or away at any moment. Redis, or files of this host."""

from pathlib import Path
from typing import Any

from config.kernel.resting import TIMEOUT_S


def default_cache(redis_url: str, folder: Path) -> dict[str, Any]:
    """CACHES["default"]."""
    if redis_url:
        return _redis(redis_url)
    # Files, because the workers' processes must see what the web's processes cached, and the other way round.
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": folder,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }


def _redis(url: str) -> dict[str, Any]:
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "karat",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": TIMEOUT_S,
            "SOCKET_TIMEOUT": TIMEOUT_S,
            "CONNECTION_POOL_CLASS": "config.kernel.resting.RestingPool",
            "IGNORE_EXCEPTIONS": True,
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",  # nothing in the cache can run code
        },
    }
