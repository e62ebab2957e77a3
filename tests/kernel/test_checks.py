import copy

import pytest

from config.checks import leases_outlive_tasks, queue_is_safe, sqlite_is_immediate, subscriptions_resolve


@pytest.fixture
def cluster(settings):
    settings.Q_CLUSTER = copy.deepcopy(settings.Q_CLUSTER)
    return settings.Q_CLUSTER


def _ids(errors):
    return [error.id for error in errors]


def test_the_project_as_it_is_passes():
    assert _ids([*queue_is_safe(), *leases_outlive_tasks(), *sqlite_is_immediate(), *subscriptions_resolve()]) == []


def test_a_retry_shorter_than_the_task_may_take_is_refused(cluster):
    cluster["ALT_CLUSTERS"]["pricing"]["retry"] = cluster["ALT_CLUSTERS"]["pricing"]["timeout"] + 1

    assert _ids(queue_is_safe()) == ["karat.E002"]


def test_a_task_that_may_outlive_its_quotes_lease_is_refused(cluster, settings):
    cluster["ALT_CLUSTERS"]["pricing"]["timeout"] = settings.PRICING_SECONDS + 90

    assert _ids(leases_outlive_tasks()) == ["karat.E006"]


def test_a_fractional_timeout_is_refused(cluster):
    cluster["timeout"] = 1.5

    assert "karat.E002" in _ids(queue_is_safe())


def test_a_queue_outside_the_database_is_refused(cluster):
    cluster["django_redis"] = "default"

    assert _ids(queue_is_safe()) == ["karat.E001"]


def test_endless_attempts_are_refused(cluster):
    cluster["max_attempts"] = 0

    assert set(_ids(queue_is_safe())) == {"karat.E003"}


def test_sqlite_without_immediate_transactions_is_refused(settings, monkeypatch):
    stock = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 20}}
    monkeypatch.setitem(settings.DATABASES, "default", stock)

    assert _ids(sqlite_is_immediate()) == ["karat.E004"]


def test_a_listener_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setitem(__import__("config.subscriptions").subscriptions.SUBSCRIPTIONS, "a.fact", ["crm.tasks.no_such"])

    assert _ids(subscriptions_resolve()) == ["karat.E005"]
