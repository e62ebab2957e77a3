"""`manage.py run`: the whole system on one machine, under one supervisor, until Ctrl-C.

The web and each cluster are processes of their own; supervisord starts one again when it dies and stops all in order.
"""

import os
import socket
import sys
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from typing_extensions import override

from config.env import BASE_DIR, environment_with, read_environment
from examples.designs.pieces import PIECES

_PROGRAM = """
[program:{name}]
command={command}
directory={directory}
environment={environment}
stdout_logfile=/dev/fd/1
stdout_logfile_maxbytes=0
redirect_stderr=true
autorestart={autorestart}
startsecs={startsecs}
startretries=10
stopsignal=TERM
stopwaitsecs={patience}
"""


class Command(BaseCommand):
    help = "Run web and workers under one supervisor until Ctrl-C."
    requires_system_checks = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pieces", type=int, default=len(PIECES), help="products that an empty database gets")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        env = read_environment()
        _refuse_used_port(env.port)
        _refuse_silent_database()
        self.check()
        call_command("messages", stdout=StringIO())
        call_command("migrate", verbosity=0)
        call_command("createcachetable")
        call_command("seed", pieces=options["pieces"])
        connection.close()
        path = settings.VAR_DIR / "supervisord.conf"
        path.write_text(_configuration())
        os.execve(
            sys.executable,
            [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "--nodaemon", "-c", str(path)],
            environment_with(VAR_DIR=str(settings.VAR_DIR), PORT=str(env.port)),
        )


def _refuse_used_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104  (as gunicorn will)
        except OSError:
            raise CommandError(f"port {port} is in use; choose another one: PORT={port + 1} make run") from None


def _refuse_silent_database() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0]
        raise CommandError(f"the database does not answer ({reason}); is DATABASE_URL right?") from None


def _configuration() -> str:
    env = read_environment()
    python = sys.executable
    gunicorn = (
        f"{python} -m gunicorn config.wsgi:application --bind 0.0.0.0:{env.port} --workers {env.web_processes} "
        f"--worker-class gthread --threads {env.web_threads} --max-requests 5000 --max-requests-jitter 500 "
        "--graceful-timeout 20 --log-level warning"
    )
    pool = "1" if settings.POSTGRESQL else "0"
    return "".join(
        [
            f"[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\nloglevel=warn\n{_as_root()}"
            f"pidfile={settings.VAR_DIR / 'supervisord.pid'}\n",
            _program("web", gunicorn, environment=f'DB_POOL="{pool}"', patience=30),
            _program("default", f"{python} manage.py worker default", patience=90),
            _program("pricing", f"{python} manage.py worker pricing", patience=env.pricing_seconds + 60),
            _program("webhooks", f"{python} manage.py worker webhooks", patience=30),
            _program("announce", f"{python} manage.py announce", autorestart="false", startsecs=0),
        ]
    )


def _program(
    name: str,
    command: str,
    *,
    environment: str = "",
    patience: int = 10,
    autorestart: str = "true",
    startsecs: int = 1,
    directory: Path = BASE_DIR,
) -> str:
    return _PROGRAM.format(
        name=name,
        command=command.replace("%", "%%"),
        environment=environment,
        patience=patience,
        autorestart=autorestart,
        startsecs=startsecs,
        directory=directory,
    )


def _as_root() -> str:
    return "user=root\n" if os.geteuid() == 0 else ""  # said openly, or supervisord warns on every start
