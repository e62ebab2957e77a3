import pytest
from django.core.cache import caches
from django.db import DatabaseError

from config import health
from config.kernel import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_heartbeats():
    caches["database"].clear()


def test_a_process_that_answers_is_alive(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_without_workers_the_system_is_not_ready_and_says_which_are_missing(client):
    heartbeat.beat("default")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    queues = answer.json()["queues"]
    assert {name: told["workers_seen"] for name, told in queues.items()} == {
        "default": True,
        "pricing": False,
        "webhooks": False,
    }


def test_with_all_workers_seen_and_nothing_waiting_it_is_ready(client):
    for name in ("default", "pricing", "webhooks"):
        heartbeat.beat(name)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["queues"]["pricing"]["oldest_waiting_seconds"] == 0


def test_workers_that_fell_silent_are_no_longer_seen(time_machine):
    time_machine.move_to("2026-11-22 12:00 +0000", tick=False)
    heartbeat.beat("pricing")
    assert heartbeat.is_seen("pricing")

    time_machine.shift(60)

    assert not heartbeat.is_seen("pricing")


def test_a_database_that_is_away_is_told_without_its_secrets(client, monkeypatch):
    def away():
        raise DatabaseError("password=secret")

    monkeypatch.setattr(health, "_database", away)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "away: DatabaseError"
