"""The only reader of the process's environment.

`read_environment` collects every missing or bad variable before it speaks, so that one start names them all.
docs/configuration.md lists the variables; a test compares it with `Environment`.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import dj_database_url
from environs import Env, EnvValidationError, validate

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = "config.settings.production"
_QUEUES = ["default", "pricing"]


class SettingsRefused(Exception):
    """The environment can't be used; the text names each variable and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What Karat takes from its environment. Sizes in bytes or MB as named, times in seconds as named."""

    secret_key: str
    database_url: str
    redis_url: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    base_url: str
    var_dir: Path
    storage_url: str
    port: int
    web_processes: int
    web_threads: int
    default_workers: int
    pricing_workers: int
    webhooks_at_once: int
    max_upload_mb: int
    pricing_seconds: int
    metal_prices_url: str
    worklist_size: int
    worklist_refill_below: int
    worklist_publish_hour: int
    webhooks_allow_loopback: bool
    webhook_keys: list[str]
    api_requests_per_second: int
    api_burst: int
    email_url: str
    default_from_email: str
    payment_provider: str
    payment_options: str
    bank_holder: str
    bank_iban: str
    bank_bic: str
    language_code: str
    time_zone: str
    log_level: str
    db_pool: bool
    queue_name: str


def default_settings_module(name: str) -> None:
    """Choose a settings module unless the environment chose one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", name)


# One core for a worker: several workers with several threads each only get in each other's way.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def queue_to_serve() -> str | None:
    """The queue whose workers this process was started for (`manage.py worker [queue]`); None in any other process."""
    program, *arguments = sys.argv
    if Path(program).name != "manage.py" or arguments[:1] != ["worker"]:
        return None
    return next((word for word in arguments[1:] if word in _QUEUES), _QUEUES[0])


def choose_queue() -> None:
    """Tell what reads the environment at its import, so before Django is imported, which queue this process serves.

    django-q2 takes the queue's name from there (`qcluster --name` serves the wrong queue), numerical libraries the
    number of their threads.
    """
    queue = queue_to_serve()
    if queue is not None:
        os.environ.update(_ONE_THREAD, Q_CLUSTER_NAME=queue)


def environment_with(**variables: str) -> dict[str, str]:
    """The present environment with these variables set, for a process that is about to be started."""
    return {**os.environ, **variables}


@cache
def read_environment() -> Environment:
    """Read everything once. Raises SettingsRefused naming every missing or bad variable."""
    production = os.environ.get("DJANGO_SETTINGS_MODULE") == PRODUCTION
    env = Env(eager=False)
    needed: dict[str, Any] = {} if production else {"default": ""}
    hosts: dict[str, Any] = {} if production else {"default": ["*"]}
    values = {
        "secret_key": env.str("SECRET_KEY", validate=validate.Length(min=50) if production else None, **needed),
        "database_url": env.str("DATABASE_URL", validate=_database, **needed),
        "redis_url": env.str("REDIS_URL", validate=_redis, **needed),
        "allowed_hosts": env.list("ALLOWED_HOSTS", **hosts),
        "csrf_trusted_origins": env.list("CSRF_TRUSTED_ORIGINS", default=[]),
        "base_url": env.str("BASE_URL", default=""),
        "var_dir": env.path("VAR_DIR", default=BASE_DIR / "var"),
        "storage_url": env.str("STORAGE_URL", default="", validate=_storage),
        "port": env.int("PORT", default=8000, validate=validate.Range(1, 65535)),
        "web_processes": env.int("WEB_PROCESSES", default=2, validate=validate.Range(1, 64)),
        "web_threads": env.int("WEB_THREADS", default=4, validate=validate.Range(1, 64)),
        "default_workers": env.int("DEFAULT_WORKERS", default=2, validate=validate.Range(1, 64)),
        "pricing_workers": env.int("PRICING_WORKERS", default=os.cpu_count() or 2, validate=validate.Range(1, 256)),
        "webhooks_at_once": env.int("WEBHOOKS_AT_ONCE", default=64, validate=validate.Range(2, 1000)),
        "max_upload_mb": env.int("MAX_UPLOAD_MB", default=64, validate=validate.Range(1, 1024)),
        "pricing_seconds": env.int("PRICING_SECONDS", default=60, validate=validate.Range(1, 600)),
        "metal_prices_url": env.str("METAL_PRICES_URL", default=""),
        "worklist_size": env.int("WORKLIST_SIZE", default=50, validate=validate.Range(1, 1000)),
        "worklist_refill_below": env.int("WORKLIST_REFILL_BELOW", default=5, validate=validate.Range(1, 1000)),
        "worklist_publish_hour": env.int("WORKLIST_PUBLISH_HOUR", default=5, validate=validate.Range(0, 23)),
        "webhooks_allow_loopback": env.bool("WEBHOOKS_ALLOW_LOOPBACK", default=not production),
        "webhook_keys": env.list("WEBHOOK_KEYS", default=[]),
        "api_requests_per_second": env.int("API_REQUESTS_PER_SECOND", default=10, validate=validate.Range(1, 10_000)),
        "api_burst": env.int("API_BURST", default=50, validate=validate.Range(1, 100_000)),
        "email_url": env.str("EMAIL_URL", default="console:", validate=_email),
        "default_from_email": env.str("DEFAULT_FROM_EMAIL", default="Karat <orders@karat.example>"),
        "payment_provider": env.str("PAYMENT_PROVIDER", default="" if production else _DUMMY_PROVIDER),
        "payment_options": env.str("PAYMENT_OPTIONS", default="{}", validate=_json_object),
        "bank_holder": env.str("BANK_HOLDER", default="Karat"),
        "bank_iban": env.str("BANK_IBAN", default="" if production else "DE02 1203 0000 0000 2020 51"),
        "bank_bic": env.str("BANK_BIC", default="" if production else "BYLADEM1001"),
        "language_code": env.str("LANGUAGE_CODE", default="en", validate=validate.OneOf(["en", "ru"])),
        "time_zone": env.str("TIME_ZONE", default="UTC"),
        "log_level": env.str("LOG_LEVEL", default="INFO", validate=validate.OneOf(_LOG_LEVELS)),
        "db_pool": env.bool("DB_POOL", default=False),
        "queue_name": env.str("Q_CLUSTER_NAME", default=_QUEUES[0], validate=validate.OneOf(_QUEUES)),
    }
    try:
        env.seal()
    except EnvValidationError as error:
        raise SettingsRefused(_one_line(error.error_messages)) from None
    if production and values["webhooks_allow_loopback"]:
        raise SettingsRefused("WEBHOOKS_ALLOW_LOOPBACK must be off in production: a partner could reach this host.")
    return Environment(**values)


_DUMMY_PROVIDER = "shop.dummy_provider.DummyProvider"  # takes any card; config/checks.py refuses it in production
_LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]


def _database(url: str) -> None:
    if not url:
        return
    try:
        engine = dj_database_url.parse(url)["ENGINE"]
    except (KeyError, ValueError) as error:
        raise _refused(f"not a database address ({error})") from None
    if engine not in {"django.db.backends.postgresql", "django.db.backends.sqlite3"}:
        raise _refused("only postgresql:// and sqlite:/// are supported")


def _redis(url: str) -> None:
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise _refused("must begin with redis://, rediss:// or unix://")


def _storage(url: str) -> None:
    if not url:
        return
    parts = urlsplit(url)
    unknown = dict(parse_qsl(parts.query)).keys() - {"endpoint_url", "region_name"}
    if parts.scheme != "s3" or not parts.hostname or unknown:
        raise _refused("must be s3://[key:secret@]bucket[/prefix][?endpoint_url=…&region_name=…]")


def _email(url: str) -> None:
    if url != "console:" and not url.startswith(("smtp://", "smtps://")):
        raise _refused("must be console:, smtp://… or smtps://…")


def _json_object(text: str) -> None:
    try:
        is_object = isinstance(json.loads(text), dict)
    except ValueError:
        is_object = False
    if not is_object:
        raise _refused("must be a JSON object, such as {}")


def _refused(message: str) -> Exception:
    from marshmallow import ValidationError

    return ValidationError(message)


def _one_line(messages: Mapping[str, Any] | list[Any]) -> str:
    if isinstance(messages, list):
        return "; ".join(map(str, messages))
    told = [f"{name}: {' '.join(map(str, texts))}" for name, texts in sorted(messages.items())]
    return "the environment can't be used. " + " | ".join(told)
