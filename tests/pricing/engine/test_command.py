"""`python -m pricing.engine`: what it prints and how it ends."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pricing.engine.mesh import Mesh
from pricing.engine.rates import load_rates
from pricing.engine.version import ENGINE_VERSION
from tests.pricing.engine import jewels
from tests.pricing.engine.files import glb, mesh_of, rhino, step_box
from tests.pricing.engine.files import obj as written_as_obj
from tests.pricing.engine.shapes import ascii_stl, binary_stl, cube, price_list, soup, torus

ROOT = Path(__file__).parents[3]
BROKEN = ROOT / "examples" / "designs" / "broken"
ALLOYS = [
    "au375-yellow", "au585-yellow", "au750-yellow", "au585-rose", "au750-rose", "au585-white-ni", "au750-white-pd",
    "ag925", "pt950-ru",
]  # fmt: skip


def run(*arguments):
    command = [sys.executable, "-m", "pricing.engine", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "cube.stl"
    path.write_bytes(binary_stl(cube(8.0)))
    return path


def refused(ended):
    assert ended.returncode == 2
    assert ended.stderr == ""
    answer = json.loads(ended.stdout)
    assert sorted(answer) == ["code", "message"]
    return answer["code"]


def test_json_is_one_object_with_everything_the_price_rests_on(model):
    ended = run(model, "--alloy", "ag925", "--finish", "matte", "--json")

    assert (ended.returncode, ended.stderr) == (0, "")
    # mass 512 x 10.36 / 1000 = 5.30432; metal 5.304 x 0.925 x 1.45 x 1.10 x 1.10 = 8.6079… ;
    # refining the sprue 1.591 x 0.925 x 1.45 x 0.02 = 0.0426…; wax 4 + 0.544 cm3 x 6 + 8.16 mm x 0.20 = 8.896;
    # casting 12 + 5.304 x 0.60 = 15.1824; finishing 3.84 cm2 x 2.60 = 9.984; no hallmark below 7.78 g; piece 51.71;
    # margin 51.71 x 0.35 = 18.0985, and 6.30 on the set-up of 18.00
    # finished 5.304 - 3.84 x 0.001 x 10.36 = 5.2642…
    told = json.loads(ended.stdout)
    assert told.pop("volume_error_mm3") < 0.001
    assert told.pop("walls")["samples"] == 10_000
    assert told.pop("wall_min_mm") == pytest.approx(8)
    for volume in ("volume_mm3", "second_volume_mm3"):
        assert told.pop(volume) == pytest.approx(512, rel=1e-8)
    assert told == {
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "engine_version": ENGINE_VERSION,
        "format": "stl-binary",
        "triangles": 12,
        "bodies": 1,
        "watertight": True,
        "signed_volume_mm3": 512.0,
        "volume_agrees": True,
        "volume_with_stones_mm3": 512.0,
        "area_mm2": 384.0,
        "box_mm": [8.0, 8.0, 8.0],
        "centre_mm": [4.0, 4.0, 4.0],
        "pieces": 1,
        "open_edges": 0,
        "unit": "mm",
        "unit_source": "assumed",
        "stones": {"count": 0, "each": []},
        "repairs": [],
        "verdict": "ok",
        "reasons": [],
        "mass_g": "5.304",
        "finished_mass_g": "5.264",
        "alloy": "ag925",
        "finish": "matte",
        "quantity": 1,
        "plating": None,
        "engraved_characters": 0,
        "rush": False,
        "price": {
            "currency": "EUR",
            "net": "94.11",
            "tax": "18.82",
            "gross": "112.93",
            "components": [
                {"code": "metal", "amount": "8.61"},
                {"code": "refining", "amount": "0.04"},
                {"code": "print", "amount": "8.90"},
                {"code": "casting", "amount": "15.18"},
                {"code": "cleanup", "amount": "3.50"},
                {"code": "finishing", "amount": "9.98"},
                {"code": "inspection", "amount": "2.50"},
                {"code": "packing", "amount": "3.00"},
                {"code": "setup", "amount": "18.00"},
                {"code": "margin", "amount": "24.40"},
            ],
        },
    }


def test_the_breakdown_can_be_read_by_people(model):
    ended = run(model, "--alloy", "ag925", "--finish", "matte", "--quantity", "2")

    assert ended.returncode == 0
    assert "5.304 g of ag925 as cast, 5.264 g finished" in ended.stdout
    # two pieces of 51.71 + 18.10, one set-up of 18.00 + 6.30: net 163.92, tax 32.784
    assert ended.stdout.splitlines()[-1].split() == ["gross", "196.70", "EUR"]


def test_plating_engraving_and_rush_are_priced_and_told(model):
    ended = run(
        model,
        "--alloy",
        "ag925",
        "--plating",
        "rhodium",
        "--engraving",
        "E & M",
        "--rush",
        "--finish",
        "matte",
        "--json",
    )

    told = json.loads(ended.stdout)
    assert (told["plating"], told["engraved_characters"], told["rush"]) == ("rhodium", 3, True)
    amounts = {part["code"]: part["amount"] for part in told["price"]["components"]}
    # 12.00 + 3.84 cm2 x 1.10 = 16.224; 6.00 + 3 x 0.45
    assert (amounts["plating"], amounts["engraving"]) == ("16.22", "7.35")
    # piece 51.71 + 4.22 + 1.35 = 57.28, margin 20.05: 77.33; set-up 18.00 + 12.00 + 6.00, margin 12.60: 48.60;
    # 77.33 x 0.30 = 23.199 and 48.60 x 0.30 = 14.58
    assert amounts["rush"] == "37.78"


def test_the_breakdown_tells_what_was_chosen(model):
    ended = run(model, "--alloy", "ag925", "--plating", "gold", "--engraving", "E & M", "--rush")

    assert "polished, quantity 1, plated with gold, 3 characters engraved, rush" in ended.stdout.splitlines()


def answer(file, content, *options):
    """What the command says about a file in au750-yellow, which it must not refuse."""
    file.write_bytes(content)
    ended = run(file, "--alloy", "au750-yellow", "--json", *options)
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


def test_a_thin_ring_is_refused_with_its_reason(tmp_path):
    told = answer(tmp_path / "thin.stl", binary_stl(jewels.plain_ring(thick=0.3).triangles()))

    assert told["verdict"] == "refuse"
    assert [reason["code"] for reason in told["reasons"]] == ["wall_too_thin"]
    assert "below 0.5 mm it can't be cast" in told["reasons"][0]["message"]
    assert told["wall_min_mm"] < 0.3


def test_a_unit_that_is_given_counts(tmp_path):
    ring = jewels.plain_ring().triangles()
    in_mm = answer(tmp_path / "mm.obj", written_as_obj(mesh_of(ring)), "--unit", "mm")
    in_cm = answer(tmp_path / "cm.obj", written_as_obj(mesh_of(ring / 10)), "--unit", "cm")

    assert (in_cm["unit"], in_cm["unit_source"]) == ("cm", "given")
    assert in_cm["volume_mm3"] == pytest.approx(in_mm["volume_mm3"], rel=1e-9)
    assert in_cm["price"] == in_mm["price"]


def test_a_tiny_piece_without_a_unit_is_asked_about(tmp_path):
    told = answer(tmp_path / "small.stl", binary_stl(cube(2.0)))

    assert (told["verdict"], told["unit_source"]) == ("advice", "assumed")
    assert [reason["code"] for reason in told["reasons"]] == ["size_unlikely"]


def glb_in_millimetres(mesh):
    """As exporters of jewellery write them, though glTF is in metres: `glb` would write metres."""
    return glb(Mesh(mesh.vertices * 1000, mesh.faces))


@pytest.mark.parametrize("times", [1, 10])
def test_a_glb_in_millimetres_is_asked_about_and_its_unit_may_be_given(tmp_path, times):
    ring = jewels.moved(jewels.plain_ring(), (90 * times, 0, 0))
    (tmp_path / "ring.glb").write_bytes(glb_in_millimetres(ring))

    asked = answer(tmp_path / "ring.glb", glb_in_millimetres(ring))
    told = answer(tmp_path / "ring.glb", glb_in_millimetres(ring), "--unit", "mm")

    assert (asked["verdict"], asked["price"], asked["unit"]) == ("review", None, "m")
    assert [reason["code"] for reason in asked["reasons"]] == ["unit_in_doubt"]
    assert "19.6 mm if it is drawn in millimetres" in asked["reasons"][0]["message"]
    assert (told["verdict"], told["unit"], told["unit_source"]) == ("ok", "mm", "given")
    assert told["volume_mm3"] == pytest.approx(jewels.volume(ring), rel=1e-4)


def test_a_model_in_doubt_goes_to_a_person_without_a_price(tmp_path):
    told = answer(tmp_path / "open.stl", binary_stl(np.delete(torus(around=24, across=12), range(40), axis=0)))

    assert told["verdict"] == "review"
    assert told["open_edges"] > 0
    assert told["price"] is None


def test_a_breakdown_without_a_price_says_why(tmp_path):
    (tmp_path / "open.stl").write_bytes(binary_stl(np.delete(torus(around=24, across=12), range(40), axis=0)))

    ended = run(tmp_path / "open.stl", "--alloy", "ag925")

    assert ended.returncode == 0
    assert "verdict: review" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "no price before somebody has looked at it"


def test_stones_are_counted_and_not_weighed(tmp_path):
    told = answer(tmp_path / "solitaire.stl", binary_stl(jewels.solitaire().triangles()))

    assert told["stones"]["count"] == len(told["stones"]["each"]) == 1
    assert told["stones"]["each"][0]["cut"] == "round"
    assert told["stones"]["each"][0]["length_mm"] == pytest.approx(6.5, abs=0.02)
    assert told["volume_with_stones_mm3"] > told["volume_mm3"] + 50
    assert "setting" in [part["code"] for part in told["price"]["components"]]


def test_what_was_mended_is_told(tmp_path):
    whole = jewels.plain_ring()
    told = answer(tmp_path / "flipped.stl", binary_stl(jewels.flipped(whole).triangles()))

    assert told["repairs"]
    assert all(repair["count"] > 0 for repair in told["repairs"])
    assert told["volume_mm3"] == pytest.approx(jewels.volume(whole), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "content"), [("cube.3dm", rhino(soup(cube(8.0)))), ("cube.stp", step_box(8, 8, 8, "CM"))]
)
def test_files_of_libraries_are_read_within_the_commands_own_limits(tmp_path, name, content):
    told = answer(tmp_path / name, content)

    assert told["volume_mm3"] == pytest.approx(512)
    assert told["unit_source"] == "file"


def test_a_picture_is_written_on_request(model, tmp_path):
    ended = run(model, "--alloy", "au585-rose", "--preview", tmp_path / "cube.png", "--json")

    assert ended.returncode == 0
    assert (tmp_path / "cube.png").read_bytes().startswith(b"\x89PNG")


def test_own_rates_replace_the_demo_rates(model, tmp_path):
    demo = load_rates()
    stored = {
        "alloys": [demo.alloys["ag925"].to_json()],
        "metal_prices": demo.metal_prices.to_json(),
        "price_list": price_list(currency="EUR", minimum_net=price_list().minimum_net * 10).to_json(),
    }
    (tmp_path / "rates.json").write_text(json.dumps(stored), encoding="utf-8")

    ended = run(model, "--alloy", "ag925", "--rates", tmp_path / "rates.json", "--json")

    assert json.loads(ended.stdout)["price"]["net"] == "450.00"


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("empty.stl", "empty_file"),
        ("not_a_model.stl", "unknown_format"),
        ("false_count.stl", "false_triangle_count"),
        ("nan.stl", "not_finite"),
        ("flat.stl", "no_volume"),
    ],
)
def test_a_refused_file_is_named(file, code):
    assert refused(run(BROKEN / file, "--alloy", "au750-yellow", "--json")) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n", "empty_file"),
        (b"a letter, not a model", "unknown_format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "unknown_format"),
        (binary_stl(cube(8.0))[:-50], "false_triangle_count"),
        (None, "file_not_found"),
    ],
)
def test_what_is_no_model_is_refused_before_anything_heavy_is_loaded(tmp_path, content, code):
    if content is not None:
        (tmp_path / "model").write_bytes(content)
    program = f"""
