"""The table of cases of the approval rules: pure, without a database."""

from decimal import Decimal

import pytest

from crm.facts import LineFacts, OrderFacts
from crm.rules import _CHECKS, Rule, evaluate, stops
from crm.states import RuleKind
from crm.words import _WORDS, remedy_of, why_of


def rule(kind, outcome="stop", limit=None, count=None, listed=()):
    return Rule(kind, kind, outcome, Decimal(limit) if limit else None, count, frozenset(listed))


def order(gross="100", lines=None, **facts):
    lines = lines or (line(gross=gross),)
    return OrderFacts("EUR", Decimal(gross), tuple(lines), **{"country": "NO", "lead_days": 14} | facts)


def line(title="ring", gross="100", **facts):
    return LineFacts(title, Decimal(gross), **facts)


AMOUNT = rule("amount_limit", limit=5000)
LINE = rule("line_price", limit=900)
TRUST = rule("customer_trusted", "pass")
TRUSTED = {"standing": "trusted", "trusted_limit": Decimal(8000)}

CASES = [
    # total
    ([AMOUNT], order("5000"), []),
    ([AMOUNT], order("5000.01"), ["stop amount_over_limit"]),
    ([rule("amount_limit", "warn", limit=50), AMOUNT], order(), ["warn amount_over_limit"]),
    ([rule("amount_limit", "pass", limit=50)], order(), ["pass amount_over_limit"]),
    # price of a line
    ([LINE], order("1000", [line(gross="100"), line(gross="900")]), []),
    ([LINE], order("1000.01", [line(gross="100"), line(gross="900.01")]), ["stop line_over_limit"]),
    # quantity
    ([rule("quantity", count=10)], order(lines=[line(pieces=10)]), []),
    ([rule("quantity", count=10)], order(lines=[line(pieces=11)]), ["stop many_pieces"]),
    # alloy
    ([rule("alloy", listed=["pt950"])], order(lines=[line(alloy="au585-red")]), []),
    ([rule("alloy", listed=["pt950"])], order(lines=[line(alloy="pt950")]), ["stop alloy_listed"]),
    ([rule("alloy")], order(lines=[line(alloy="ag925", is_offered=False)]), ["stop alloy_not_offered"]),
    # whether it can be made
    ([rule("manufacturable")], order(lines=[line(verdict="ok"), line(verdict="advice")]), []),
    ([rule("manufacturable")], order(lines=[line(verdict="review"), line(verdict="")]), ["stop design_doubtful"] * 2),
    ([rule("advice", "warn")], order(lines=[line(verdict="advice")]), ["warn design_advised_against"]),
    # stones, engraving, note
    ([rule("stones", count=20)], order(lines=[line(stones=20)]), []),
    ([rule("stones", count=20)], order(lines=[line(stones=21)]), ["stop many_stones"]),
    ([rule("engraving", "warn")], order(lines=[line(engraving="for ever")]), ["warn engraved"]),
    ([rule("engraving")], order(), []),
    ([rule("note")], order(has_note=True), ["stop customer_wrote"]),
    ([rule("note")], order(), []),
    # promised date
    ([rule("lead_time", count=14)], order(lead_days=14), []),
    ([rule("lead_time", count=14)], order(lead_days=13), ["stop lead_time_short"]),
    # customer
    ([rule("customer_new")], order(is_new_customer=True), ["stop customer_new"]),
    ([rule("customer_new")], order(), []),
    ([rule("customer_blocked")], order(standing="blocked"), ["stop customer_blocked"]),
    ([rule("customer_overdue")], order(standing="overdue"), ["stop customer_overdue"]),
    ([rule("customer_blocked"), rule("customer_overdue")], order(), []),
    # trust
    ([AMOUNT, LINE, TRUST], order("8000", **TRUSTED), ["pass amount_over_limit", "pass line_over_limit"]),
    ([AMOUNT, TRUST], order("8000.01", **TRUSTED), ["stop amount_over_limit"]),
    ([AMOUNT], order("8000", **TRUSTED), ["stop amount_over_limit"]),
    ([AMOUNT, TRUST], order("8000", standing="normal"), ["stop amount_over_limit"]),
    ([rule("note", "warn"), TRUST], order(has_note=True, **TRUSTED), ["pass customer_wrote"]),
    ([rule("note"), TRUST], order(has_note=True, **TRUSTED), ["stop customer_wrote"]),
    ([LINE, TRUST], order("7000", [line(gross="7000")], **TRUSTED), ["pass line_over_limit"]),
    # country
    ([rule("country", listed=["NO", "SE"])], order(country="no"), []),
    ([rule("country", listed=["NO", "SE"])], order(country="BR"), ["stop country_unusual"]),
    # payment
    ([rule("payment")], order(is_paid=False), ["stop not_paid"]),
    ([rule("payment")], order(is_paid=True), []),
    # a price that is none: always, first, and for everybody
    ([], order("0"), ["stop price_impossible"]),
    ([], order("-1"), ["stop price_impossible"]),
    ([AMOUNT, LINE], order("NaN"), ["stop price_impossible"]),
    ([AMOUNT, LINE], order("Infinity"), ["stop price_impossible"]),
    ([TRUST], order("NaN", **TRUSTED), ["stop price_impossible"]),
    ([TRUST], order("100", [line(gross="100"), line(gross="0")], **TRUSTED), ["stop price_impossible"]),
    ([AMOUNT], order("9000", [line(gross="-1")]), ["stop price_impossible", "stop amount_over_limit"]),
    ([], OrderFacts("EUR", Decimal(100), ()), ["stop price_impossible"]),
    ([], order("99999"), []),
]


@pytest.mark.parametrize(("rules", "facts", "found"), CASES)
def test_exactly_this_is_found_of_an_order(rules, facts, found):
    assert [f"{one.outcome} {one.code}" for one in evaluate(rules, facts)] == found


def test_every_kind_of_rule_has_its_check_and_its_cases():
    tried = {one.kind for rules, _facts, found in CASES for one in rules}

    assert set(_CHECKS) == set(RuleKind) == tried


def test_every_reason_says_why_and_what_would_resolve_it():
    found = {one for rules, facts, _found in CASES for one in evaluate(rules, facts)}

    assert {one.code for one in found} == set(_WORDS) - {"no_routing"}
    for reason in found:
        assert reason.code not in why_of(reason)
        assert why_of(reason).endswith((".", ")."))
        assert remedy_of(reason).endswith(".")


def test_facts_come_back_from_their_store_as_they_were():
    facts = order("12.30", [line(gross="12.30", stones=3, engraving="M")], **TRUSTED)

    assert OrderFacts.from_json(facts.to_json()) == facts
    assert '"12.30"' in str(facts.to_json()).replace("'", '"')


def test_facts_that_an_older_karat_stored_are_not_taken_for_todays():
    assert OrderFacts.from_json({"gross": "100", "currency": "EUR", "doubtful_designs": []}) is None
    assert OrderFacts.from_json({}) is None


def test_only_a_stop_needs_a_person():
    found = evaluate([AMOUNT, rule("engraving", "warn")], order("6000", [line(gross="6000", engraving="M")]))

    assert [one.code for one in stops(found)] == ["amount_over_limit"]
