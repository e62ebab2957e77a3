"""One machine, one command: `make run`. Safe defaults, a secret key of this machine's own."""

import secrets

from config.settings.base import *  # noqa: F403
from config.settings.base import SECRET_KEY, STATIC_ROOT, VAR_DIR

VAR_DIR.mkdir(parents=True, exist_ok=True)
STATIC_ROOT.mkdir(exist_ok=True)


def _machine_key() -> str:
    """A key made at the first start and kept beside the data: web and workers must sign with the same one."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(60))
    return path.read_text()


SECRET_KEY = SECRET_KEY or _machine_key()
WHITENOISE_USE_FINDERS = True  # static files straight from the sources, without collectstatic
WHITENOISE_MAX_AGE = 3600
ALLOWS_DUMMY_PAYMENTS = True
