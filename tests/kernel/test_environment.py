import os
import subprocess
import sys

from config.env import BASE_DIR


def _manage(*arguments, **environment):
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYENV_VERSION"}}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=BASE_DIR, env=kept | environment, capture_output=True, text=True, timeout=60)


def test_production_names_every_missing_variable_at_once():
    ended = _manage("check", DJANGO_SETTINGS_MODULE="config.settings.production")

    assert ended.returncode == 1
    assert all(name in ended.stderr for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"))
    assert len(ended.stderr.strip().splitlines()) == 1


def test_bad_variables_are_named_together_with_what_is_wrong():
    ended = _manage("check", PORT="seven", DATABASE_URL="mysql://here/there", PRICING_WORKERS="0")

    assert all(name in ended.stderr for name in ("PORT", "DATABASE_URL", "PRICING_WORKERS"))
    assert "Traceback" not in ended.stderr


def test_production_refuses_webhooks_to_its_own_host():
    complete = {
        "SECRET_KEY": "k" * 60,
        "DATABASE_URL": "postgresql://karat@db/karat",
        "REDIS_URL": "redis://cache:6379/1",
        "ALLOWED_HOSTS": "karat.example",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
    }

    ended = _manage("check", **complete, WEBHOOKS_ALLOW_LOOPBACK="1")

    assert "WEBHOOKS_ALLOW_LOOPBACK" in ended.stderr


def test_a_port_in_use_is_said_in_one_line(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104
        taken.listen()
        port = taken.getsockname()[1]

        ended = _manage("run", PORT=str(port), VAR_DIR=str(tmp_path))

    assert ended.returncode == 1
    assert ended.stderr.strip() == f"CommandError: port {port} is in use; choose another one: PORT={port + 1} make run"


def test_a_database_that_does_not_answer_is_said_in_one_line(tmp_path):
    ended = _manage("run", PORT="18999", VAR_DIR=str(tmp_path), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert ended.returncode == 1
    assert "the database does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
