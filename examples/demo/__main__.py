"""`make demo`: two rings from upload to shipped, on the running system or on one started for it.

Ends 0 only if all of it happened.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from examples.demo.partner import Partner, Receiver
from examples.demo.people import Customer, Operator, Staff, WentWrong, until
from examples.demo.system import ROOT, NotStarted, is_ready, started
from examples.demo.timeline import Timeline

_DESIGNS = ROOT / "examples" / "designs"
_MOST_ROUNDS = 200
_LAST = ["in_production", "ready", "shipped"]


def main() -> int:
    try:
        with _system() as base_url, Receiver() as receiver:
            timelines = run(base_url, receiver)
    except (WentWrong, NotStarted) as error:
        print(f"\nkarat demo: {error}", file=sys.stderr)
        return 1
    for timeline in timelines:
        print("\n" + "\n".join(timeline.lines()))
    print(f"\nBoth rings are shipped; the partner got {len(receiver.events)} signed webhooks.")
    return 0


@contextmanager
def _system() -> Iterator[str]:
    running = f"http://localhost:{os.environ.get('PORT', '8000')}"
    if is_ready(running):
        print(f"Using the Karat that runs at {running}.")
        yield running
        return
    print("No Karat runs here: starting one on a free port with a throw-away database.")
    with started() as system:
        yield system.base_url


def run(base_url: str, receiver: Receiver, model: Path = _DESIGNS / "comfort_band.stl") -> list[Timeline]:
    """Both orders, from upload to shipped. Raises WentWrong when a part of it does not happen."""
    ours, customer, order_path = _customer_orders(base_url, model)
    theirs, partner, order_id, reference = _partner_orders(base_url, receiver)
    until("approval", lambda: "approved" in customer.stages_of(order_path))
    operator = Operator(base_url, "operator@karat.example")
    operator.sign_in()
    for _round, _made in zip(range(_MOST_ROUNDS), operator.rounds(), strict=False):
        if "ready" in customer.stages_of(order_path) and "ready" in partner.events_of(order_id):
            break
    _ship(base_url, order_path, reference)
    until("the customer's shipping", lambda: "shipped" in customer.stages_of(order_path))
    until("the partner's last webhook", lambda: receiver.statuses_of(order_id)[-1:] == ["shipped"])
    _take_over(ours, customer.stages_of(order_path), ["placed", "approved", *_LAST])
    _take_over(theirs, partner.events_of(order_id), ["received", "confirmed", *_LAST])
    if receiver.statuses_of(order_id) != ["received", "confirmed", *_LAST]:
        raise WentWrong(f"the partner was told only {receiver.statuses_of(order_id)}")
    if receiver.unsigned:
        raise WentWrong(f"{receiver.unsigned} webhooks were not signed rightly")
    return [ours, theirs]


def _take_over(timeline: Timeline, told: dict[str, datetime], stages: list[str]) -> None:
    for stage in stages:
        if stage not in told:
            raise WentWrong(f"{timeline.title}: {stage} was never reached")
        timeline.note(stage, told[stage])


def _customer_orders(base_url: str, model: Path) -> tuple[Timeline, Customer, str]:
    customer = Customer(base_url, "customer@karat.example")
    customer.sign_in()
    timeline = Timeline("A customer's ring")
    quote_path = customer.upload(model)
    timeline.note("uploaded")
    price = until("the price", lambda: customer.price_of(quote_path))
    timeline.note(f"priced: {price} EUR")
    order_path = customer.order(quote_path)
    return timeline, customer, order_path


def _partner_orders(base_url: str, receiver: Receiver) -> tuple[Timeline, Partner, str, str]:
    manager = Staff(base_url, "partners@karat.example")
    manager.sign_in()
    partner = Partner(base_url, manager.issue_key("Atelier Nord"))
    partner.listen(receiver)
    timeline = Timeline("A partner's ring")
    reference, key = f"PO-{secrets.token_hex(4)}", secrets.token_hex(8)
    model_id = partner.register(_DESIGNS / "twisted_band.stl")
    timeline.note("model registered")
    quote_id = partner.ask_price(model_id, f"{key}-quote")
    price = until("the partner's price", lambda: partner.price_of(quote_id))
    timeline.note(f"priced: {price} EUR")
    order = partner.order(quote_id, reference, f"{key}-order")
    again = partner.order(quote_id, reference, f"{key}-order")
    if again["id"] != order["id"]:
        raise WentWrong("the same idempotency key made two orders")
    return timeline, partner, order["id"], reference


def _ship(base_url: str, order_path: str, reference: str) -> None:
    seller = Staff(base_url, "seller@karat.example")
    seller.sign_in()
    seller.ship("/crm/shop/order/", order_path.strip("/").rpartition("/")[2], "1Z-DEMO-1")
    manager = Staff(base_url, "partners@karat.example")
    manager.sign_in()
    manager.ship("/mes/external_orders/externalorder/", reference, "1Z-DEMO-2")


if __name__ == "__main__":
    sys.exit(main())
