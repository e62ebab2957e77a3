from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExternalOrdersConfig(AppConfig):
    name = "external_orders"
    verbose_name = _("External orders")
