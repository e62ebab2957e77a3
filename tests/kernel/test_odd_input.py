"""What nobody types by accident is no page, and never a failure."""

import pytest
from django.test import RequestFactory

from config.demo.people import PASSWORD, seed_people
from config.kernel.refusals import _own_page
from tests.factories.mes import make_workshop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/quotes/%00/", "/orders/%00/", "/quotes/x/", "/basket/99999999999999999999/remove/"])
def test_a_reference_or_key_that_cannot_be_one_is_no_page(client, path):
    assert client.get(path).status_code == 404


def test_an_impossible_sku_is_not_for_sale(client):
    answer = client.post("/basket/add/", {"sku": "a\x00b"})

    assert answer.status_code == 409


@pytest.fixture
def signed_in(client):
    make_workshop()
    seed_people()
    return lambda who: client.login(username=f"{who}@karat.example", password=PASSWORD) and client


def test_the_bench_survives_impossible_keys_and_scans(signed_in):
    bench = signed_in("operator")

    assert bench.post(f"/mes/bench/pieces/{10**30}/start/").status_code in {302, 404}  # no page: the site's own answer
    assert bench.post(f"/mes/bench/pieces/{2**63}/start/").status_code in {302, 404}
    assert bench.get("/mes/bench/find/", {"reference": "\x00"}).status_code == 302


def test_a_decision_about_nothing_is_no_page(signed_in):
    assert signed_in("seller").get("/crm/shop/order/abc/approve/").status_code == 404


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/piece/band/?sku=a", "/piece/band/?sku=a"),
        ("http://testserver//evil.example/x", None),
        ("http://evil.example/basket/", None),
        ("", None),
    ],
)
def test_a_refusal_leads_back_to_a_page_of_this_site_only(referer, back):
    assert _own_page(RequestFactory().post("/", headers={"referer": referer})) == back
