"""Prices that were told stay told: frozen receipts, calculated again to the cent."""

import json
from pathlib import Path

import pytest

from pricing.engine.receipts import differences, price_of_receipt

RECEIPTS = sorted((Path(__file__).parents[2] / "golden" / "receipts").glob("*.json"))


def test_there_are_receipts_of_the_first_engine_and_of_this_one():
    first = [path for path in RECEIPTS if path.name.startswith("first-")]

    assert len(first) == 6
    assert len(RECEIPTS) >= 16


@pytest.mark.parametrize("path", RECEIPTS, ids=lambda path: path.stem)
def test_a_frozen_receipt_gives_the_price_that_was_told(path):
    frozen = json.loads(path.read_text(encoding="utf-8"))

    assert differences(frozen["price"], price_of_receipt(frozen["receipt"])) == []


def test_a_difference_of_a_cent_is_named():
    frozen = json.loads(RECEIPTS[0].read_text(encoding="utf-8"))
    told = frozen["price"]
    changed = told | {"tax": "1.00", "components": [*told["components"][1:], {"code": "polish", "amount": "0.01"}]}

    named = differences(changed, price_of_receipt(frozen["receipt"]))

    gone = told["components"][0]
    assert named == [f"tax 1.00, now {told['tax']}", f"{gone['code']} 0, now {gone['amount']}", "polish 0.01, now 0"]
