"""A model on disk, and other code in place of the measuring child."""

import json
import sys
import textwrap

import pytest

from pricing import hosting
from pricing.engine.version import ENGINE_VERSION
from tests.pricing.engine import shapes
from tests.pricing.engine.shapes import binary_stl, cube


def answer(measurement=None, **changes):
    """Python code that answers as the child does; changes: other values beside the measurement."""
    told = {"measurement": measurement or shapes.measurement(512.0, 384.0).to_json(), "format": "stl-binary"}
    line = json.dumps({**told, "engine_version": ENGINE_VERSION, **changes})
    return f"\nimport sys\nprint({line!r}, flush=True)\n"


ANSWER = answer()


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.stl"
    path.write_bytes(binary_stl(cube(8.0)))
    return path


@pytest.fixture
def instead(monkeypatch):
    """Have the host's children run other Python code; sys.argv[1] is the model, sys.argv[2] the picture."""

    def replace(code):
        host = f"""
import sys
from pricing.engine import host
def measure(job):
    sys.argv[1:] = [job.model, *job.artefacts.values()]
    exec({textwrap.dedent(code)!r}, {{"__name__": "__main__"}})
    return 0
host.serve(measure)
"""
        monkeypatch.setattr(hosting, "host_command", lambda: [sys.executable, "-P", "-c", host])
        hosting.stop()

    yield replace
    hosting.stop()
