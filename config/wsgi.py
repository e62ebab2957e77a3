"""What gunicorn serves: Django, and before it the door that answers kept pages of the catalogue."""

from django.apps import apps
from django.core.wsgi import get_wsgi_application

from config import profiling
from config.env import default_settings_module

default_settings_module("config.settings.local")
_django = get_wsgi_application()

from shop.kept_door import KeptPagesDoor  # noqa: E402  (it needs Django set up)

# Who records what his pages cost sees them made.
_passing = [profiling.COOKIE] if apps.is_installed("silk") else []
application = KeptPagesDoor(_django, passing=_passing)
