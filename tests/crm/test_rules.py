from decimal import Decimal

import pytest

from crm.rules import OrderFacts, Rule, evaluate

LIMIT = Rule("order-amount", "amount_limit", Decimal(5000))
CLOSED = Rule("design-is-closed", "manufacturable", None)


def _facts(gross="100", lines=None, doubtful_designs=()):
    amounts = tuple(Decimal(one) for one in (lines or [gross]))
    return OrderFacts("EUR", Decimal(gross), amounts, tuple(doubtful_designs))


@pytest.mark.parametrize(
    ("rules", "facts", "codes"),
    [
        ([LIMIT, CLOSED], _facts(), []),
        ([LIMIT], _facts("5000"), []),
        ([LIMIT], _facts("5000.01"), ["amount_over_limit"]),
        ([CLOSED], _facts(doubtful_designs=["ring", "pin"]), ["design_doubtful", "design_doubtful"]),
        ([LIMIT, CLOSED], _facts("9000", doubtful_designs=["ring"]), ["amount_over_limit", "design_doubtful"]),
        ([], _facts("0"), ["price_impossible"]),
        ([], _facts("-1"), ["price_impossible"]),
        ([], _facts("NaN"), ["price_impossible"]),
        ([], _facts("Infinity"), ["price_impossible"]),
        ([], _facts("100", lines=["100", "0"]), ["price_impossible"]),
        ([], _facts("99999"), []),
    ],
)
def test_an_order_stops_for_exactly_these_reasons(rules, facts, codes):
    assert [reason.code for reason in evaluate(rules, facts)] == codes
