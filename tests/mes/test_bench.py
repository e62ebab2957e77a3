"""The bench as an operator's browser meets it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mes.models import Operation, Tally, WorkCentre
from mes.selectors import claimable
from mes.services import operations, planning
from mes.services.tallies import fold_tallies
from mes.states import OperationStatus
from tests.factories.mes import make_operator, make_work_order, printing
from tests.factories.shop import make_customer

pytestmark = pytest.mark.django_db

RANDOM = re.compile(r'value="\w{64}"|/pieces/\d+/|W-\w{4}-\w{4}-\w\w')  # may look like a year by chance


@pytest.fixture
def operator(client):
    user = make_operator()
    client.force_login(user)
    return user


@pytest.fixture
def work_order():
    return make_work_order(instruction="Mind the edge")


@pytest.fixture
def page():
    return reverse("bench:work_centre", args=["printing"])


def publish():
    planning.publish_worklist(work_centre_id=printing().pk)


def first_of(work_order):
    return work_order.operations.order_by("sequence").first()


def press(client, name, operation, **sent):
    return client.post(reverse(f"bench:{name}", args=[operation.pk]), sent)


def test_an_operator_takes_the_next_piece_starts_and_finishes_it(client, operator, work_order, page):
    publish()

    assert client.post(reverse("bench:take_next", args=["printing"])).url == page
    operation = first_of(work_order)
    assert operation.operator.user == operator
    assert b"Start" in client.get(page).content
    press(client, "start", operation)
    assert b"Finish" in client.get(page).content
    press(client, "finish", operation)

    operation.refresh_from_db()
    assert operation.status == OperationStatus.DONE
    assert f"Finished: {work_order.reference}." in client.get(page).content.decode()


def test_the_list_is_shown_band_by_band(client, operator, page):
    late, later, rush = make_work_order(days=-1), make_work_order(days=30), make_work_order(days=30, is_rush=True)
    publish()

    bands = client.get(page).context["page"].bands

    assert [band.code for band in bands] == ["rush", "late", "later"]
    assert [band.pieces[0].reference for band in bands] == [rush.reference, late.reference, later.reference]


def test_a_taken_piece_stays_on_the_list_of_others(client, operator, work_order, page):
    publish()
    operations.claim_next(work_centre_id=printing().pk, actor=make_operator())

    assert work_order.reference in client.get(page).content.decode()


def test_taking_a_piece_out_of_turn_needs_a_reason_of_the_list(client, operator, work_order):
    publish()
    operation = first_of(work_order)

    assert press(client, "take", operation).status_code == 400
    assert press(client, "take", operation, reason="because").status_code == 400
    operation.refresh_from_db()
    assert operation.status == OperationStatus.READY

    assert press(client, "take", operation, reason="same_setup").status_code == 302
    assert operation.log.filter(to_status="claimed", reason="out of turn: same_setup").exists()


def test_who_comes_second_is_told_on_the_list(client, operator, work_order, page):
    publish()
    operation = first_of(work_order)
    operations.claim_next(work_centre_id=printing().pk, actor=make_operator())

    response = client.post(
        reverse("bench:take", args=[operation.pk]),
        {"reason": "asked"},
        headers={"referer": f"http://testserver{page}"},
        follow=True,
    )

    assert "Somebody else took this piece" in response.content.decode()


def test_a_piece_goes_back_on_the_list_with_a_reason(client, operator, work_order):
    publish()
    client.post(reverse("bench:take_next", args=["printing"]))
    operation = first_of(work_order)

    press(client, "give_back", operation, reason="shift")

    operation.refresh_from_db()
    assert (operation.status, operation.operator) == (OperationStatus.READY, None)
    assert operation.log.filter(reason="given back: shift").exists()


def test_the_piece_of_another_operator_can_not_be_finished(client, operator, work_order):
    publish()
    operation = operations.claim_next(work_centre_id=printing().pk, actor=make_operator())

    assert press(client, "start", operation).status_code == 403
    operation.refresh_from_db()
    assert operation.status == OperationStatus.CLAIMED


def test_a_work_centre_he_is_not_qualified_for_is_404(client, operator, work_order):
    operator.operator.work_centres.remove(printing())

    assert client.get(reverse("bench:work_centre", args=["printing"])).status_code == 404
    assert client.post(reverse("bench:take_next", args=["printing"])).status_code == 404
    assert client.get(reverse("bench:piece", args=[first_of(work_order).pk])).status_code == 404
    assert client.get(reverse("bench:picture", args=[first_of(work_order).pk])).status_code == 404


def test_who_is_no_operator_is_told_kindly(client, work_order):
    assert client.get(reverse("bench:home")).url == "/sign-in/?next=/mes/bench/"
    client.force_login(make_customer().user)

    page = client.get(reverse("bench:home"))

    assert page.status_code == 403
    assert "isn" in page.content.decode()
    assert first_of(work_order).status == OperationStatus.READY
    assert client.post(reverse("bench:take_next", args=["printing"])).status_code == 403


def test_an_unknown_piece_is_404(client, operator):
    for name in ("start", "finish"):
        assert client.post(reverse(f"bench:{name}", args=[1])).status_code == 404
    assert client.get(reverse("bench:piece", args=[1])).status_code == 404


def test_a_scanned_reference_opens_the_piece(client, operator, work_order):
    response = client.get(reverse("bench:find"), {"reference": f" {work_order.reference.lower()} "})

    assert response.url == reverse("bench:piece", args=[first_of(work_order).pk])


def test_only_a_whole_reference_is_found(client, operator, work_order):
    for scanned in (work_order.reference[:6], str(timezone.localdate()), "W-", ""):
        assert client.get(reverse("bench:find"), {"reference": scanned}).url == reverse("bench:home")


def test_the_piece_page_shows_how_it_is_made(client, operator, work_order):
    page = client.get(reverse("bench:piece", args=[first_of(work_order).pk]))

    assert [step.progress for step in page.context["page"].steps] == ["now"] + ["later"] * 5
    assert "Mind the edge" in page.content.decode()


def test_somebody_who_comes_second_gets_the_next_piece_at_once(client, operator):
    one, other = make_work_order(), make_work_order()
    publish()
    operation = first_of(one)
    operations.claim_operation(operation_id=operation.pk, reason="first", actor=make_operator())

    answer = client.post(reverse("bench:take", args=[operation.pk]), {"reason": "asked"}, follow=True)

    assert "Somebody else took that piece. This is the next one." in answer.content.decode()
    assert first_of(other).operator.user == operator


def test_only_what_was_not_next_is_counted_as_out_of_turn(client, operator):
    work_orders = [make_work_order(days=-3), make_work_order(), make_work_order()]
    publish()
    listed = list(claimable(printing().pk))
    press(client, "take", listed[0], reason="asked")
    press(client, "take", listed[2], reason="same_setup")
    client.post(reverse("bench:take_next", args=["printing"]))

    fold_tallies()

    counted = Tally.objects.filter(place=printing().pk).values_list("measure", "amount")
    assert dict(counted) == {"claims": 2, "claims_out_of_turn": 1}
    assert {first_of(one).status for one in work_orders} == {"claimed"}


def test_a_problem_stops_the_piece_in_the_hands_of_its_operator(client, operator, work_order, page):
    operation = first_of(work_order)
    press(client, "take", operation, reason="asked")
    press(client, "start", operation)

    assert press(client, "problem", operation, reason="whatever").status_code == 400
    press(client, "problem", operation, reason="broken")

    work_order.refresh_from_db()
    operation.refresh_from_db()
    assert (work_order.status, operation.status) == ("on_hold", "in_progress")
    assert work_order.log.get(to_status="on_hold").reason == "problem: broken"
    assert "On hold: a planner will say how it goes on." in client.get(page).content.decode()


def test_a_piece_is_sent_back_to_an_earlier_step_with_two_presses(client, operator, work_order):
    printed, cast, *_ = work_order.operations.order_by("sequence")
    for step in ("take", "start", "finish"):
        press(client, step, printed, reason="asked")
    for step in ("take", "start"):
        press(client, step, cast, reason="asked")
    shown = client.get(reverse("bench:piece", args=[cast.pk]))
    assert [step.sequence for step in shown.context["page"].passed] == [printed.sequence, cast.sequence]

    press(client, "send_back", cast, reason="shape", back_to="x")
    assert press(client, "send_back", cast, back_to=printed.sequence).status_code == 400
    cast.refresh_from_db()
    assert cast.status == OperationStatus.IN_PROGRESS
    press(client, "send_back", cast, reason="shape", back_to=printed.sequence)

    printed.refresh_from_db()
    cast.refresh_from_db()
    assert (printed.status, cast.status) == (OperationStatus.READY, OperationStatus.REWORK)


def scan(client, reference):
    return client.post(reverse("bench:scan"), {"reference": reference}, follow=True)


def test_a_scan_opens_a_free_piece_starts_one_in_hand_and_finishes_one_that_runs(client, operator, work_order):
    operation = first_of(work_order)
    piece = reverse("bench:piece", args=[operation.pk])

    assert scan(client, work_order.reference).request["PATH_INFO"] == piece
    press(client, "take", operation, reason="asked")
    assert f"Started: {work_order.reference}" in scan(client, work_order.reference).content.decode()
    assert scan(client, work_order.reference).request["PATH_INFO"] == piece  # read twice: nothing happens
    Operation.objects.filter(pk=operation.pk).update(started_at=timezone.now() - timedelta(seconds=6))
    assert f"Finished: {work_order.reference}" in scan(client, work_order.reference).content.decode()

    steps = operation.log.values_list("to_status", flat=True)
    assert list(steps) == ["ready", "claimed", "in_progress", "done"]


def test_a_scanner_is_understood_under_a_russian_layout(client, operator, work_order):
    letters = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "йцукенгшщзфывапролдячсмить")

    page = scan(client, work_order.reference.translate(letters))

    assert page.request["PATH_INFO"] == reverse("bench:piece", args=[first_of(work_order).pk])


def test_scanning_somebody_elses_piece_changes_nothing(client, operator, work_order):
    other = make_operator()
    operation = operations.claim_operation(operation_id=first_of(work_order).pk, reason="", actor=other)

    page = scan(client, work_order.reference)

    operation.refresh_from_db()
    assert (operation.status, operation.operator.user) == (OperationStatus.CLAIMED, other)
    assert "There is nothing for you to do" in page.content.decode()


def test_reloading_costs_no_query_on_the_list_and_no_page(client, operator, work_order, page):
    publish()
    first = client.get(page)

    with CaptureQueriesContext(connection) as queries:
        again = client.get(page, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert not any("mes_worklist" in query["sql"] for query in queries)
    asked = [query["sql"].split('FROM "')[1].split('"')[0] for query in queries]
    assert asked == ["auth_user", "auth_permission", "auth_permission", "mes_workcentre", "mes_operation"]


def test_reloading_renders_nothing(client, operator, work_order, page):
    publish()
    seen = {"if-none-match": client.get(page)["ETag"]}
    rendered = []

    def note(sender, template, **_):
        rendered.append(template.name)

    template_rendered.connect(note)
    try:
        again = client.get(page, headers=seen)
        client.get(page)
    finally:
        template_rendered.disconnect(note)

    assert again.status_code == 304
    assert rendered.count("mes/bench.html") == 1  # by the one that didn't say what it has seen


def test_a_page_with_a_message_is_shown_although_the_list_was_seen(client, operator, work_order, page):
    publish()
    seen = {"if-none-match": client.get(page)["ETag"]}
    client.get(reverse("bench:find"), {"reference": "nonsense"})

    told = client.get(page, headers=seen)

    assert (told.status_code, "ETag" in told.headers) == (200, False)
    assert "NONSENSE" in told.content.decode()
    assert client.get(page, headers=seen).status_code == 304


def test_each_change_of_what_a_page_shows_changes_its_tag(client, operator, work_order, page):
    publish()
    tags = [client.get(page)["ETag"]]

    operations.claim_next(work_centre_id=printing().pk, actor=operator)
    tags.append(client.get(page)["ETag"])
    operation = work_order.operations.first()
    operations.start_operation(operation_id=operation.pk, actor=operator)
    tags.append(client.get(page)["ETag"])
    tags.append(client.get(page, headers={"accept-language": "ru"})["ETag"])

    assert len(set(tags)) == 4


def test_a_longer_list_costs_no_more_queries(client, operator, page, assert_flat_queries):
    def more(many):
        for _ in range(many):
            make_work_order()
        publish()

    more(2)

    assert_flat_queries(lambda: client.get(page), lambda: more(10))


def test_the_picture_has_no_date(client, operator, work_order):
    picture = client.get(reverse("bench:picture", args=[first_of(work_order).pk]))

    assert picture["Content-Type"] == "image/png"
    assert "Last-Modified" not in picture
    assert "attachment" not in picture.get("Content-Disposition", "")


def test_no_page_of_the_bench_carries_a_date_a_time_or_the_name_of_a_file(client, operator, page):
    work_order = make_work_order(title="ring_20nov", days=3)
    publish()
    operation = first_of(work_order)
    pages = [client.get(address) for address in (page, reverse("bench:piece", args=[operation.pk]))]
    press(client, "take", operation, reason="asked")
    press(client, "start", operation)
    pages += [client.get(page), client.get(reverse("bench:piece", args=[operation.pk]))]

    for shown in pages:
        text = RANDOM.sub("", shown.content.decode())
        today, due = timezone.localdate(), work_order.due_on
        assert not re.search(r"\d{4}-\d\d-\d\d|\d\d:\d\d|20\d\d", text)
        assert not any(f"{day:%-d %B}" in text or f"{day:%B %-d}" in text for day in (today, due))
        assert "ring_20nov" not in text
        assert not {"Last-Modified", "Expires", "Age"} & set(shown.headers)


def test_every_key_that_an_operator_meets_is_random(client, operator, page):
    make_work_order()
    publish()

    found = {int(key) for key in re.findall(r"/pieces/(\d+)/", client.get(page).content.decode())}

    assert found == set(Operation.objects.ready().values_list("pk", flat=True))
    assert min(found) > 10**9


def test_an_operator_without_a_work_centre_sees_why_the_page_is_empty(client, operator):
    operator.operator.work_centres.clear()

    assert "no work centre yet" in client.get(reverse("bench:home")).content.decode()


def test_work_centres_are_named_by_their_codes(client, operator):
    page = client.get(reverse("bench:home"))

    codes = [centre.code for centre in page.context["page"].centres]
    assert codes == list(WorkCentre.objects.order_by("rank").values_list("code", flat=True))
