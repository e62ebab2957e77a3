"""The demo shop's designs: real pieces that the engine measures, prices and draws."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from pricing.engine.formats import read_model
from pricing.engine.measure import measure

DESIGNS = Path(__file__).parents[3] / "examples" / "designs"
ENTRIES = json.loads((DESIGNS / "designs.json").read_text(encoding="utf-8"))
FILES = [entry["file"] for entry in ENTRIES]


@pytest.mark.parametrize("file", FILES)
def test_a_design_is_one_clean_piece(file):
    found = measure(read_model((DESIGNS / file).read_bytes()))

    assert found.watertight
    assert found.bodies == (2 if file == "sun_pendant.stl" else 1)  # disc and bail
    assert 5_000 <= found.triangles <= 25_000
    assert 150 < found.volume_mm3 < 1600


@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry["kind"] == "ring"], ids=lambda entry: entry["file"]
)
def test_a_ring_has_the_size_that_it_is_sold_in(entry):
    triangles = read_model((DESIGNS / entry["file"]).read_bytes()).mesh.triangles()

    inner = 2 * np.hypot(triangles[..., 0], triangles[..., 2]).min()

    assert inner == pytest.approx(float(entry["size"]), abs=0.15)


def test_every_design_is_described_in_both_languages():
    for entry in ENTRIES:
        assert entry["kind"] in {"ring", "pendant", "earring", "bracelet"}
        assert all(entry[field] for field in ("name", "name_ru", "category", "description", "description_ru"))


def test_the_files_are_what_the_script_makes():
    script = runpy.run_path(str(DESIGNS / "make_designs.py"))

    for make, _ in script["DESIGNS"]:
        written = read_model((DESIGNS / f"{make.__name__}.stl").read_bytes()).mesh.triangles()
        # Not byte for byte: another processor's sine may differ in its last bit.
        assert np.allclose(make(), written, atol=1e-5)
