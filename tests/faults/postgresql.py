"""A PostgreSQL server of one's own, which may crash and be started again; or a database of one's own."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


def programs() -> Path | None:
    """Where initdb and pg_ctl are: in the path, or where Debian keeps them; None without them."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


class OwnServer:
    """Its data in a folder, listening on a free port of this host; `url` names its database."""

    def __init__(self, folder: Path, bin_: Path) -> None:
        self.data, self.bin = folder / "data", bin_
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self._run("initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-D", str(self.data))
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-w", "-D", str(self.data), "-l", str(self.data / "log"), "-o", options, "start")

    def crash(self) -> None:
        """As after a loss of power: nothing is said to anybody, nothing is written any more."""
        self._run("pg_ctl", "-w", "-D", str(self.data), "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.bin / program, *arguments],
            check=True,
            user=self._user,
            cwd=self.data.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def own_server() -> Iterator[OwnServer | None]:
    """A server that is there until the end; None where PostgreSQL isn't installed."""
    found = programs()
    if found is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="karat-postgresql-") as folder:
        server = OwnServer(Path(folder), found)
        server.create()
        try:
            yield server
        finally:
            server.crash()


@contextmanager
def own_database(folder: Path, server: str) -> Iterator[dict[str, str]]:
    """The variables of a database that nobody else uses: on this server, or SQLite in the folder."""
    variables = {"VAR_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    if not server.startswith("postgres"):
        yield variables
        return
    name = f"karat_own_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield variables | {"DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{name}"))}
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
