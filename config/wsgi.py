"""What gunicorn serves."""

from django.core.wsgi import get_wsgi_application

from config.env import default_settings_module

default_settings_module("config.settings.local")
application = get_wsgi_application()
