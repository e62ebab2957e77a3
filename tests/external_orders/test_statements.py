"""What an order costs in statements: one that writes twice what one would do is found here."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.external_orders import SHIP_TO, make_endpoint, make_quote

pytestmark = pytest.mark.django_db

_MOST = 28  # without savepoints and named locks, which SQLite has none of


def test_an_order_is_written_in_few_statements_and_each_table_once(api, partner) -> None:
    make_endpoint(partner, "http://127.0.0.1:9/")
    for number in range(2):  # the first one fills the cache
        body = {"quote_id": make_quote(partner).public_id, "reference": f"PO-{number}", "ship_to": SHIP_TO}
        with CaptureQueriesContext(connection) as asked:
            assert api.post("orders", body, key=f"k{number}").status_code == 201

    told = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"] and "advisory" not in one["sql"]]
    written = Counter(one.split('"')[1] for one in told if one.startswith("INSERT"))
    assert len(told) <= _MOST, "\n".join(told)
    assert set(written.values()) == {1}
