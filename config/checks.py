"""System checks that refuse an arrangement in which tasks would be lost, doubled or run for ever."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from config.settings.payments import DUMMIES
from pricing.states import LEASE_BEYOND_SECONDS

QUEUE_CHECKS = "queue"  # the tag of these; a worker starts with them alone


@register(QUEUE_CHECKS)
def queue_is_safe(**_: Any) -> list[CheckMessage]:
    """The queue is in the application's database, each cluster's lock outlives its tasks, attempts are finite."""
    conf: dict[str, Any] = settings.Q_CLUSTER
    clusters = {"default": conf} | {name: conf | alt for name, alt in conf["ALT_CLUSTERS"].items()}
    errors: list[CheckMessage] = []
    if conf.get("orm") != "default" or {"redis", "django_redis"} & conf.keys():
        errors.append(Error("The queue must live in the default database and nowhere else.", id="karat.E001"))
    for name, cluster in clusters.items():
        errors += _cluster_is_safe(name, cluster)
    return errors


def _cluster_is_safe(name: str, cluster: dict[str, Any]) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    timeout, retry = cluster["timeout"], cluster["retry"]
    if not isinstance(timeout, int) or not isinstance(retry, int) or retry < 3 * timeout + 60:
        hint = "Whole seconds, and retry >= 3 × timeout + 60: the lock begins when a task is fetched."
        errors.append(Error(f"Tasks of “{name}” could run twice at once.", hint=hint, id="karat.E002"))
    if not cluster["max_attempts"] or cluster["ack_failures"]:
        errors.append(Error(f"Tasks of “{name}” would be retried for ever, or not at all.", id="karat.E003"))
    return errors


@register(QUEUE_CHECKS)
def leases_outlive_tasks(**_: Any) -> list[CheckMessage]:
    """A quote is nobody else's while the task that holds it may still run."""
    lease = settings.PRICING_SECONDS + LEASE_BEYOND_SECONDS
    conf: dict[str, Any] = settings.Q_CLUSTER
    if conf["ALT_CLUSTERS"]["pricing"]["timeout"] < lease:
        return []
    return [Error("A design could be measured twice at once: its lease ends before its task.", id="karat.E006")]


@register(QUEUE_CHECKS)
def sqlite_is_immediate(**_: Any) -> list[CheckMessage]:
    """Without IMMEDIATE and a long timeout, two writers meet “database is locked”."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    options = database.get("OPTIONS", {})
    if options.get("transaction_mode") == "IMMEDIATE" and options.get("timeout", 5) >= 20:
        return []
    return [Error("SQLite needs transaction_mode=IMMEDIATE and timeout >= 20.", id="karat.E004")]


@register(QUEUE_CHECKS)
def subscriptions_resolve(**_: Any) -> list[CheckMessage]:
    """Every listener and every scheduled task exists."""
    table = import_string(settings.SUBSCRIPTIONS)
    paths = {path for listeners in table.values() for path in listeners}
    paths |= {clockwork.task for clockwork in import_string("config.schedules.SCHEDULES")}
    return [Error(f"There is no task {path}.", id="karat.E005") for path in sorted(paths) if not _resolves(path)]


@register()
def payments_are_real(**_: Any) -> list[CheckMessage]:
    """Nobody pays with a card that isn't one: the dummy provider is for development, and a real one can be loaded."""
    errors: list[CheckMessage] = []
    for name, (path, _options) in settings.PAYMENT_VARIANTS.items():
        if path in DUMMIES and not settings.ALLOWS_DUMMY_PAYMENTS:
            hint = "Set PAYMENT_PROVIDER to a real provider's class, or to nothing: then only transfers are offered."
            errors.append(Error(f"Payments by “{name}” would be played, not paid.", hint=hint, id="karat.E007"))
        elif not _resolves(path):
            errors.append(Error(f"PAYMENT_PROVIDER: there is no class {path}.", id="karat.E008"))
    return errors


def _resolves(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False
