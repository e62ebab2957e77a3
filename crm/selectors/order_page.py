"""Everything that a seller sees of one order, in a number of queries that doesn't grow with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from config.kernel.languages import local
from crm.models import CustomerStanding, LineChange, ProductionRequest, RefundNote, Review
from crm.states import Standing
from crm.words import step_words
from mes.models import Operation, WorkOrder
from mes.querysets import OPEN_WORK_ORDER
from mes.selectors import Promise, chance_for, chance_of, seconds_to_price, time_spent
from mes.states import OperationStatus, Phase
from pricing.models import QuoteComponent
from pricing.states import QuoteStatus
from shop.models import Order, OrderLine, OrderLog, OrderMessage
from shop.states import OrderStatus

MOST_SHOWN = 100  # of messages and of steps; the newest
_TO_COME = {OrderStatus.PLACED, OrderStatus.EXCEPTION}
_BEING_MADE = {OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a work order is: operations done of all, and the one that is next or in hand."""

    work_order: WorkOrder
    done: int
    total: int
    now: Operation | None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line with its picture and price; `change` is one that waits for its price or for the seller."""

    line: OrderLine
    title: str
    alloy: str
    picture_url: str
    parts: Sequence[QuoteComponent]
    progress: Progress | None
    change: LineChange | None

    @property
    def is_change_priced(self) -> bool:
        return self.change is not None and self.change.quote.status == QuoteStatus.PRICED


@dataclass(frozen=True, slots=True)
class Step:
    """A line of an order's record in the reader's language; `state` is empty where the state stayed as it was."""

    at: datetime
    actor: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class SellersOrder:
    order: Order
    review: Review | None
    standing: str
    orders_before: int
    rows: Sequence[LineRow]
    steps: Sequence[Step]
    messages: Sequence[OrderMessage]
    refunds: Sequence[RefundNote]
    chance: Promise | None
    minutes: Mapping[Phase, float]  # where the time went up to now; nothing of an order that was never made

    @property
    def is_asked(self) -> bool:
        return any(one.is_question and one.answered_at is None for one in self.messages)


def sellers_order(order: Order) -> SellersOrder:
    """The page's values. Uses index order_of_customer for the customer's other orders, counted up to a bound."""
    rows = _rows(order)
    others = Order.objects.of_customer(order.customer_id).exclude(pk=order.pk)
    standing = CustomerStanding.objects.filter(customer=order.customer_id).first() or CustomerStanding()
    return SellersOrder(
        order=order,
        review=Review.objects.filter(order=order).select_related("decided_by", "rule_set").first(),
        standing=standing.get_level_display() if standing.level != Standing.NORMAL else "",
        orders_before=len(others.order_by().values("pk")[:MOST_SHOWN]),
        rows=rows,
        steps=[_step(line) for line in _newest(order.log.select_related("actor"))],
        messages=_newest(order.messages.select_related("author")),
        refunds=list(order.refund_notes.select_related("actor")),
        chance=_chance(order, rows),
        minutes=_minutes(order, rows),
    )


def _step(line: OrderLog) -> Step:
    state = str(OrderStatus(line.to_status).label) if line.from_status != line.to_status else ""
    return Step(line.at, str(line.actor or ""), state, step_words(line.to_status, line.reason))


def _newest(rows: Any) -> list[Any]:
    return list(rows.order_by("-pk")[:MOST_SHOWN])[::-1]


def _rows(order: Order) -> list[LineRow]:
    open_changes = Prefetch("changes", LineChange.objects.open().select_related("quote"), to_attr="open_changes")
    lines = OrderLine.objects.filter(order=order).select_related("alloy", "product", "quote__measurement")
    found: list[Any] = list(lines.prefetch_related("quote__components", open_changes))
    progress = _progress(found)
    return [
        LineRow(
            line=line,
            title=local(line.product, "name") if line.product else line.title,
            alloy=local(line.alloy, "name"),
            picture_url=line.quote.measurement.picture_url if line.quote.measurement else "",
            parts=line.quote.components.all(),
            progress=progress.get(line.pk),
            change=next(iter(line.open_changes), None),
        )
        for line in found
    ]


def _progress(lines: Sequence[OrderLine]) -> Mapping[int, Progress]:
    steps = Prefetch("work_order__operations", Operation.objects.select_related("work_centre").order_by("sequence"))
    requests = ProductionRequest.objects.filter(order_line__in=lines).select_related("work_order")
    return {one.order_line_id: _of(one.work_order) for one in requests.prefetch_related(steps)}


def _of(work_order: WorkOrder) -> Progress:
    steps = list(work_order.operations.all())
    done = sum(step.status == OperationStatus.DONE for step in steps)
    closed = {OperationStatus.DONE, OperationStatus.CANCELLED}
    return Progress(work_order, done, len(steps), next((step for step in steps if step.status not in closed), None))


def _chance(order: Order, rows: Sequence[LineRow]) -> Promise | None:
    """How sure the promised date is; nothing is said of what is packed, gone or cancelled."""
    if order.status in _TO_COME:
        return chance_for([row.line.quote for row in rows], order.promised_on)
    made = [row.progress.work_order for row in rows if row.progress]
    still_open = [one for one in made if one.status in OPEN_WORK_ORDER]
    return chance_of(still_open, order.promised_on) if order.status in _BEING_MADE and still_open else None


def _minutes(order: Order, rows: Sequence[LineRow]) -> Mapping[Phase, float]:
    made = [row.progress.work_order for row in rows if row.progress]
    if not made and order.status not in _TO_COME:
        return {}
    priced = max((seconds_to_price(row.line.quote) for row in rows), default=0)
    return time_spent(made, ordered_at=order.placed_at, pricing_seconds=priced)


def priced_changes(order: Order) -> list[tuple[LineChange, Decimal, Decimal]]:
    """The changes of an order's lines that have their price: the change, the old amount, the new one."""
    found = LineChange.objects.open().filter(line__order=order, quote__status=QuoteStatus.PRICED)
    rows = found.select_related("line", "quote").order_by("pk")
    return [(one, one.line.gross, one.quote.amounts.gross) for one in rows]


def open_changes(order: Order) -> list[LineChange]:
    return list(LineChange.objects.open().filter(line__order=order).select_related("line", "quote").order_by("pk"))
