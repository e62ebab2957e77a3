"""What the processes of a worker and of the web have loaded, in a Python of their own."""

import os
import subprocess
import sys

import pytest

from config.env import BASE_DIR

_START = """
import sys
sys.argv = {argv!r}
from config.env import choose_queue, default_settings_module
default_settings_module("config.settings.local")
choose_queue()
import django
django.setup()
"""
_LOADED = """
from django_q.conf import Conf
from django.utils.module_loading import import_string
from config.schedules import SCHEDULES
from config.subscriptions import SUBSCRIPTIONS
for path in [clock.task for clock in SCHEDULES] + [path for paths in SUBSCRIPTIONS.values() for path in paths]:
    import_string(path)
heavy = ["numpy", "numba", "pricing.admin", "config.urls"]
print(Conf.CLUSTER_NAME, [name for name in heavy if name in sys.modules])
"""


def _python(tmp_path, argv, code):
    environment = {k: v for k, v in os.environ.items() if k not in {"Q_CLUSTER_NAME", "DJANGO_SETTINGS_MODULE"}}
    done = subprocess.run(
        [sys.executable, "-c", _START.format(argv=argv) + code],
        cwd=BASE_DIR,
        env=environment | {"VAR_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("words", "queue"), [([], "default"), (["default"], "default"), (["-v0", "pricing"], "pricing")]
)
def test_a_worker_serves_its_queue_and_loads_no_pages_and_no_geometry(tmp_path, words, queue):
    assert _python(tmp_path, ["manage.py", "worker", *words], _LOADED) == f"{queue} []"


def test_a_worker_can_still_name_a_page_in_a_letter(tmp_path):
    code = "from django.urls import reverse; print(reverse('shop:my_orders'))"

    as_web, as_worker = (_python(tmp_path, ["manage.py", command], code) for command in ("shell", "worker"))

    assert as_worker == as_web


def test_the_web_has_its_admin_pages_and_no_geometry(tmp_path):
    assert (
        _python(tmp_path, ["gunicorn"], "import config.urls\n" + _LOADED) == "default ['pricing.admin', 'config.urls']"
    )
