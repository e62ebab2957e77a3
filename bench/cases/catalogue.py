"""Category and product page: cached, uncached, 304, signed in, beside the same bytes from a bare WSGI app."""

import http.client
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.harness import Finding, Findings
from bench.system import System, free_port, wait_for

_PAGES = {"category page": "/catalogue/rings/", "product page": "/piece/comfort-band-3/"}
_CONNECTIONS, _SECONDS, _TURNS = 8, 1.5, 3
_BARE = """
from pathlib import Path
BODY = Path({body!r}).read_bytes()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]
def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""
_SIGN_IN = """
from django.contrib.auth.models import User
from django.test import Client
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(User.objects.get(username="customer@karat.example"))
client.get("/catalogue/rings/")
print("; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
"""


def run() -> Findings:
    with System() as system, tempfile.TemporaryDirectory(prefix="karat-bench-") as folder:
        system.environment["REDIS_URL"] = os.environ.get("REDIS_URL", "")
        yield Finding(f"cache: {'Redis' if system.environment['REDIS_URL'] else 'files'}")
        system.manage("seed")
        system.start_web()
        cookie = system.python(_SIGN_IN).strip().splitlines()[-1]
        for name, path in _PAGES.items():
            yield from _page(system, Path(folder), name, path, cookie)


def _page(system: System, folder: Path, name: str, path: str, cookie: str) -> Findings:
    body, etag, token = _look(system.port, path)
    (folder / "body").write_bytes(body)
    (folder / "bare_app.py").write_text(_BARE.format(body=str(folder / "body")))
    bare = _start_bare(system, folder)
    anonymous = {"Cookie": token}
    rates = _rates(
        {
            "bare": lambda: _load(bare.port, path, {}),
            "cached": lambda: _load(system.port, path, anonymous),
            "first visit": lambda: _load(system.port, path, {}),
            "signed in": lambda: _load(system.port, path, {"Cookie": cookie}),
            "304": lambda: _load(system.port, path, {**anonymous, "If-None-Match": etag}),
            "uncached": lambda: _load(system.port, f"{path}?q=ring" if "catalogue" in path else path, anonymous),
        }
    )
    System.end(bare.process)
    yield Finding(f"{name}: bare WSGI with the same {len(body):,} bytes", rates["bare"], "/s")
    yield Finding(f"{name}: cached / bare", rates["cached"] / rates["bare"], at_least=0.45)
    yield Finding(f"{name}: cached, first visit (a new CSRF cookie) / bare", rates["first visit"] / rates["bare"])
    yield Finding(f"{name}: 304 / bare", rates["304"] / rates["bare"], at_least=0.35)
    yield Finding(f"{name}: signed in / anonymous", rates["signed in"] / rates["cached"], at_least=0.8)
    if "catalogue" in path:
        yield Finding(f"{name}: uncached (a search, rendered anew) / bare", rates["uncached"] / rates["bare"])


class _Bare:
    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port


def _start_bare(system: System, folder: Path) -> _Bare:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "bare_app:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=folder, env=system.environment, start_new_session=True)
    wait_for(lambda: _answers(port))
    return _Bare(process, port)


def _answers(port: int) -> bool:
    try:
        _look(port, "/")
    except OSError:
        return False
    return True


def _look(port: int, path: str) -> tuple[bytes, str, str]:
    """The page, its ETag for the visitor who has its CSRF cookie, and that cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    first = connection.getresponse()
    first.read()
    cookie = (first.headers.get("Set-Cookie") or "").partition(";")[0]
    connection.request("GET", path, headers={"Cookie": cookie})
    second = connection.getresponse()
    body = second.read()
    connection.close()
    return body, second.headers.get("ETag") or "", cookie


def _rates(competitors: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median requests a second of each, taking turns."""
    found: dict[str, list[float]] = {name: [] for name in competitors}
    for _ in range(_TURNS):
        for name, load in competitors.items():
            found[name].append(load())
    return {name: sorted(rates)[len(rates) // 2] for name, rates in found.items()}


def _load(port: int, path: str, headers: Mapping[str, str]) -> float:
    """Requests a second, in a process of its own (`python -m bench.load`): this one's threads would share one core."""
    command = [sys.executable, "-m", "bench.load", str(port), path, str(_CONNECTIONS), str(_SECONDS)]
    command += [f"{name}: {value}" for name, value in headers.items()]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
