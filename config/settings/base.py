"""What all settings have in common. Each value that differs between places comes from config/env.py."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from config import three
from config.env import BASE_DIR, queue_to_serve, read_environment
from config.settings.accounts import *  # noqa: F403
from config.settings.admin_sites import UNFOLD_OPERATORS, UNFOLD_SELLERS  # noqa: F401
from config.settings.cache import default_cache
from config.settings.payments import payments
from config.settings.queue import clusters
from config.settings.storage import default_storage

ENV = read_environment()

VAR_DIR = ENV.var_dir
DEBUG = False
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
BASE_URL = ENV.base_url or f"http://localhost:{ENV.port}"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "config.apps.KaratConfig",
    "unfold",
    "unfold.contrib.filters",
    # A worker shows no page: it needs the label, not every app's admin pages, their forms and what those import.
    "django.contrib.admin.apps.SimpleAdminConfig" if queue_to_serve() else "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_q",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "payments",
    "pricing",
    "mes",
    "shop",
    "crm",
    "external_orders",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.kernel.policy.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.kernel.limits.BodyLimitMiddleware",
    "config.kernel.refusals.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- database -----------------------------------------------------------------------------------------------------
POSTGRESQL = ENV.database_url.startswith(("postgres:", "postgresql:"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _postgresql() -> dict[str, Any]:
    """Persistent connections in workers; a bounded pool under gunicorn only.

    In a process that forks, the pool hands two children one connection (measured: rows of other tasks were read).
    """
    database: dict[str, Any] = dict(dj_database_url.parse(ENV.database_url))
    options: dict[str, Any] = {"connect_timeout": 5, **database.get("OPTIONS", {})}
    if ENV.db_pool:
        options["pool"] = {"min_size": 1, "max_size": ENV.web_threads + 2, "timeout": 5}
        return database | {"CONN_MAX_AGE": 0, "OPTIONS": options}
    return database | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _sqlite() -> dict[str, Any]:
    """IMMEDIATE: a transaction that reads and then writes takes its lock at once instead of failing half-way."""
    database: dict[str, Any] = dict(dj_database_url.parse(ENV.database_url or f"sqlite:///{VAR_DIR / 'karat.sqlite3'}"))
    options = {
        **database.get("OPTIONS", {}),
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
    return database | {"CONN_MAX_AGE": 600, "OPTIONS": options}


DATABASES = {"default": _postgresql() if POSTGRESQL else _sqlite()}

# --- cache: never the truth, may be emptied at any moment ---------------------------------------------------------
CACHES = {
    "default": default_cache(ENV.redis_url, VAR_DIR / "cache"),
    # Small facts that must outlive the cache and be seen by every process, such as the workers' heartbeats.
    "database": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "karat_cache", "TIMEOUT": None},
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # losing the cache must not log people out

# --- queue --------------------------------------------------------------------------------------------------------
Q_CLUSTER = clusters(ENV, postgresql=POSTGRESQL)
SUBSCRIPTIONS = "config.subscriptions.SUBSCRIPTIONS"
PERSONAL_DATA = "config.personal_data.HOLDERS"

# --- files --------------------------------------------------------------------------------------------------------
MEDIA_ROOT = VAR_DIR / "media"  # strangers' files: never served as they came
STORAGES = {
    "default": default_storage(ENV.storage_url),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
HAS_THREE = three.MODULE.exists()  # without it pages show pictures only
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "templates" / "static"]
if HAS_THREE:
    STATICFILES_DIRS.append(("three", three.SERVED))
MAX_UPLOAD_BYTES = ENV.max_upload_mb * 1024 * 1024
PRICING_SECONDS = ENV.pricing_seconds

# --- rates --------------------------------------------------------------------------------------------------------
METAL_PRICES_URL = ENV.metal_prices_url

# --- people -------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",  # by name: staff, tests
    "allauth.account.auth_backends.AuthenticationBackend",  # by e-mail
]
LOGIN_URL = "shop:sign_in"
LOGIN_REDIRECT_URL = "shop:my_orders"
LOGOUT_REDIRECT_URL = "shop:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
DEFAULT_FROM_EMAIL = ENV.default_from_email
_EMAIL = urlsplit(ENV.email_url)
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if _EMAIL.scheme == 'console' else 'smtp'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _EMAIL.hostname or "localhost", _EMAIL.port or (465 if _EMAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_EMAIL.username or ""), unquote(_EMAIL.password or "")
EMAIL_USE_SSL = _EMAIL.scheme == "smtps"  # TLS from the first byte
EMAIL_USE_TLS = _EMAIL.scheme == "smtp" and bool(EMAIL_HOST_USER)  # a password is sent after STARTTLS only
EMAIL_TIMEOUT = 20

# --- language, time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = ENV.language_code
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]
TIME_ZONE = ENV.time_zone
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- the workshop -------------------------------------------------------------------------------------------------
WORKLIST_SIZE = ENV.worklist_size
WORKLIST_REFILL_BELOW = ENV.worklist_refill_below
WORKLIST_PUBLISH_HOUR = ENV.worklist_publish_hour

# --- payments -----------------------------------------------------------------------------------------------------
_PAYMENTS = payments(ENV, base_url=BASE_URL)
PAYMENT_MODEL = "shop.Payment"
PAYMENT_HOST, PAYMENT_USES_SSL = _PAYMENTS.host, _PAYMENTS.is_tls
PAYMENT_VARIANTS, BANK_ACCOUNT = _PAYMENTS.variants, _PAYMENTS.bank_account
ALLOWS_DUMMY_PAYMENTS = False  # a provider that takes any card, for development

# --- partners -----------------------------------------------------------------------------------------------------
WEBHOOKS_ALLOW_LOOPBACK = ENV.webhooks_allow_loopback
WEBHOOK_KEYS = ENV.webhook_keys
API_REQUESTS_PER_SECOND = ENV.api_requests_per_second
API_BURST = ENV.api_burst
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["external_orders.api.parsers.PlainJSONParser"],
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Karat partner API",
    "DESCRIPTION": "Send a 3D model, get a price, order the piece, hear by webhook how it gets on.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "external_orders.api.openapi.finish",
    ],
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "external_orders.states.ExternalOrderStatus",
        "QuoteStatus": "external_orders.states.QuoteState",
        "ModelStatus": "external_orders.states.ModelState",
        "DeliveryStatus": "external_orders.states.DeliveryStatus",
        "EventType": "external_orders.states.EventType",
        "Kind": "pricing.states.Kind",
        "Finish": "pricing.states.Finish",
    },
}


# --- log ----------------------------------------------------------------------------------------------------------
def _is_no_probe(record: logging.LogRecord) -> bool:
    return getattr(getattr(record, "request", None), "path", "") != "/readyz"


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # A load balancer asks /readyz again and again; while the answer is "not yet" that is no error of a request.
    "filters": {"no_probe": {"()": "django.utils.log.CallbackFilter", "callback": _is_no_probe}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_probe"]}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        "django-q": {"level": "WARNING"},  # a line per task twice over says nothing that the rows don't
        "django.request": {"level": "ERROR"},
    },
}
