"""Metal prices by file and by HTTP: every price or none, nothing implausible, nothing over an open line."""

import json
import threading
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command

from pricing import metal_feed
from pricing.errors import MetalPricesRefused
from pricing.models import MetalPrice
from pricing.services.metal_prices import import_metal_prices
from pricing.services.rates import publish_metal_price

pytestmark = pytest.mark.django_db
D = Decimal
HEADING = "metal,currency,price_per_g,valid_from,source\n"
AT = "2026-01-05T10:30:00Z"


def _import(text):
    return import_metal_prices(content=text.encode(), source="prices.csv")


def test_a_file_of_prices_is_taken_with_source_and_time(queued):
    _import(f"{HEADING}gold,EUR,112.00,{AT},exchange\nSilver,eur,1.4512,2026-01-05 11:30:00+01:00,\n")

    gold, silver = MetalPrice.objects.order_by("metal")
    assert (gold.price_per_g, gold.source) == (D(112), "exchange")
    assert gold.valid_from == silver.valid_from == datetime(2026, 1, 5, 10, 30, tzinfo=UTC)
    assert (silver.metal, silver.price_per_g, silver.source) == ("silver", D("1.4512"), "prices.csv")
    assert queued() == ["shop.tasks.refresh_catalogue_prices"]


def test_every_bad_line_is_named_and_nothing_is_stored(queued):
    rows = [
        f"gold,EUR,112.00,{AT},good",
        f"mithril,EUR,1,{AT},",
        f"gold,XYZ,1,{AT},",
        f"gold,EUR,cheap,{AT},",
        f"gold,EUR,-1,{AT},",
        f"gold,EUR,1.00001,{AT},",
        f"gold,EUR,NaN,{AT},",
        "gold,EUR,1,yesterday,",
        "gold,EUR,1,2126-01-05T10:30:00Z,",
        "gold,EUR,1,2026-02-31T10:30:00Z,",
    ]

    with pytest.raises(MetalPricesRefused) as refused:
        _import(HEADING + "\n".join(rows))

    assert [f"line {line}" in str(refused.value) for line in range(2, 12)] == [False] + [True] * 9
    assert MetalPrice.objects.count() == 0
    assert queued() == []


def test_the_same_file_twice_adds_nothing_and_another_price_at_the_same_moment_is_refused():
    _import(f"{HEADING}gold,EUR,112.00,{AT},\n")

    assert _import(f"{HEADING}gold,EUR,112,{AT},\n") == []
    with pytest.raises(MetalPricesRefused, match=r"line 4.*112"):
        _import(f"{HEADING}silver,EUR,1,{AT},\n\ngold,EUR,113,{AT},\n")
    with pytest.raises(MetalPricesRefused, match=r"line 3.*known as 1"):
        _import(f"{HEADING}silver,EUR,1,{AT},\nsilver,EUR,2,{AT},\n")
    assert MetalPrice.objects.count() == 1


def test_a_year_of_prices_costs_a_handful_of_queries(django_assert_max_num_queries):
    rows = [
        f"gold,EUR,{100 + day},2025-01-{day:02}T10:{minute:02}:00Z," for day in range(1, 29) for minute in range(20)
    ]

    with django_assert_max_num_queries(12):
        assert len(_import(HEADING + "\n".join(rows))) == 560


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"metal,currency\ngold,EUR\n", b'metal,"cur\n'])
def test_a_file_that_is_no_table_is_refused(content):
    with pytest.raises(MetalPricesRefused):
        import_metal_prices(content=content, source="x")


def test_a_short_line_is_named():
    with pytest.raises(MetalPricesRefused, match="line 2"):
        _import(f"{HEADING}gold,EUR\n")


def test_the_command_takes_a_file_or_says_why_not(tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"{HEADING}gold,EUR,112.00,{AT},\n", encoding="utf-8-sig")
    bad.write_text(f"{HEADING}gold,EUR,x,{AT},\n", encoding="utf-8")

    call_command("import_metal_prices", str(good))

    assert capsys.readouterr().out == "1 metal prices added.\n"
    with pytest.raises(CommandError, match="line 2"):
        call_command("import_metal_prices", str(bad))
    with pytest.raises(CommandError):
        call_command("import_metal_prices", str(tmp_path / "none.csv"))


