"""Karat as processes, for the cases that need it whole: a database and a folder of its own, web and workers."""

import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]


class System:
    """A Karat that is thrown away. On SQLite, or on a PostgreSQL server in a database of its own."""

    def __init__(self, database_url: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="karat-bench-"))
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.environment = kept | {
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "PORT": str(self.port),
            "LOG_LEVEL": "WARNING",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.manage("migrate", "-v0")
        self.manage("createcachetable")
        self.manage("messages")
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            self.end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def python(self, code: str) -> str:
        """Run code inside the project and return what it printed."""
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def converse(self, module: str, *arguments: str) -> "Conversation":
        """A process of a module inside the project that answers line by line."""
        command = [sys.executable, "-m", module, *arguments]
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return Conversation(process)

    def moments(self, query: str) -> list[float]:
        """The moments that a query finds, as seconds; asked of the database itself, which costs nearly nothing."""
        address = self.environment["DATABASE_URL"]
        if address:
            with psycopg.connect(address) as database:
                return [row[0].timestamp() for row in database.execute(query.encode())]
        with closing(sqlite3.connect(self.folder / "karat.sqlite3", timeout=20)) as database:
            return [datetime.fromisoformat(row[0]).timestamp() for row in database.execute(query)]

    def start_workers(self, queue: str, workers: int) -> subprocess.Popen[bytes]:
        """A cluster, when it says that it is ready."""
        log = self.folder / f"{queue}.log"
        variables = {f"{queue.upper()}_WORKERS": str(workers), "LOG_LEVEL": "INFO"}
        process = self._start([sys.executable, "manage.py", "worker", queue], log, variables)
        wait_for(lambda: b"are ready" in log.read_bytes())
        return process

    def start_web(self, **variables: str) -> subprocess.Popen[bytes]:
        """The pages and the API, as `make run` starts them: on PostgreSQL with a pool of connections."""
        pool = {"DB_POOL": "1"} if self.environment["DATABASE_URL"] else {}
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
        process = self._start(command, self.folder / "web.log", pool | variables)
        wait_for(self._answers)
        return process

    def _start(self, command: list[str], log: Path, variables: dict[str, str]) -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | variables,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def _answers(self) -> bool:
        try:
            return self.get("/healthz") == 200
        except OSError:
            return False

    def get(self, path: str) -> int:
        """The status of a page, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    @staticmethod
    def end(process: subprocess.Popen[bytes]) -> None:
        """End a process that was started here, in order if it will."""
        if process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgresql_database(purpose: str = "") -> Iterator[str | None]:
    """The address of a new database on the server of TEST_DATABASE_URL or DATABASE_URL; None without one.

    It is dropped at the end; with BENCH_KEEP one with a purpose stays, and the next run finds it filled.
    """
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL") or ""
    if not given.startswith("postgres"):
        yield None
        return
    is_kept = bool(purpose and os.environ.get("BENCH_KEEP"))
    parts, name = urlsplit(given), f"karat_bench_{purpose if is_kept else f'{os.getpid()}{purpose}'}"
    with psycopg.connect(given, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f"CREATE DATABASE {name}")
        try:
            yield parts._replace(path=f"/{name}").geturl() if parts.netloc else given.replace(parts.path, f"/{name}", 1)
        finally:
            if not is_kept:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Conversation:
    """A process that is told a line and answers with one."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101  (it was opened with pipes)
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        assert self._process.stdout is not None  # noqa: S101
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("the process ended without an answer")
        return answer

    def ask(self, line: str) -> str:
        self.tell(line)
        return self.hear()


def descendants(process_id: int) -> list[int]:
    """All processes below this one (Linux)."""
    found, unseen = [], [process_id]
    while unseen:
        parent = unseen.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                below = [int(one) for one in task.read_text().split()]
                found += below
                unseen += below
    return found


def signal_all(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a process and to all below it."""
    for process_id in [process.pid, *descendants(process.pid)]:
        with suppress(ProcessLookupError):
            os.kill(process_id, number)


def wait_for(condition: Callable[[], bool], most_seconds: float = 60) -> None:
    deadline = time.monotonic() + most_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
