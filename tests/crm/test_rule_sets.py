"""Versions of the approval rules: a draft is edited and tried, a published one never changes."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from config.demo.people import PASSWORD, seed_people
from config.kernel.errors import ReasonMissing
from crm.errors import RulesPublished
from crm.models import ApprovalRule, Review, RuleSet
from crm.selectors.facts import current_rule_set
from crm.selectors.trials import trial_of
from crm.services.reviews import review_order
from crm.services.rules import copy_rule_set, publish_rule_set, save_draft
from shop.models import Order
from tests.factories.crm import make_draft, publish_rules, stop_everything
from tests.factories.mes import make_workshop
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db


def login(client, name):
    make_workshop()
    seed_people()
    assert client.login(username=f"{name}@karat.example", password=PASSWORD)
    return client


def test_a_new_company_has_one_version_in_force():
    assert [(one.version, one.is_published, one.is_current) for one in RuleSet.objects.with_state()] == [
        (1, True, True)
    ]


def test_a_draft_changes_nothing_until_it_is_published():
    draft = make_draft({"kind": "amount_limit", "limit": "0.01"})

    assert review_order(order_id=make_order().pk).verdict == "approved"

    publish_rule_set(rule_set_id=draft.pk, reason="dear times", actor=None)
    review = review_order(order_id=make_order().pk)
    assert (review.verdict, review.rule_set) == ("stopped", draft)
    assert [one.is_current for one in RuleSet.objects.with_state()] == [True, False]


def test_a_copy_has_all_rules_and_the_next_number():
    copy = copy_rule_set(rule_set_id=current_rule_set().pk, note="Christmas")

    assert (copy.version, copy.note, copy.is_published) == (2, "Christmas", False)
    kinds = sorted(current_rule_set().rules.values_list("code", "kind", "outcome", "limit"))
    assert sorted(copy.rules.values_list("code", "kind", "outcome", "limit")) == kinds


def test_a_published_version_is_neither_edited_nor_published_again():
    published = current_rule_set()
    published.note = "rewritten"

    with pytest.raises(RulesPublished):
        save_draft(rule_set=published)
    with pytest.raises(RulesPublished):
        publish_rule_set(rule_set_id=published.pk, reason="again", actor=None)

    assert RuleSet.objects.get().note == "as the company began"


def test_the_database_refuses_to_change_a_published_version():
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleSet.objects.update(note="rewritten")

    assert RuleSet.objects.get().note == "as the company began"


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        lambda rules: rules.update(limit="1"),
        lambda rules: rules.all().delete(),
        lambda rules: rules.create(rule_set=current_rule_set(), code="new", kind="note"),
    ],
)
def test_the_database_refuses_to_change_a_rule_of_a_published_version(change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(ApprovalRule.objects)

    assert ApprovalRule.objects.count() == 5


def test_publishing_needs_a_reason():
    draft = make_draft()

    with pytest.raises(ReasonMissing):
        publish_rule_set(rule_set_id=draft.pk, reason=" ", actor=None)

    assert not RuleSet.objects.get(pk=draft.pk).is_published


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "amount_limit"},
        {"kind": "amount_limit", "limit": "0"},
        {"kind": "quantity"},
        {"kind": "country"},
        {"kind": "customer_trusted", "outcome": "stop"},
    ],
)
def test_a_rule_without_what_its_kind_needs_is_none(rule):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_draft(rule)

    assert RuleSet.objects.count() == 1


def test_a_trial_says_which_orders_would_stop_and_which_would_pass():
    passed = make_order()
    review_order(order_id=passed.pk)
    stop_everything()
    stopped = make_order(quantity=3)
    review_order(order_id=stopped.pk)
    undecided = make_order()

    strict = trial_of(make_draft({"kind": "quantity", "count": 2}))
    lax = trial_of(make_draft({"kind": "quantity", "count": 2, "outcome": "warn"}))
    all_of_them = trial_of(make_draft({"kind": "customer_new"}))

    assert len(strict.rows) == 3
    assert [row.order for row in strict.would_stop] == [stopped]
    assert (strict.newly_stopped, strict.newly_passed, strict.warned) == ([], [], 0)
    assert (lax.would_stop, [row.order for row in lax.newly_passed], lax.warned) == ([], [stopped], 1)
    assert [row.order for row in all_of_them.newly_stopped] == [undecided, passed]


def test_a_trial_judges_by_what_the_review_saw_and_not_by_what_became_of_it():
    order = make_order()
    review_order(order_id=order.pk)
    Order.objects.filter(pk=order.pk).update(payment_status="paid")

    trial = trial_of(make_draft({"kind": "payment"}))

    assert [row.order for row in trial.would_stop] == [order]


def test_a_trial_costs_the_same_with_few_and_with_many_orders(django_assert_num_queries):
    draft = make_draft({"kind": "note"})
    for _ in range(2):
        review_order(order_id=make_order().pk)
    with django_assert_num_queries(2):
        trial_of(draft)
    Review.objects.update(facts={})  # as an older Karat left them

    with django_assert_num_queries(5):
        trial_of(draft)
    make_order()
    with django_assert_num_queries(5):
        trial = trial_of(draft)

    assert len(trial.rows) == 3
    assert len(trial_of(draft, most=2).rows) == 2


def test_the_page_of_a_trial_links_the_orders_that_would_stop(client):
    order = make_order()
    review_order(order_id=order.pk)
    draft = make_draft({"kind": "customer_new"})

    page = login(client, "seller").get(reverse("sellers:crm_ruleset_try_out", args=[draft.pk])).content.decode()

    assert "1 of the last order would have stopped" in page
    assert reverse("sellers:shop_order_change", args=[order.pk]) in page
    assert "none of his orders was delivered yet" in page


def test_a_rule_of_a_draft_is_edited_on_its_page_and_one_of_a_published_version_is_not(client):
    login(client, "pricing")
    published, draft = current_rule_set(), make_draft({"kind": "amount_limit", "limit": "100"})
    rule = draft.rules.get()

    def save(rule_set, row):
        names = ("id", "rule_set", "code", "kind", "outcome", "limit", "count", "listed")
        values = [row.pk, rule_set.pk, row.code, row.kind, "warn", "250", "", ""]
        form = {f"rules-0-{name}": value for name, value in zip(names, values, strict=True)}
        form |= {"rules-TOTAL_FORMS": 1, "rules-INITIAL_FORMS": 1, "note": "new"}
        return client.post(reverse("sellers:crm_ruleset_change", args=[rule_set.pk]), form)

    assert save(draft, rule).status_code == 302
    assert save(published, published.rules.get(code="order-amount")).status_code == 403

    rule.refresh_from_db()
    assert (rule.outcome, str(rule.limit)) == ("warn", "250.00")
    assert str(published.rules.get(code="order-amount").limit) == "5000.00"


def test_a_rule_without_its_limit_is_told_in_words(client):
    login(client, "pricing")
    draft = make_draft()

    form = {"rules-TOTAL_FORMS": 1, "rules-INITIAL_FORMS": 0, "note": "", "rules-0-code": "much"}
    form |= {"rules-0-kind": "amount_limit", "rules-0-outcome": "stop", "rules-0-rule_set": draft.pk}
    page = client.post(reverse("sellers:crm_ruleset_change", args=[draft.pk]), form).content.decode()

    assert "This condition needs a limit above zero." in page
    assert not draft.rules.exists()


def test_a_seller_reads_and_tries_rules_and_may_not_publish_or_copy_them(client):
    login(client, "seller")
    draft = make_draft()

    for name in ("publish", "copy"):
        answer = client.post(reverse(f"sellers:crm_ruleset_{name}", args=[draft.pk]), {"text": "mine"})
        assert answer.status_code == 403, name

    assert client.get(reverse("sellers:crm_ruleset_change", args=[draft.pk])).status_code == 200
    assert RuleSet.objects.count() == 2
    assert not RuleSet.objects.get(pk=draft.pk).is_published


def test_the_pricing_manager_publishes_with_a_reason_on_the_record(client):
    login(client, "pricing")
    draft = make_draft()

    client.post(reverse("sellers:crm_ruleset_publish", args=[draft.pk]), {"text": "Christmas"})

    draft.refresh_from_db()
    assert (draft.published_because, draft.published_by.username) == ("Christmas", "pricing@karat.example")
    assert current_rule_set() == draft


def test_warnings_let_an_order_go_on_and_stay_on_its_record():
    publish_rules({"kind": "customer_new", "outcome": "warn"}, {"kind": "payment", "outcome": "pass"})
    order = make_order()

    review = review_order(order_id=order.pk)

    assert (review.verdict, review.reasons) == ("approved", [])
    assert {one["code"]: one["outcome"] for one in review.warnings} == {"customer_new": "warn", "not_paid": "pass"}
