"""What can be cast: a table of cases."""

import json
import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from pricing.engine.castability import MESSAGES, SEVERITY, VERDICTS, CastingLimits, Facts, Reason, Verdict, judge
from pricing.engine.measurement import Walls

ROOT = Path(__file__).parents[3]
RUSSIAN = ROOT / "templates" / "locale" / "ru" / "LC_MESSAGES" / "django.po"

SOUND = Facts(
    walls=Walls(min_mm=1.1, low_mm=1.2, thin=(), samples=10_000, histogram=()),
    box_mm=(21.0, 21.0, 5.0),
    pieces=1,
    first_mm3=400.0,
    second_mm3=400.1,
    agrees=True,
    error_mm3=0.1,
    open_edges=0,
    unit="mm",
    unit_source="assumed",
)


def walls(low_mm):
    return replace(SOUND.walls, low_mm=low_mm)


@pytest.mark.parametrize(
    ("changes", "verdict", "codes"),
    [
        ({}, "ok", []),
        ({"walls": walls(0.8)}, "ok", []),
        ({"walls": walls(0.7951)}, "ok", []),
        ({"walls": walls(0.78)}, "advice", ["wall_thin"]),
        ({"walls": walls(0.5)}, "advice", ["wall_thin"]),
        ({"walls": walls(0.4899)}, "refuse", ["wall_too_thin"]),
        ({"walls": walls(None)}, "review", ["walls_unknown"]),
        ({"box_mm": (76.2, 10.0, 101.6)}, "ok", []),
        ({"box_mm": (76.2, 76.2, 3.0)}, "ok", []),
        ({"box_mm": (76.3, 77.0, 3.0)}, "refuse", ["too_big_for_flask"]),
        ({"box_mm": (10.0, 10.0, 101.7)}, "refuse", ["too_big_for_flask"]),
        ({"box_mm": (4.9, 4.9, 1.0)}, "advice", ["size_unlikely"]),
        ({"box_mm": (4.9, 4.9, 1.0), "unit_source": "file"}, "ok", []),
        ({"box_mm": (4.9, 4.9, 1.0), "unit_source": "given"}, "ok", []),
        ({"box_mm": (121.0, 4.9, 1.0)}, "refuse", ["too_big_for_flask", "size_unlikely"]),
        ({"pieces": 3}, "advice", ["loose_bodies"]),
        ({"agrees": False, "second_mm3": 410.0}, "review", ["volume_disagrees"]),
        ({"open_edges": 3, "error_mm3": 4.0}, "ok", []),
        ({"open_edges": 3, "error_mm3": 4.1}, "review", ["open_surface"]),
        ({"open_edges": 0, "error_mm3": 4.1}, "ok", []),
        (
            {"agrees": False, "pieces": 2, "walls": walls(0.3), "box_mm": (200.0, 200.0, 5.0)}
            | {"open_edges": 9, "error_mm3": 40.0},
            "review",
            ["volume_disagrees", "open_surface", "wall_too_thin", "too_big_for_flask", "size_unlikely", "loose_bodies"],
        ),
    ],
)  # fmt: skip
def test_the_verdict_is_that_of_the_worst_reason(changes, verdict, codes):
    found = judge(replace(SOUND, **changes), CastingLimits())

    assert (found.code, [reason.code for reason in found.reasons]) == (verdict, codes)


METRES_TAKEN = {"unit": "m", "unit_source": "file"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"box_mm": (21_000.0, 21_000.0, 5_000.0), **METRES_TAKEN}, ["unit_in_doubt"]),
        ({"box_mm": (830.0, 830.0, 200.0), **METRES_TAKEN}, ["unit_in_doubt"]),
        ({"box_mm": (210.0, 210.0, 50.0), "unit": "cm", "unit_source": "file"}, ["unit_in_doubt"]),
        ({"box_mm": (0.021, 0.021, 0.005), "walls": walls(0.002), "unit_source": "file"}, ["unit_in_doubt"]),
        ({"box_mm": (0.021, 0.021, 0.005), "walls": walls(0.002)}, ["unit_in_doubt"]),
        ({"box_mm": (2.1, 2.1, 0.5), "walls": walls(0.2)}, ["unit_in_doubt"]),
        ({"box_mm": (2.1, 2.1, 0.5), "walls": walls(None)}, ["unit_in_doubt", "walls_unknown"]),
        ({"box_mm": (4.0, 4.0, 1.0), "walls": walls(0.3), "unit_source": "file"}, ["wall_too_thin"]),
        ({"box_mm": (210.0, 210.0, 50.0), "unit_source": "file"}, ["too_big_for_flask"]),
        ({"box_mm": (21_000.0, 21_000.0, 5_000.0), "unit": "m", "unit_source": "given"}, ["too_big_for_flask"]),
        ({"box_mm": (2.1, 2.1, 0.5), "walls": walls(0.2), "unit_source": "given"}, ["wall_too_thin"]),
    ],
)
def test_what_would_be_refused_for_a_unit_that_nobody_confirmed_is_asked_about(changes, codes):
    assert codes == [reason.code for reason in judge(replace(SOUND, **changes), CastingLimits()).reasons]


