"""`make profile`: the local settings with django-silk at /silk/, for developers only.

Recording costs about a third of the speed at 10 % of requests, so it lives in settings of its own and records only the
requests of a staff member whose browser carries the `silk` cookie (set by opening /silk/on).
"""

from config.profiling import is_recorded, may_profile
from config.settings.local import *  # noqa: F403
from config.settings.local import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "silk"]
_AFTER = MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1
MIDDLEWARE = [*MIDDLEWARE[:_AFTER], "silk.middleware.SilkyMiddleware", *MIDDLEWARE[_AFTER:]]

SILKY_AUTHENTICATION = True
SILKY_AUTHORISATION = True
SILKY_PERMISSIONS = may_profile
SILKY_INTERCEPT_FUNC = is_recorded
SILKY_MAX_RECORDED_REQUESTS = 2_000
SILKY_MAX_RECORDED_REQUESTS_CHECK_PERCENT = 0  # never inside a request: config.tasks.clean_profiler
SILKY_MAX_REQUEST_BODY_SIZE = 0  # bodies hold personal data
SILKY_MAX_RESPONSE_BODY_SIZE = 0
SILKY_PYTHON_PROFILER = True
