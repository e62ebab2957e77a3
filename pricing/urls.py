"""/pictures/: our own pictures and light models of designs."""

from django.urls import re_path

from pricing import views

app_name = "pricing"

urlpatterns = [
    re_path(r"^(?P<name>[0-9a-f]{32})\.png$", views.picture, name="picture"),
    re_path(r"^(?P<name>[0-9a-f]{32})\.glb$", views.web_model, name="web_model"),
]
