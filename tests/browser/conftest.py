"""Debian's chromium, driven by Playwright against the live server of the test's own database."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from config.env import environment_with

_ARGUMENTS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
]


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Any]:
    """A browser. In CI a missing one is a failure; elsewhere the tests are left out, in a plain line."""
    executable = shutil.which("chromium")
    if executable is None:
        missing = "chromium isn't installed: apt-get install chromium"
        if environment_with().get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    patch = pytest.MonkeyPatch()
    patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield browser
        browser.close()
    patch.undo()
