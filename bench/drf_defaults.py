"""The rival of the case `intake`: Django and DRF as `startproject` leaves them, and a view that inserts one row."""

import os

import dj_database_url
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench-" * 10,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="bench.drf_defaults",
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"])},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "rest_framework",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  (after the settings)
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402
from typing_extensions import override  # noqa: E402


class Order(models.Model):
    reference = models.CharField(max_length=64)
    note = models.CharField(max_length=300)

    class Meta:
        app_label = "bench"
        db_table = "bench_order"

    @override
    def __str__(self) -> str:
        return self.reference


class OrderSerializer(serializers.ModelSerializer[Order]):
    class Meta:
        model = Order
        fields = ["id", "reference", "note"]


class Orders(generics.CreateAPIView[Order]):
    queryset = Order._default_manager.all()
    serializer_class = OrderSerializer


urlpatterns = [path("orders", Orders.as_view())]
application = get_wsgi_application()
