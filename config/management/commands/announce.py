"""`manage.py announce`: wait until the system answers, then print where it is and who can sign in."""

import time
from typing import Any

import requests
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from typing_extensions import override

from config.demo.people import LOGINS, PASSWORD
from config.env import read_environment

_PATIENCE_SECONDS = 120


class Command(BaseCommand):
    help = "Wait until web and workers answer, then print the addresses and the demo logins."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        base = f"http://localhost:{read_environment().port}"
        if not _is_ready(base):
            self.stderr.write(f"karat: not ready after {_PATIENCE_SECONDS} s; {base}/readyz says why.")
            return
        lines = ["", f"  Karat is ready at {base}", ""]
        if User.objects.filter(username=LOGINS[0].email).exists():
            lines += [f"  {login.email:<26} {base}{login.place}" for login in LOGINS]
            lines += ["", f"  The demo password of all of them: {PASSWORD}"]
        self.stdout.write("\n".join([*lines, "  Stop with Ctrl-C.", ""]))


def _is_ready(base: str) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{base}/readyz", timeout=5).ok:
                return True
        except requests.RequestException:
            pass
        time.sleep(0.3)
    return False
