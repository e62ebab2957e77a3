"""Paths of the bench: random keys and codes only, nothing that grows."""

from django.urls import path, register_converter

from config.kernel.paths import Key
from mes.views import bench

register_converter(Key, "mes_key")

app_name = "bench"

urlpatterns = [
    path("", bench.home, name="home"),
    path("at/<slug:code>/", bench.work_centre, name="work_centre"),
    path("at/<slug:code>/take-next/", bench.take_next, name="take_next"),
    path("find/", bench.find, name="find"),
    path("scan/", bench.scan, name="scan"),
    path("pieces/<mes_key:operation_id>/", bench.piece, name="piece"),
    path("pieces/<mes_key:operation_id>/take/", bench.take, name="take"),
    path("pieces/<mes_key:operation_id>/start/", bench.start, name="start"),
    path("pieces/<mes_key:operation_id>/finish/", bench.finish, name="finish"),
    path("pieces/<mes_key:operation_id>/give-back/", bench.give_back, name="give_back"),
    path("pieces/<mes_key:operation_id>/problem/", bench.problem, name="problem"),
    path("pieces/<mes_key:operation_id>/send-back/", bench.send_back, name="send_back"),
    path("pieces/<mes_key:operation_id>/weigh/", bench.weigh, name="weigh"),
    path("pieces/<mes_key:operation_id>/traveller.pdf", bench.traveller, name="traveller"),
    path("pieces/<mes_key:operation_id>/picture.png", bench.picture, name="picture"),
]
