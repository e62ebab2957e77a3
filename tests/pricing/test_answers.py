"""A measuring process's answer: every figure that a spoiled process could send is refused before it is stored."""

import json
from dataclasses import replace

import pytest

from pricing.answers import told_format, told_measurement, told_params
from pricing.engine.formats import read_model
from pricing.engine.measure import measure
from pricing.engine.measurement import Repair, Stone, ThinPlace, Walls
from tests.pricing.engine import jewels
from tests.pricing.engine.shapes import binary_stl, measurement

NAN, INFINITY = float("nan"), float("inf")
FULL = measurement(
    stones=(Stone(3, 2.0, 1.9, 1.2, 2.5, (-9.0, 0.5, 0.0), "round"),),
    repairs=(Repair("filled_holes", 2),),
    walls=Walls(0.4, 0.6, (ThinPlace(-9.0, 1.0, -2.0, 0.4),), 9_000, ((0.5, 0.01), (1.5, 1.0))),
    signed_volume_mm3=-3.0,
    second_volume_mm3=-1.0,
    centre_mm=(-10.0, 0.0, 4.0),
)


def numbers(told, path=()):
    """The path of every number in an answer."""
    if isinstance(told, dict | list):
        for key, value in told.items() if isinstance(told, dict) else enumerate(told):
            yield from numbers(value, (*path, key))
    elif isinstance(told, int | float) and not isinstance(told, bool):
        yield path


def with_value(path, value):
    """What FULL tells, with another value in one place."""
    told = FULL.to_json()
    *way, last = path
    here = told
    for key in way:
        here = here[key]
    here[last] = value
    return told


def spelled(path):
    return ".".join(str(key) for key in path)


NUMBERS = list(numbers(FULL.to_json()))
POSITIONS = [
    ("signed_volume_mm3",),
    ("second_volume_mm3",),
    *[("centre_mm", k) for k in range(3)],
    *[("stones", 0, "centre_mm", k) for k in range(3)],
    *[("walls", "thin", 0, k) for k in range(3)],
]


def test_what_the_engine_finds_is_believed_as_it_is():
    found = measure(read_model(binary_stl(jewels.solitaire().triangles())))

    assert told_measurement(json.loads(json.dumps(found.to_json()))) == found
    assert told_measurement(json.loads(json.dumps(FULL.to_json()))) == FULL


def test_a_piece_whose_walls_could_not_be_judged_is_believed():
    found = replace(FULL, walls=Walls(None, None, (), 0, ()))

    assert told_measurement(found.to_json()) == found


@pytest.mark.parametrize("path", NUMBERS, ids=spelled)
@pytest.mark.parametrize("value", [NAN, INFINITY, -INFINITY, 10**400, 1e300, "7", [7]], ids=repr)
def test_no_number_may_be_anything_else(path, value):
    with pytest.raises((TypeError, ValueError, ArithmeticError)):
        told_measurement(with_value(path, value))


@pytest.mark.parametrize("path", [path for path in NUMBERS if path not in POSITIONS], ids=spelled)
def test_no_size_and_no_count_is_negative(path):
    with pytest.raises(ValueError, match=r"a measurement that can't be"):
        told_measurement(with_value(path, -1 if isinstance(FULL.to_json().get(path[0]), int) else -1.0))


@pytest.mark.parametrize("path", POSITIONS, ids=spelled)
def test_a_position_and_a_balance_may_be_negative(path):
    assert told_measurement(with_value(path, -1.5)).to_json() == with_value(path, -1.5)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("volume_mm3",), 0.0),
        (("area_mm2",), 0.0),
        (("watertight",), "no"),
        (("volume_agrees",), None),
        (("triangles",), 12.5),
        (("unit",), "furlong"),
        (("unit_source",), "guessed"),
        (("box_mm",), [1.0, 2.0]),
        (("box_mm",), "123"),
        (("stones", 0, "cut"), "potato"),
        (("stones", 0, "note"), "<script>"),
        (("stones",), {}),
        (("repairs", 0, "code"), "filled\0holes"),
        (("walls",), []),
        (("walls", "min_mm"), None),
        (("walls", "low_mm"), None),
        (("walls", "low_mm"), 0.3),
        (("walls", "samples"), 0),
        (("walls", "thin", 0), [1.0, 2.0, 3.0]),
        (("walls", "histogram", 0), [0.5, 1.01]),
        (("more",), 7),
    ],
)
def test_what_the_engine_would_not_say_is_not_believed(path, value):
    with pytest.raises((KeyError, TypeError, ValueError)):
        told_measurement(with_value(path, value))


@pytest.mark.parametrize("name", sorted(FULL.to_json()))
def test_nothing_may_be_missing(name):
    told = FULL.to_json()
    del told[name]

    with pytest.raises(KeyError):
        told_measurement(told)


@pytest.mark.parametrize("told", ["", "stl binary", "x" * 25, "stl\0", "<b>"])
def test_a_format_is_a_short_plain_name(told):
    with pytest.raises(ValueError, match="format"):
        told_format(told)


def test_parameters_are_made_fit_for_the_database():
    told = {"name": "ring\0\ud800.3dm", "long": "x" * 999, "bytes": 7, "share": NAN, "more": INFINITY, "list": [1]}

    assert told_params(told) == {"name": "ring.3dm", "long": "x" * 200, "bytes": 7}
