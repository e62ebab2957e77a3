"""Tables on the sellers' site: all of a file or nothing, through the services, by those who may."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from config.demo.delivery import seed_delivery
from config.kernel.tables import TableRefused, read_table
from crm.tables import TABLES
from crm.tables import base as bounds
from pricing.models import Alloy, FinishRate, MetalPrice, PriceList
from shop.models import DeliveryWay, Order, Product
from shop.services.orders import move_order
from tests.factories.pricing import make_rates
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db


def text_of(code, **chosen):
    """A table as it goes out, as CSV."""
    table = TABLES[code]()
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([list(map(_cell, line)) for line in table.lines(ending="csv", **chosen)])
    return out.getvalue()


def _cell(value):
    from config.kernel.tables import harmless

    return harmless(value)


def take(code, text, *, is_trial=False, actor=None):
    return TABLES[code](actor=actor).take(read_table(name="t.csv", content=text.encode()), is_trial=is_trial)


def said(report):
    return [(one.line, one.field.partition(" ")[0], one.text) for one in report.problems]


@pytest.fixture
def rates():
    make_rates()


@pytest.fixture
def people(client):
    def sign_in(*groups):
        user = User.objects.create_user(f"user-{'-'.join(groups)}", is_staff=True)
        user.groups.set(Group.objects.filter(name__in=groups))
        client.force_login(user)
        return user

    return sign_in


# --- in and out -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", sorted(code for code, table in TABLES.items() if table.permissions_in and table.permission_out)
)
def test_a_table_that_comes_back_as_it_went_changes_nothing(code, rates, queued):
    make_order()
    seed_delivery()
    before = len(queued())

    report = take(code, text_of(code))

    assert (report.new, report.changed, report.problems) == (0, 0, ())
    assert len(queued()) == before


def test_a_changed_row_and_a_new_one_are_stored_through_the_services(rates):
    seed_delivery()
    text = text_of("delivery-ways").replace("24.00", "25.00") + "drone,Drone,,99,1,1,9\n"

    looked = take("delivery-ways", text, is_trial=True)
    assert not DeliveryWay.objects.filter(code="drone").exists()
    taken = take("delivery-ways", text)

    assert (looked.new, looked.changed) == (taken.new, taken.changed) == (1, 1)
    assert DeliveryWay.objects.get(code="courier").gross == Decimal("25.00")
    assert take("delivery-ways", text).changes == 0
    assert (looked.first_changes[0].name, looked.first_changes[0].cells) == ("courier", (("gross", "24.00", "25.00"),))


@pytest.mark.parametrize(
    ("written", "read"), [("24,50", "24.50"), ("0,125", None), ("1,234", None), ("1.234,50", None)]
)
def test_a_decimal_comma_is_read_unless_it_could_be_a_thousand(written, read):
    report = take("delivery-ways", f'code,name,gross,days,rank,is_offered\nvan,Van,"{written}",1,1,1\n')

    assert DeliveryWay.objects.filter(gross=read or 0).count() == (1 if read else 0)
    assert [field for _, field, _ in said(report)] == ([] if read else ["gross"])


def test_more_rows_than_a_request_can_take_are_refused():
    rows = "".join(f"K-{number},RR{number}\n" for number in range(501))

    with pytest.raises(TableRefused):
        take("tracking-numbers", f"reference,tracking_number\n{rows}")


def test_bad_rows_are_named_by_line_and_field_in_the_readers_language_and_nothing_is_stored(rates):
    seed_delivery()
    bad = "code,gross,days\ncourier,25,2\ndrone,many,1\nship,-1,x\ncourier,26,1\n"

    report = take("delivery-ways", bad)
    with translation.override("ru"):
        in_russian = take("delivery-ways", bad)

    lines = {(line, field) for line, field, _ in said(report)}
    assert {(3, "gross"), (4, "days"), (5, "code")} <= lines
    assert (3, "gross", "“many” value must be a decimal number.") in said(report)
    assert (5, "code", "line 2 is about the same.") in said(report)
    assert (5, "code", "о том же строка 2.") in said(in_russian)
    assert DeliveryWay.objects.get(code="courier").gross == Decimal("24.00")
    assert not DeliveryWay.objects.filter(code__in=["drone", "ship"]).exists()


def test_one_bad_row_at_the_end_undoes_the_good_ones_before_it(rates):
    text = (
        "metal,currency,valid_from,price_per_g,source\ngold,EUR,2027-01-05T10:00:00Z,112,x\ngold,EUR,2027-01-06,-1,x\n"
    )
    before = MetalPrice.objects.count()

    report = take("metal-prices", text)

    assert [line for line, *_ in said(report)] == [3]
    assert MetalPrice.objects.count() == before


def test_columns_that_are_unknown_or_missing_are_refused():
    with pytest.raises(TableRefused):
        take("delivery-ways", "code,colour\na,b\n")
    with pytest.raises(TableRefused):
        take("delivery-ways", "name,gross\na,1\n")


# --- what the services guard ------------------------------------------------------------------------------------------


def test_metal_prices_are_added_and_never_changed(rates, queued):
    stored = MetalPrice.objects.filter(metal="gold").first()
    heading = "metal,currency,valid_from,price_per_g,source\n"
    new = heading + "gold,EUR,2027-01-05T10:00:00Z,112.5,x\nsilver,EUR,2027-01-05T10:00:00Z,1.5,x\n"
    before = len(queued())

    added, again = take("metal-prices", new), take("metal-prices", new)
    other = take("metal-prices", heading + f"gold,EUR,{stored.valid_from.isoformat()},999,{stored.source}\n")
    unknown = take("metal-prices", heading + "gold,XXX,2027-01-05T10:00:00Z,112.5,x\n")

    assert (added.new, again.changes) == (2, 0)
    assert len(queued()) == before + 1  # the catalogue is priced anew once, not once a row
    assert said(other) == [(2, "price_per_g", "A metal price is never changed. Add one for another moment.")]
    assert "no currency" in unknown.problems[0].text
    assert MetalPrice.objects.get(pk=stored.pk).price_per_g == stored.price_per_g


def test_a_published_price_list_never_changes_and_a_draft_does(rates):
    published = PriceList.objects.get()
    text = text_of("price-lists")
    draft = text + text.splitlines()[1].replace(f"{published.version},", f"{published.version + 1},", 1) + "\n"

    changed = take("price-lists", text.replace("EUR", "USD"))
    rate = take("finish-rates", f"price_list,finish,per_cm2\n{published.version},polished,77\n")
    made = take("price-lists", draft)
    drafted = take("finish-rates", f"price_list,finish,per_cm2\n{published.version + 1},polished,77\n")

    never = "A published price list never changes. Make a new one."
    assert said(changed) == [(2, "", never)]
    assert said(rate) == [(2, "", never)]
    assert (made.new, drafted.new) == (1, 1)
    assert FinishRate.objects.get(price_list__version=published.version + 1).per_cm2 == 77
    assert not PriceList.objects.get(version=published.version + 1).is_published


def test_an_alloy_that_contradicts_its_composition_is_refused(rates):
    alloy = Alloy.objects.get(code="au750-yellow")

    report = take("alloys", "code,density_g_cm3\nau750-yellow,9.000\n")

    assert len(report.problems) == 1
    assert Alloy.objects.get(pk=alloy.pk).density_g_cm3 == alloy.density_g_cm3


def test_no_table_makes_a_product(rates):
    report = take("products", "slug,name\nnew,New\n")

    assert said(report) == [(2, "slug", "There is no such row, and none can be added here.")]
    assert not Product.objects.filter(slug="new").exists()


# --- orders -----------------------------------------------------------------------------------------------------------


def ready_order():
    order = make_order()
    for status in ("approved", "in_production", "ready"):
        move_order(order_id=order.pk, to=status)
    return order


def test_the_carriers_numbers_ship_their_orders_once(django_user_model):
    first, second, seller = ready_order(), ready_order(), django_user_model.objects.create_user("sonja")
    text = f"reference,tracking_number\n{first.reference},RR1\n{second.reference},RR2\n"

    report, again = take("tracking-numbers", text, actor=seller), take("tracking-numbers", text, actor=seller)

    assert (report.changed, again.changes, again.same) == (2, 0, 2)
    assert list(Order.objects.order_by("pk").values_list("status", "tracking_number")) == [
        ("shipped", "RR1"),
        ("shipped", "RR2"),
    ]
    assert first.log.filter(to_status="shipped").get().actor == seller
    assert first.letters.filter(kind="shipped").count() == 1


def test_a_number_for_an_order_that_isnt_ready_or_is_not_there_ships_none():
    ready, placed = ready_order(), make_order()

    report = take(
        "tracking-numbers",
        f"reference,tracking_number\n{ready.reference},RR1\n{placed.reference},RR2\nK-NONE,RR3\n{ready.reference}x,\n",
    )

    assert said(report)[:2] == [
        (3, "reference", "The order is “placed”: only one that is ready can be shipped."),
        (4, "reference", "There is no order with this number."),
    ]
    assert [line for line, *_ in said(report)] == [3, 4, 5]
    assert set(Order.objects.values_list("status", flat=True)) == {"ready", "placed"}


def test_orders_go_out_by_their_dates_without_a_formula_in_them(client, people):
    order = make_order()
    Order.objects.update(name='=HYPERLINK("http://evil")', note="-1")
    people("seller")
    today = timezone.localdate()
    url, dates = reverse("sellers:table_out", args=["orders"]), {"first": today, "last": today}

    lines = b"".join(client.get(url, dates | {"as": "csv"}).streaming_content).decode("utf-8-sig").splitlines()
    book = load_workbook(BytesIO(client.get(url, dates | {"as": "xlsx"}).content)).active
    before = client.get(url, {"first": today - timedelta(days=9), "last": today - timedelta(days=8), "as": "csv"})

    row = next(csv.DictReader(lines))
    assert (row["reference"], row["gross"], row["note"]) == (order.reference, str(order.gross), "'-1")
    assert row["name"] == '\'=HYPERLINK("http://evil")'
    assert book["G2"].value == '\'=HYPERLINK("http://evil")'
    assert len(b"".join(before.streaming_content).splitlines()) == 1


def test_orders_go_out_for_at_most_a_year_and_so_many_rows(client, people, monkeypatch):
    make_order()
    make_order()
    people("seller")
    today = timezone.localdate()
    url = reverse("sellers:table_out", args=["orders"])

    without = client.get(url, {"as": "csv"})
    long = client.get(url, {"first": today - timedelta(days=400), "last": today, "as": "csv"})
    monkeypatch.setattr(bounds, "MOST_OUT_XLSX", 1)
    many = client.get(url, {"first": today, "last": today, "as": "xlsx"}, follow=True)

    assert [without.status_code, long.status_code] == [302, 302]
    assert "it has more than 1 rows." in many.content.decode()


def test_a_table_of_many_orders_costs_the_same_queries(assert_flat_queries):
    make_order()
    today = timezone.localdate()

    assert_flat_queries(
        lambda: list(TABLES["orders"]().lines(ending="csv", first=today, last=today)),
        lambda: [make_order() for _ in range(3)],
    )


# --- the doors --------------------------------------------------------------------------------------------------------


def test_a_seller_takes_orders_out_and_touches_no_price_list(client, people):
    people("seller")

    page = client.get(reverse("sellers:tables")).content.decode()

    assert "orders/out/" in page
    assert "tracking-numbers/in/" in page
    assert "price-lists" not in page
    for code in ("price-lists", "finish-rates", "metal-prices", "alloys", "delivery-ways"):
        assert client.get(reverse("sellers:table_in", args=[code])).status_code == 403
    assert client.get(reverse("sellers:table_out", args=["price-lists"])).status_code == 403
    assert client.get(reverse("sellers:table_out", args=["nothing"])).status_code == 404


def test_those_who_are_not_sellers_see_no_tables(client, people):
    people("planner")

    for name, args in (("tables", []), ("table_out", ["orders"]), ("table_in", ["tracking-numbers"])):
        assert client.get(reverse(f"sellers:{name}", args=args)).status_code == 302


def upload(client, code, text, name="t.csv"):
    file = BytesIO(text.encode())
    file.name = name
    return client.post(reverse("sellers:table_in", args=[code]), {"file": file})


def test_a_file_is_looked_at_first_and_taken_by_a_second_press(client, people):
    people("seller")
    order = ready_order()
    url = reverse("sellers:table_in", args=["tracking-numbers"])

    looked = upload(client, "tracking-numbers", f"reference,tracking_number\n{order.reference},RR1\n")
    order.refresh_from_db()
    assert order.status == "ready"
    client.post(url, {"kept": looked.context["kept"]})

    order.refresh_from_db()
    assert (order.status, order.tracking_number) == ("shipped", "RR1")
    again = client.post(url, {"kept": looked.context["kept"]}, follow=True)
    assert "Please choose the file again" in again.content.decode()


def test_a_file_with_a_bad_row_offers_nothing_to_take(client, people):
    people("seller")

    page = upload(client, "tracking-numbers", "reference,tracking_number\nK-NONE,RR1\n")

    assert page.context["kept"] == ""
    assert "Nothing of this file is taken" in page.content.decode()


def test_what_is_kept_for_one_person_is_nobody_elses(client, people):
    people("seller")
    order = ready_order()
    kept = upload(client, "tracking-numbers", f"reference,tracking_number\n{order.reference},RR1\n").context["kept"]
    people("seller", "pricing manager")

    client.post(reverse("sellers:table_in", args=["tracking-numbers"]), {"kept": kept})

    order.refresh_from_db()
    assert order.status == "ready"
