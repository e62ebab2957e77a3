"""Partners, their keys, quotes and orders, valid with no arguments."""

import hashlib
import io
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.base import File

from external_orders.models import ExternalOrder, ExternalQuote, Partner, Upload, WebhookEndpoint
from external_orders.sealing import seal
from external_orders.services import uploads, webhooks
from external_orders.services.acceptance import ShipTo, accept_external_order
from external_orders.services.events import number_events
from external_orders.services.keys import issue_key
from external_orders.services.models import register_model
from external_orders.services.quotes import AskedItem, request_external_quote
from mes.models import WorkOrder
from pricing.models import Alloy
from pricing.tasks import price_quote
from shop.models import Category, Product, Variant
from tests.factories.mes import make_workshop
from tests.factories.pricing import RING, make_design, make_rates
from tests.factories.pricing import make_quote as make_pricing_quote

_numbers = count(1)

SHIP_TO = {"name": "A. Berg", "line1": "Storgata 1", "city": "Oslo", "postal_code": "0150", "country": "NO"}


def make_partner(**columns: Any) -> Partner:
    """A partner whose orders keep within his limit."""
    asked = {"name": f"Partner {next(_numbers)}", "most_amount": Decimal("100000.00"), "currency": "EUR"}
    return Partner.objects.create(**asked | columns)


def make_key(partner: Partner, **asked: Any) -> str:
    """A key's plain text."""
    return issue_key(partner_id=partner.pk, actor=None, **asked).plain


def make_requested_quote(
    partner: Partner, *, path: Path = RING, livemode: bool = True, pieces: int = 1, **asked: Any
) -> ExternalQuote:
    """A quote that a worker hasn't looked at yet."""
    make_rates()
    make_workshop()
    with path.open("rb") as file:
        model, _ = register_model(partner=partner, livemode=livemode, upload=File(file, name=path.name))
    piece: dict[str, Any] = {"alloy": "au585-yellow", "finish": "polished", "size": "17", "quantity": 1, "kind": "ring"}
    items = [AskedItem(model_id=model.public_id, **piece | asked)] * pieces
    return request_external_quote(partner=partner, livemode=livemode, items=items)


def make_quote(partner: Partner, **asked: Any) -> ExternalQuote:
    """A quote priced by the worker's own task."""
    quote = make_requested_quote(partner, **asked)
    for quote_id in quote.items.values_list("quote", flat=True):
        price_quote(quote_id)
    return quote


def make_order(
    partner: Partner | None = None, *, reference: str | None = None, livemode: bool = True, **asked: Any
) -> ExternalOrder:
    """An order as the API writes it: confirmed when within the limit, received when over it."""
    partner = partner or make_partner()
    return accept_external_order(
        partner=partner,
        livemode=livemode,
        quote_id=make_quote(partner, livemode=livemode, **asked).public_id,
        reference=reference or f"PO-{next(_numbers)}",
        ship_to=ShipTo(**SHIP_TO),
        via="test",
    )


def make_arrived_upload(partner: Partner, *, path: Path = RING, livemode: bool = True) -> Upload:
    """A file that was announced and has arrived."""
    content = path.read_bytes()
    asked = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content), "filename": path.name}
    ticket = uploads.announce_upload(partner=partner, livemode=livemode, **asked)
    return uploads.receive_upload(secret=ticket.secret, stream=io.BytesIO(content))


def make_variant(*, is_priced: bool = True) -> Variant:
    """A piece of the catalogue, with a price in force."""
    quote = make_pricing_quote() if is_priced else None
    design = quote.design if quote else make_design()
    number = next(_numbers)
    category = Category.objects.create(slug=f"rings-{number}", name="Rings")
    product = Product.objects.create(
        slug=f"band-{number}", category=category, name="Band", name_ru="Кольцо", kind="ring", design=design
    )
    alloy = Alloy.objects.get(code="au585-yellow")
    return Variant.objects.create(product=product, sku=f"band-{number:04}-au585", alloy=alloy, size="17", quote=quote)


def work_of(order: ExternalOrder) -> WorkOrder:
    """The work order of an order of one piece."""
    return WorkOrder.objects.get(pk=order.items.values("work_order").get()["work_order"])


def make_endpoint(partner: Partner, url: str, **columns: Any) -> WebhookEndpoint:
    sealed = seal("whsec_" + "c2VjcmV0" * 5)
    return WebhookEndpoint.objects.create(partner=partner, url=url, sealed_secret=sealed, **columns)


def make_person(group: str) -> User:
    """A member of staff with the rights of a group."""
    user = User.objects.create_user(f"{group}{next(_numbers)}", password="staff-password", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def take_due(*, most: int = 100) -> list[webhooks.Attempt]:
    """What a sender would take now, of all endpoints."""
    everywhere = list(WebhookEndpoint.objects.values_list("pk", flat=True))
    return webhooks.take_due(endpoint_ids=everywhere, most=most, most_doubtful=most)


def send_due() -> None:
    """One turn of the sender, without its threads."""
    number_events()
    webhooks.record_answers([(attempt, webhooks.send(attempt)) for attempt in take_due()])
