"""`make test`: the whole suite on SQLite, and at the same time again on PostgreSQL and Redis where these answer.

Where they don't, one line says so; under CI=true that is a failure. What touches no database of the pass (the engine,
and faults of systems that bring their own) runs once, as a pass of its own beside whichever of the others lasts longer.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO

import psycopg
import redis

_POSTGRESQL = ["postgresql:///test?host=/var/run/postgresql", "postgresql://postgres@127.0.0.1:5432/postgres"]
_REDIS = "redis://127.0.0.1:6379/9"
_ONCE = ["tests/pricing/engine", "tests/faults"]
_NOT_ONCE = [f"--ignore={folder}" for folder in _ONCE]


@dataclass
class Pass:
    """One run of pytest; what it says is kept and told when its turn comes, or at once when `output` is None."""

    title: str
    arguments: list[str]
    environment: dict[str, str]
    output: IO[bytes] | None = field(default_factory=tempfile.TemporaryFile)

    def run(self) -> int:
        # Passes share no cache; the slowest tests are told, so that the whole stays short.
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=15", *self.arguments]
        stderr = self.output and subprocess.STDOUT
        return subprocess.run(command, env=self.environment, stdout=self.output, stderr=stderr, check=False).returncode

    def tell(self) -> None:
        if self.output is None:
            return
        print(f"karat: {self.title}", flush=True)
        self.output.seek(0)
        shutil.copyfileobj(self.output, sys.stdout.buffer)
        sys.stdout.flush()


def main() -> int:
    arguments = sys.argv[1:]
    plain = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    database_url, redis_url = _find_postgresql(), _find_redis()
    if not database_url or not redis_url:
        print("karat: the suite on SQLite", flush=True)
        missing = " and ".join(name for name, url in (("PostgreSQL", database_url), ("Redis", redis_url)) if not url)
        first = Pass("", arguments, plain, None).run()
        print(f"karat: {missing} did not answer, so the suite ran on SQLite only.", flush=True)
        return first or int(os.environ.get("CI") == "true")
    servers = plain | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    on_servers = Pass("the suite on PostgreSQL and Redis", [*_NOT_ONCE, *arguments], servers)
    if any(not argument.startswith("-") for argument in arguments):  # some tests were named
        return _run_side_by_side([Pass("", arguments, plain, None), on_servers])
    # Children that measure are meant to crash on damaged files; their dumps would look like faults of the suite.
    engine = Pass("the engine, and faults", ["-p", "no:faulthandler", *_ONCE, *arguments], plain)
    return _run_side_by_side([Pass("", [*_NOT_ONCE, *arguments], plain, None), on_servers, engine])


def _run_side_by_side(passes: list[Pass]) -> int:
    """Two at once; a third begins when one of them has ended."""
    print("karat: the suite on SQLite (what runs beside it is told after it)", flush=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = [pool.submit(one.run) for one in passes]
        failed = 0
        for one, result in zip(passes, running, strict=True):
            failed = result.result() or failed
            one.tell()
    return failed


def _find_postgresql() -> str | None:
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    return next((url for url in ([given] if given else _POSTGRESQL) if _answers(url)), None)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def _find_redis() -> str | None:
    url = os.environ.get("TEST_REDIS_URL") or os.environ.get("REDIS_URL") or _REDIS
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    except redis.RedisError:
        return None
    return url


if __name__ == "__main__":
    sys.exit(main())