def test_the_question_shows_the_size_in_every_unit():
    [doubt] = judge(replace(SOUND, box_mm=(21_300.0, 21_000.0, 5_000.0), **METRES_TAKEN), CastingLimits()).reasons

    assert (doubt.verdict, doubt.params) == (
        "review",
        {"size_mm": 21_300.0, "as_mm": 21.3, "as_cm": 213.0, "as_inch": 541.02, "as_m": 21_300.0},
    )
    assert "21.3 mm if it is drawn in millimetres" in doubt.message


def test_an_alloy_has_its_own_limits():
    platinum = CastingLimits(wall_refuse_mm=0.8, wall_advice_mm=1.3, flask_diameter_mm=50, flask_height_mm=60)

    assert codes(SOUND, platinum) == ["wall_thin"]
    assert codes(replace(SOUND, walls=walls(0.7)), platinum) == ["wall_too_thin"]
    assert codes(replace(SOUND, box_mm=(55.0, 55.0, 5.0), walls=walls(2.0)), platinum) == ["too_big_for_flask"]


def test_limits_that_contradict_themselves_are_refused():
    with pytest.raises(ValueError, match=r"0\.9"):
        CastingLimits(wall_refuse_mm=0.9, wall_advice_mm=0.8)
    with pytest.raises(ValueError, match="flask"):
        CastingLimits(flask_height_mm=0)


def test_a_customer_reads_the_figures():
    thin, odd = (
        judge(replace(SOUND, walls=walls(0.48999)), CastingLimits()),
        judge(replace(SOUND, box_mm=(2.13, 2.0, 0.5)), CastingLimits()),
    )

    assert "wall is 0.48 mm; below 0.5 mm" in thin.reasons[0].message
    assert "measures 2.13 mm" in odd.reasons[0].message
    assert "in centimetres it would be 21.3 mm" in odd.reasons[0].message


def test_both_figures_of_a_doubtful_volume_are_shown():
    doubt = judge(replace(SOUND, agrees=False, first_mm3=386.004, second_mm3=282.0), CastingLimits()).reasons[0]

    assert doubt.params == {"first_mm3": 386.0, "second_mm3": 282.0}


def test_a_piece_without_volume_and_open_is_reviewed():
    assert judge(replace(SOUND, first_mm3=0.0, open_edges=1), CastingLimits()).code == "review"


def test_a_verdict_survives_json():
    verdict = judge(replace(SOUND, pieces=2, walls=walls(0.1)), CastingLimits())

    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict
    with pytest.raises(ValueError, match="splendid"):
        Verdict.from_json({"code": "splendid", "reasons": []})


def test_every_reason_has_a_message_and_a_verdict():
    assert set(MESSAGES) == set(SEVERITY)
    ranks = [VERDICTS.index(verdict) for verdict in SEVERITY.values()]
    assert ranks == sorted(ranks, reverse=True)
    assert all(Reason(code, dict.fromkeys(places(code), "?")).message for code in MESSAGES)


def test_every_message_is_in_russian_with_the_same_figures():
    with RUSSIAN.open("rb") as file:
        russian = {message.id: message.string for message in read_po(file)}

    for code, message in MESSAGES.items():
        assert sorted(re.findall(r"{(\w+)}", russian[message])) == sorted(places(code)), code


def test_the_table_of_reasons_in_the_documentation_is_complete():
    text = (ROOT / "docs" / "pricing.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `([a-z_]+)` \| (\w+) \|", text.split("## What can be cast")[1].split("\n## ")[0], re.MULTILINE
    )

    assert rows == list(SEVERITY.items())


def places(code):
    return [name for _, name, _, _ in string.Formatter().parse(MESSAGES[code]) if name]


def codes(facts, limits):
    return [reason.code for reason in judge(facts, limits).reasons]
