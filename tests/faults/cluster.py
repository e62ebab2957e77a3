"""A real cluster as processes, with a private SQLite database."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from config.env import BASE_DIR
from tests.factories.processes import wait_for


class Cluster:
    def __init__(self, folder: Path, queue: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.environment = kept | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.local"}
        self.folder, self.queue = folder, queue
        self.manage("migrate", "-v0")
        self.manage("createcachetable")

    def start(self, **environment: str) -> None:
        self.log = (self.folder / "log").open("wb")
        self.main = subprocess.Popen(
            [sys.executable, "manage.py", "worker", self.queue],
            cwd=BASE_DIR,
            env=self.environment | environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        wait_for(lambda: b"are ready" in (self.folder / "log").read_bytes(), 90)

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=self.environment, check=True)

    def shell(self, code: str) -> None:
        self.manage("shell", "-v0", "-c", code)

    def rows(self, statement: str) -> list[tuple]:
        """What a statement finds, committed if it changes something."""
        with closing(sqlite3.connect(self.folder / "karat.sqlite3", timeout=20)) as database, database:
            return database.execute(statement).fetchall()

    def children(self, parent: int | None = None) -> list[int]:
        """All descendants of a process, of the main one unless told."""
        found, unseen = [], [parent or self.main.pid]
        while unseen:
            one = unseen.pop()
            found.append(one)
            unseen += _children_of(one)
        return found[1:]

    def first_workers(self) -> list[int]:
        """The processes that wait for a task, until one is replaced: started before monitor and pusher."""
        return sorted(self.of_the_guard())[:2]

    def of_the_guard(self) -> list[int]:
        """Workers, monitor and pusher. A worker that replaces another is the youngest of them."""
        guard = _children_of(self.main.pid)[0]
        return _children_of(guard)

    def end(self) -> None:
        if self.main.poll() is None:
            self.main.kill()
        self.main.wait(timeout=60)
        self.log.close()


def _children_of(parent: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            found += [int(pid) for pid in task.read_text().split()]
        except OSError:  # it ended at this moment
            continue
    return found
