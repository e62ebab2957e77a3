"""An operator can't tell which order is new: two worlds with the same orders, made in another sequence and at other
times of the same days, give him byte-equal answers wherever he looks. Only tokens against forged requests and the Date
are masked. docs/recency.md names the channels, R1 to R24, and the test that holds each.
"""

import random
import re
import secrets
from datetime import datetime, timedelta
from importlib.util import find_spec
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from config.env import BASE_DIR
from config.kernel import references
from mes import urls
from mes.models import WorkOrder
from mes.services import operations, planning
from mes.services.rework import scrap_work_order
from tests.factories.mes import make_operator, make_work_order, make_workshop, printing
from tests.factories.pricing import make_measurement, make_rates

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("UTC"))
ORDERS = {  # what is ordered is the same in both worlds: days until it is due, age in days, what the sheet says
    "ash": (-1, 0, "Mind the edge"),
    "birch": (-1, 4, ""),
    "cedar": (3, 0, "Satin inside"),
    "elm": (3, 4, ""),
    "fir": (3, 4, "Two hallmarks"),
    "hazel": (3, 0, ""),
    "ivy": (-1, 0, ""),
    "oak": (40, 0, ""),
}
MASKED = {"Date", "Set-Cookie"}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def pinned(monkeypatch):
    """Random keys that depend on the order's name alone, so that both worlds draw the same ones."""

    def pin(name):
        draw = random.Random(name)
        fixed = SimpleNamespace(
            choice=draw.choice,
            randbits=draw.getrandbits,
            token_urlsafe=lambda length: str(draw.getrandbits(8 * length)),
        )
        monkeypatch.setattr(references, "secrets", fixed)

    return pin


def build(pinned, names, hours, *, age_days=0):
    """Orders come in by turns on Monday; the list is published on Tuesday morning."""
    with time_machine.travel(MONDAY - timedelta(days=60), tick=False):
        make_rates()
        make_workshop()
        make_measurement()
    for place, (name, hour) in enumerate(zip(names, hours, strict=True)):
        days, age, instruction = ORDERS[name]
        pinned(name)
        with time_machine.travel(MONDAY + timedelta(hours=hour, days=-age - place * age_days), tick=False):
            due_on = MONDAY.date() + timedelta(days=days)
            make_work_order(title=f"{name} of {hour} o'clock", instruction=instruction, due_on=due_on)
    with time_machine.travel(MONDAY + timedelta(days=1, hours=-3), tick=False):
        planning.publish_worklists()


ELSEWHERE = [  # doors that are closed to him, and pages that aren't there, answer alike in both worlds
    "/", "/catalogue/", "/sign-in/", "/orders/", "/mes/", "/mes/mes/workorder/", "/mes/mes/operation/?o=-1",
    "/mes/mes/workorder/autocomplete/", "/mes/jsi18n/", "/crm/", "/admin/", "/silk/", "/healthz",
    "/mes/bench/nothing-here/", "/mes/bench/pieces/7/", "/mes/bench/pieces/7/picture.png", "/mes/bench/at/no-such/",
]  # fmt: skip
TRICKS = ["?o=-1", "?aged_from__gte=2026-03-02", "?order_by=-released_at", "?page=2", "?q=2026-03", "?format=json"]
PAPERS = 1 if find_spec("fpdf") else 0  # printing takes half a second
VISITED = {"home", "work_centre", "find", "piece", "picture"}  # what can be read at the bench; the rest are presses
if PAPERS:
    VISITED.add("traveller")


def glance(client):
    """The lists, and every piece on them."""
    home = reverse("bench:home")
    lists = [home, *re.findall(r'href="(/mes/bench/at/[^"]+)"', client.get(home).content.decode())]
    pieces = sorted(set(re.findall(r"/mes/bench/pieces/\d+/", client.get(lists[1]).content.decode())))
    return {address: seen(client.get(address)) for address in (*lists, *pieces)}


