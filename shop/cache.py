"""The cached catalogue: its keys, its freshness and its invalidation, nowhere else.

Every entry says of which version of the catalogue it is; a change makes a new version, a random token, so that entries
of the old one are out of date wherever they are, and a version that the cache forgot can't come back. An entry out of
date is shown to everybody but the one who is building the next: a change in the busiest hour costs one building a page.

Entries lie in the shared cache and, once read, in this process too. What is built asks the shared cache for the
version; what is only shown (`peek`) asks for it every 50 ms: so long, at most, another process shows what has changed.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Final

from django.core.cache import cache
from django.utils.translation import get_language

FRESH_SECONDS: Final = 600  # promised dates move with the load of the workshop
LATELY_SECONDS: Final = 0.05  # a process that answers thousands of pages a second asks twenty times for the version
_VERSION: Final = "catalogue:version"
_KEPT_SECONDS: Final = 86_400
_BUILDING_SECONDS: Final = 15
_WAIT_SECONDS: Final = 3.0
_NEAR_ENTRIES: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Entry:
    version: str
    until: float
    value: Any

    def is_fresh(self, version: str) -> bool:
        return self.version == version and self.until > time.time()


@dataclass(slots=True)
class _Lately:
    """The version as this process last heard it, and when it had asked; in one piece, for threads share it."""

    heard: tuple[str, float] = ("", -math.inf)

    def forget(self) -> None:
        self.heard = ("", -math.inf)


_near: dict[str, _Entry] = {}
_lately = _Lately()


def _as_it_is(value: Any) -> Any:
    return value


def cached(name: str, compute: Callable[[], Any], parse: Callable[[Any], Any] = _as_it_is) -> Any:
    """A value of the catalogue in the reader's language: a JSON value in the shared cache, parsed once a process.

    None is not kept: it stands for what isn't there, and anybody can ask for that under endless names.
    """
    version, key = _version(), _key(name, get_language() or "en")
    if not version:  # no cache answers: nothing may be kept, for nobody could say that it is out of date
        return _parsed(compute(), parse)
    found = _found(key, parse, version)
    if found is not None and found.is_fresh(version):
        return found.value
    if cache.add(f"{key}:building", 1, _BUILDING_SECONDS):
        try:
            return _built(key, version, compute, parse)
        finally:
            cache.delete(f"{key}:building")
    if found is None:
        found = _awaited(key, parse)
    return found.value if found is not None else _parsed(compute(), parse)


def peek(name: str, language: str, parse: Callable[[Any], Any]) -> Any:
    """What `cached` would give without computing anything, else None; out of date by LATELY_SECONDS at most."""
    version = _version_lately()
    found = _found(_key(name, language), parse, version) if version else None
    return found.value if found is not None and found.is_fresh(version) else None


def forget_catalogue() -> None:
    """Something a catalogue page shows has changed."""
    cache.set(_VERSION, token_hex(8), None)
    _lately.forget()


def forget_near() -> None:
    """Forget what this process remembers of the cache: for tests, each of which begins with an empty one."""
    _near.clear()
    _lately.forget()


def _key(name: str, language: str) -> str:
    return f"catalogue:{language[:2]}:{name}"


def _parsed(value: Any, parse: Callable[[Any], Any]) -> Any:
    return None if value is None else parse(value)


def _found(key: str, parse: Callable[[Any], Any], version: str | None = None) -> _Entry | None:
    """The entry in this process, else in the shared cache; when a version is told, one of another isn't looked for."""
    near = _near.get(key)
    if near is not None and version is not None and near.is_fresh(version):
        return near
    stored = cache.get(key)
    if not stored:
        return None
    if near is not None and [near.version, near.until] == stored[:2]:
        return near
    return _keep_near(key, _Entry(stored[0], stored[1], parse(stored[2])))


def _built(key: str, version: str, compute: Callable[[], Any], parse: Callable[[Any], Any]) -> Any:
    value = compute()
    if value is None:
        return None
    until = time.time() + FRESH_SECONDS
    cache.set(key, [version, until, value], _KEPT_SECONDS)
    return _keep_near(key, _Entry(version, until, parse(value))).value


def _keep_near(key: str, entry: _Entry) -> _Entry:
    if len(_near) >= _NEAR_ENTRIES:
        _near.clear()
    _near[key] = entry
    return entry


def _awaited(key: str, parse: Callable[[Any], Any]) -> _Entry | None:
    """What somebody else is building for the first time, when it is there; None when that takes too long."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        time.sleep(0.02)
        found = _found(key, parse)
        if found is not None:
            return found
    return None


def _version() -> str:
    """The catalogue's version; empty when no cache answers."""
    version = cache.get(_VERSION)
    if version is None:
        forget_catalogue()
        version = cache.get(_VERSION)
    return str(version or "")


def _version_lately() -> str:
    now = time.monotonic()  # before asking: what is heard is no older than this
    version, asked_at = _lately.heard
    if now - asked_at >= LATELY_SECONDS:
        version = _version()
        _lately.heard = (version, now)
    return version
