"""The test suite's settings: the same code on a private database, fast password hashing, tasks run when told."""

import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, DATABASES, ENV, POSTGRESQL, Q_CLUSTER

SECRET_KEY = "test-" * 12
VAR_DIR = Path(tempfile.mkdtemp(prefix="karat-test-"))
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WEBHOOKS_ALLOW_LOOPBACK = True
API_REQUESTS_PER_SECOND = API_BURST = 100_000  # a test that is about the limit sets its own
if not POSTGRESQL:
    # As a file, not in memory: there, all threads of a live server would share one connection and its transaction.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
if not ENV.redis_url:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
Q_CLUSTER = Q_CLUSTER | {"testing": True}
ALLOWS_DUMMY_PAYMENTS = True