def crawl(client):
    """Everything an operator can reach: pages, pieces, pictures, searches, made-up filters, closed doors."""
    views = glance(client)
    lists = [address for address in views if "pieces" not in address]
    pieces = [address for address in views if "pieces" in address]
    tricks = [f"{address}{trick}" for address in lists[:2] for trick in TRICKS]
    references_known = WorkOrder.objects.order_by("reference").values_list("reference", flat=True)
    found = [f"/mes/bench/find/?reference={one}" for one in ("2026", "W-", "%25", *references_known)]
    files = [*(f"{one}picture.png" for one in pieces), *(f"{one}traveller.pdf" for one in pieces[:PAPERS])]
    addresses = [*tricks, *files, *found, *ELSEWHERE]
    views |= {address: seen(client.get(address)) for address in addresses}
    views |= {f"{method} {one}": seen(getattr(client, method)(one)) for method in ("head", "options") for one in lists}
    return views | {f"refused {one}": seen(client.post(f"{one}take/", {"reason": "new"})) for one in pieces}


def seen(response):
    headers = {name: value for name, value in response.headers.items() if name not in MASKED}
    return response.status_code, headers, TOKEN.sub(b"", response.content)


def look_around(user):
    """An operator looks at everything, takes a piece, works, sends it back, reports it, and looks after each press."""
    client = Client()
    client.force_login(user)
    client.cookies["csrftoken"] = "k" * 32
    views = [crawl(client)]

    def press(step, operation_id, **sent):
        client.post(reverse(f"bench:{step}", args=[operation_id]), sent)
        views.append(glance(client))

    scanned = WorkOrder.objects.order_by("reference").values_list("reference", flat=True)[:2]
    views.append({one: seen(client.post(reverse("bench:scan"), {"reference": one})) for one in scanned})
    client.post(reverse("bench:take_next", args=[printing().code]))
    views.append(glance(client))
    held = client.get(reverse("bench:home")).context["page"].in_hand[0].operation_id
    press("start", held)
    press("send_back", held, reason="shape", back_to=10)
    press("take", held, reason="asked")
    press("start", held)
    press("problem", held, reason="broken")
    press("finish", held)
    return [*views, crawl(client)]


def look_once(user):
    client = Client()
    client.force_login(user)
    return glance(client)


def world(pinned, names, hours, look=look_around, **kwargs):
    """What an operator sees in a world that is gone afterwards."""
    cache.clear()
    with transaction.atomic():
        build(pinned, names, hours, **kwargs)
        with time_machine.travel(MONDAY + timedelta(days=1, hours=1), tick=False):
            views = look(make_operator("oleg"))
        transaction.set_rollback(True)
    return views


def test_two_worlds_that_differ_in_creation_times_only_look_the_same(pinned):
    # Of each pair with the same day and urgency (ash and ivy, cedar and hazel, elm and fir) another one comes first.
    one = world(pinned, ["ash", "birch", "cedar", "elm", "fir", "hazel", "ivy", "oak"], [0, 1, 2, 3, 4, 5, 6, 7])
    other = world(pinned, ["oak", "ivy", "fir", "birch", "hazel", "elm", "ash", "cedar"], [0, 0.5, 2, 5, 6, 7, 8, 9])

    assert [view.keys() for view in one] == [view.keys() for view in other]
    for before, after in zip(one, other, strict=True):
        for address, shown in before.items():
            assert shown == after[address], address


def test_what_was_promised_changes_nothing_that_an_operator_sees(pinned):
    build(pinned, ["elm", "fir"], [0, 1])
    client = Client()
    with time_machine.travel(MONDAY + timedelta(days=1, hours=1), tick=False):
        client.force_login(make_operator("oleg"))
        client.cookies["csrftoken"] = "k" * 32
        before = crawl(client)
        WorkOrder.objects.update(
            promised_on=MONDAY.date(), expected_on=MONDAY.date(), promise_probability=73, pricing_seconds=4_711
        )
        cache.clear()
        after = crawl(client)

    assert before == after


