"""The profiler is for developers, and records nobody else; a run of its own, since it changes the middleware."""

import os
import subprocess
import sys

import pytest

from config.env import BASE_DIR

_SCRIPT = """
import django; django.setup()
from django.test.utils import setup_test_environment; setup_test_environment()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from django.contrib.auth.models import Group, User
from django.test import Client
from silk.models import Request
developer = User.objects.create_user("denis", password="x", is_staff=True)
developer.groups.add(Group.objects.get(name="developer"))
seller = User.objects.create_user("sonja", password="x", is_staff=True)
def opened(user, path, cookie=False):
    client = Client()
    if user: client.force_login(user)
    if cookie: client.cookies["silk"] = "1"
    return client.get(path).status_code
print(opened(None, "/silk/"), opened(seller, "/silk/"), opened(developer, "/silk/"), opened(seller, "/silk/on"))
opened(developer, "/healthz"); opened(seller, "/healthz", cookie=True); opened(None, "/healthz", cookie=True)
before = Request.objects.count()
opened(developer, "/healthz", cookie=True)
print(before, Request.objects.count())
"""


@pytest.mark.system
def test_only_a_developer_opens_the_profiler_and_only_his_marked_requests_are_recorded(tmp_path):
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = kept | {"DJANGO_SETTINGS_MODULE": "config.settings.profiling", "VAR_DIR": str(tmp_path)}

    ended = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=120
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split("\n")[0] == "302 403 200 403"
    assert ended.stdout.split("\n")[1] == "0 1"