@pytest.fixture
def feed(settings):
    """A server on this host that answers with what the test put into `answers`: (status, body, headers)."""
    answers = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body, headers = answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.METAL_PRICES_URL = f"http://127.0.0.1:{server.server_port}/prices?key=secret"
    yield lambda body, status=200, **headers: answers.append((status, _bytes(body), headers))
    server.shutdown()
    thread.join()
    server.server_close()


def _bytes(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _answer(gold="112.00", **more):
    return {"currency": "EUR", "at": AT, "per_g": {"gold": gold}} | more


def test_prices_are_fetched_with_their_currency_and_time(feed, capsys):
    feed(b'{"currency": "USD", "at": "2026-01-05T10:30:00Z", "per_g": {"gold": "130.25", "silver": 1.61}}')

    call_command("fetch_metal_prices")
    call_command("fetch_metal_prices")

    assert capsys.readouterr().out == "2 metal prices added.\n0 metal prices added.\n"
    gold = MetalPrice.objects.get(metal="gold")
    assert (gold.currency, gold.price_per_g, gold.source) == ("USD", D("130.25"), "127.0.0.1")
    assert MetalPrice.objects.get(metal="silver").price_per_g == D("1.61")


def test_a_jump_of_more_than_a_fifth_is_refused_unless_forced(feed):
    publish_metal_price(
        metal="gold", currency="EUR", price_per_g=D(100), source="x", valid_from=datetime(2026, 1, 4, tzinfo=UTC)
    )
    feed(_answer(gold="120.01", per_g={"gold": "120.01", "silver": "1"}))

    with pytest.raises(CommandError, match=r"gold jumps from 100\.0000 to 120\.01"):
        call_command("fetch_metal_prices")
    assert MetalPrice.objects.count() == 1

    call_command("fetch_metal_prices", "--force")
    assert MetalPrice.objects.count() == 3


def test_a_jump_of_a_fifth_is_taken(feed):
    publish_metal_price(
        metal="gold", currency="EUR", price_per_g=D(100), source="x", valid_from=datetime(2026, 1, 4, tzinfo=UTC)
    )
    feed(_answer(gold="80.00"))

    call_command("fetch_metal_prices")

    assert MetalPrice.objects.order_by("-valid_from")[0].price_per_g == D(80)


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", {"per_g": {}}, _answer(per_g={}), _answer(per_g=["gold"]), _answer(gold=None),
     _answer(gold="1e9"), _answer(at="soon"), b"[" * 5000, b'{"currency": "EUR"' + b" " * 70_000],
)  # fmt: skip
def test_an_answer_that_is_not_as_documented_changes_nothing(feed, body):
    feed(body)

    with pytest.raises(CommandError):
        call_command("fetch_metal_prices")

    assert MetalPrice.objects.count() == 0


def test_a_redirect_is_not_followed_and_an_error_is_none(feed):
    feed(b"", 302, Location="http://169.254.169.254/")

    with pytest.raises(CommandError, match="302"):
        call_command("fetch_metal_prices")


@pytest.mark.parametrize("url", ["http://metals.example/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "nonsense"])
def test_only_https_is_asked_except_on_this_host(settings, monkeypatch, url):
    monkeypatch.setattr(metal_feed.requests, "get", None)
    settings.METAL_PRICES_URL = url

    with pytest.raises(CommandError, match="https"):
        call_command("fetch_metal_prices")


def test_nobody_to_ask_is_said():
    with pytest.raises(CommandError, match="METAL_PRICES_URL"):
        call_command("fetch_metal_prices")


def test_an_address_where_nobody_listens_is_said_without_its_key(settings):
    settings.METAL_PRICES_URL = "http://127.0.0.1:1/prices?key=secret"

    with pytest.raises(CommandError, match=r"127\.0\.0\.1 gave no answer") as refused:
        call_command("fetch_metal_prices")

    assert "secret" not in str(refused.value)
