"""The main job, end to end: all processes, real HTTP, real files, as `make demo` does it."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from config.env import read_environment
from examples.demo.__main__ import run
from examples.demo.partner import Receiver
from examples.demo.system import started

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


@pytest.fixture
def addresses():
    """The addresses of a database and a cache for this test alone: those of this pass, or the embedded ones."""
    if not settings.POSTGRESQL:
        yield {}
        return
    env = read_environment()
    name = f"karat_flow_{secrets.token_hex(4)}"
    url = urlsplit(env.database_url)
    with psycopg.connect(env.database_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield {"database_url": urlunsplit(url._replace(path=f"/{name}")), "redis_url": env.redis_url}
    finally:
        with psycopg.connect(env.database_url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_both_rings_go_from_upload_to_shipped_and_nothing_is_left_when_the_system_stops(addresses):
    with started(**addresses) as system, Receiver() as receiver:
        timelines = run(system.base_url, receiver)
        processes = _descendants(system.supervisor_pid)
        log = system.log

    for timeline in timelines:
        assert list(timeline.stages)[-3:] == ["in_production", "ready", "shipped"]
        moments = list(timeline.stages.values())
        assert moments == sorted(moments)
    assert "Traceback" not in log, log
    assert "ERROR" not in log, log
    assert len(processes) > 8
    assert [pid for pid in processes if _is_alive(pid)] == []


def _is_alive(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _descendants(pid: int) -> list[int]:
    found, unseen = [], [pid]
    while unseen:
        parent = unseen.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            unseen += [int(child) for child in task.read_text().split()]
        found.append(parent)
    return found