def test_the_comparison_would_notice_a_difference(pinned):
    """The control: orders that are days apart stand in another sequence, oldest first, and the pages show it."""
    names = ["cedar", "elm", "fir", "ash", "birch", "oak"]
    one = world(pinned, names, [0] * 6, look_once, age_days=2)
    other = world(pinned, names[::-1], [0] * 6, look_once, age_days=2)

    home = reverse("bench:home")
    assert one[home] != other[home]


def test_every_page_of_the_bench_that_can_be_read_is_in_the_comparison(client):
    client.force_login(make_operator())
    make_work_order()
    arguments = {"code": "printing", "operation_id": 7}

    readable = {
        pattern.name
        for pattern in urls.urlpatterns
        if (PAPERS or pattern.name != "traveller")
        and client.get(
            reverse(f"bench:{pattern.name}", kwargs={name: arguments[name] for name in pattern.pattern.converters})
        ).status_code
        != 405
    }

    assert readable == VISITED


def test_operators_may_do_nothing_but_work_at_the_bench():
    permissions = Group.objects.get(name="operator").permissions.values_list("codename", flat=True)

    assert list(permissions) == ["work_at_bench"]


def test_every_channel_that_could_tell_has_a_control_and_a_test_that_exists():
    page = (BASE_DIR / "docs" / "recency.md").read_text()

    rows = re.findall(r"^\| (R\d+) \|.*\| (.+) \|$", page, re.MULTILINE)

    assert [number for number, _tests in rows] == [f"R{one}" for one in range(1, 25)]
    sources = "".join(path.read_text() for path in (BASE_DIR / "tests").rglob("*.py"))
    named = {name for _number, tests in rows for name in re.findall(r"`(test_\w+)`", tests)}
    assert [name for name in named if f"def {name}(" not in sources] == []


def test_the_picture_of_a_piece_carries_nothing_but_pixels(client):
    client.force_login(make_operator())
    operation = make_work_order().operations.order_by("sequence").first()

    content = client.get(reverse("bench:picture", args=[operation.pk])).content

    chunks, place = [], 8
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        chunks.append(content[place + 4 : place + 8])
        place += 12 + length
    assert not {b"tIME", b"tEXt", b"iTXt", b"zTXt", b"eXIf"} & set(chunks)


def test_a_piece_of_another_work_centre_and_one_that_never_was_are_the_same_answer(client):
    user = make_operator()
    user.operator.work_centres.remove(printing())
    client.force_login(user)
    there = make_work_order().operations.order_by("sequence").first().pk

    answers = {key: client.get(reverse("bench:piece", args=[key])) for key in (there, 7)}

    assert {answer.status_code for answer in answers.values()} == {404}
    bodies = {TOKEN.sub(b"", one.content).replace(str(key).encode(), b"") for key, one in answers.items()}
    assert len(bodies) == 1  # but for the address, which the page's form for languages repeats


def test_references_and_keys_are_drawn_from_the_systems_own_randomness():
    """No clock, no counter: nothing in a key grows with time (UUID 1, 6 and 7, ULID and the like do)."""
    assert references.secrets is secrets
    drawn = [references.random_key() for _ in range(400)]
    ups = sum(before < after for before, after in pairwise(drawn))
    assert 130 < ups < 270  # about half; six standard deviations on each side


def test_a_remake_looks_like_any_other_piece(client):
    user = make_operator()
    client.force_login(user)
    first = make_work_order()
    operation = first.operations.order_by("sequence").first()
    operations.claim_operation(operation_id=operation.pk, reason="asked", actor=user)
    operations.start_operation(operation_id=operation.pk, actor=user)
    remake = scrap_work_order(work_order_id=first.pk, reason="porous", actor=user)
    other = make_work_order()

    shown = [
        re.sub(r"pieces/\d+/|W-[\w-]{12}", "", client.get(_first_page(one)).content.decode()) for one in (remake, other)
    ]

    assert TOKEN.sub(b"", shown[0].encode()) == TOKEN.sub(b"", shown[1].encode())


def _first_page(work_order):
    return reverse("bench:piece", args=[work_order.operations.order_by("sequence").first().pk])