import sys
from pricing.engine.__main__ import main
status = main([{str(tmp_path / "model")!r}, "--alloy", "ag925", "--json"])
assert not {{"numpy", "numba", "lxml"}} & sys.modules.keys(), sorted(sys.modules)
sys.exit(status)
"""

    assert refused(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)) == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["{model}", "--alloy", "au999-blue"], "unknown_alloy"),
        (["{folder}/nothing.stl", "--alloy", "ag925"], "file_not_found"),
        (["{folder}", "--alloy", "ag925"], "file_not_found"),
        (["/dev/zero", "--alloy", "ag925"], "file_not_found"),
        (["{model}", "--alloy", "ag925", "--quantity", "0"], "invalid_argument"),
        (["{model}", "--alloy", "ag925", "--quantity", "many"], "invalid_argument"),
        (["{model}", "--alloy", "ag925", "--finish", "hammered"], "invalid_argument"),
        (["{model}", "--alloy", "ag925", "--plating", "chrome"], "invalid_argument"),
        (["{model}", "--alloy", "ag925", "--engraving", "x" * 201], "invalid_argument"),
        (["{model}", "--alloy", "ag925", "--gift-wrap"], "invalid_argument"),
        (["{model}"], "invalid_argument"),
        ([], "invalid_argument"),
        (["{model}", "--alloy", "ag925", "--rates", "{model}"], "bad_rates"),
        (["{model}", "--alloy", "ag925", "--rates", "{folder}/nothing.json"], "bad_rates"),
        (["{model}", "--alloy", "ag925", "--preview", "{folder}/no/such/folder.png"], "preview_not_written"),
    ],
)
def test_a_command_that_cannot_be_carried_out_is_named(model, tmp_path, arguments, code):
    filled = [argument.format(model=model, folder=tmp_path) for argument in arguments]

    assert refused(run(*filled, "--json")) == code


def test_without_json_a_refusal_is_one_line():
    ended = run(BROKEN / "flat.stl", "--alloy", "ag925")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("no_volume: This model encloses no volume")
    assert ended.stderr.count("\n") == 1


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "huge.stl").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)

    assert refused(run(tmp_path / "huge.stl", "--alloy", "ag925", "--json")) == "too_large"


def test_the_demo_rates_hold_the_promised_alloys():
    rates = load_rates()

    assert list(rates.alloys) == ALLOYS
    assert rates.price_list.currency == rates.metal_prices.currency == "EUR"


def test_text_and_binary_files_of_a_piece_cost_the_same(tmp_path):
    (tmp_path / "binary.stl").write_bytes(binary_stl(cube(8.0)))
    (tmp_path / "text.stl").write_bytes(ascii_stl(cube(8.0)))

    prices = [
        json.loads(run(tmp_path / file, "--alloy", "pt950-ru", "--json").stdout)["price"]
        for file in ("binary.stl", "text.stl")
    ]

    assert prices[0] == prices[1]
