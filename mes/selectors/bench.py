"""What the bench shows. Nothing in these dataclasses tells when an order was made: no date, no number that grows, not
the title (it may be the name of a customer's file), urgency only as a band.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils.formats import number_format
from django.utils.translation import get_language

from config.kernel.languages import local
from mes.models import Operation, WorkCentre
from mes.querysets import OperationQuerySet
from mes.selectors import floor
from mes.states import Band, OperationKind, OperationStatus, WorkOrderStatus
from pricing.models import Alloy
from pricing.states import Finish, Kind

_HELD_AT_MOST = 24


@dataclass(frozen=True, slots=True)
class Centre:
    """A work centre as a tab."""

    code: str
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """An operation as an operator sees it, on the list or in his hands."""

    operation_id: int
    reference: str
    what: str
    alloy: str
    colour: str
    finish: str
    size: str
    quantity: int
    step: str = ""
    centre: str = ""
    is_running: bool = False
    is_on_hold: bool = False
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class BandOfPieces:
    """The pieces of one urgency."""

    code: str
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class BenchPage:
    centres: tuple[Centre, ...]
    centre: Centre | None
    in_hand: tuple[Piece, ...]
    bands: tuple[BandOfPieces, ...]


def bench_page(user: User, code: str | None = None) -> BenchPage | None:
    """An operator's page at a work centre, his first one unless he chose; None when he isn't qualified for it."""
    mine = list(floor.work_centres_of(user))
    open_one = next((one for one in mine if code in (None, one.code)), None)
    if code is not None and open_one is None:
        return None
    centres = tuple(Centre(one.code, local(one, "name"), one == open_one) for one in mine)
    in_hand = tuple(_in_hand(operation) for operation in floor.in_hand(user)[:_HELD_AT_MOST])
    return BenchPage(
        centres=centres,
        centre=next((centre for centre in centres if centre.is_open), None),
        in_hand=in_hand,
        bands=_bands(open_one, {piece.operation_id for piece in in_hand}),
    )


def _in_hand(operation: Operation) -> Piece:
    work_order = operation.work_order
    return Piece(
        operation_id=operation.pk,
        reference=work_order.reference,
        what=work_order.get_kind_display(),
        alloy=local(work_order.alloy, "name"),
        colour=work_order.alloy.colour,
        finish=work_order.get_finish_display(),
        size=work_order.size,
        quantity=work_order.quantity,
        step=operation.get_kind_display(),
        centre=local(operation.work_centre, "name"),
        is_running=operation.status == OperationStatus.IN_PROGRESS,
        is_on_hold=work_order.status == WorkOrderStatus.ON_HOLD,
        is_mine=True,
    )


def _bands(centre: WorkCentre | None, held: set[int]) -> tuple[BandOfPieces, ...]:
    """The published list as it is, band by band. A row is never taken out because somebody took the piece."""
    rows = floor.worklist(centre.pk) if centre else []
    names = _alloy_names() if rows else {}
    return tuple(
        BandOfPieces(Band(band).name.lower(), str(Band(band).label), tuple(_row(row, names, held) for row in group))
        for band, group in groupby(rows, key=lambda row: row.band)
    )


def _alloy_names() -> dict[str, str]:
    """Names by code in the reader's language, at most a minute old."""
    key = f"mes:alloy_names:{get_language()}"
    names: dict[str, str] | None = cache.get(key)
    if names is None:
        names = {alloy.code: local(alloy, "name") for alloy in Alloy.objects.all()}
        cache.set(key, names, 60)
    return names


def _row(row: floor.WorklistRow, names: dict[str, str], held: set[int]) -> Piece:
    return Piece(
        operation_id=row.operation_id,
        reference=row.reference,
        what=str(Kind(row.kind).label),
        alloy=names.get(row.alloy_code, row.alloy_code),
        colour=row.colour,
        finish=str(Finish(row.finish).label),
        size=row.size,
        quantity=row.quantity,
        is_mine=row.operation_id in held,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a piece's route: "done", "now" or "later"."""

    sequence: int
    kind: str
    label: str
    centre: str
    minutes: int
    progress: str


@dataclass(frozen=True, slots=True)
class PiecePage:
    """A piece with its route; `passed` are the steps it can go back to. `may_take`: it has that button."""

    piece: Piece
    instruction: str
    stones: str
    engraving: str
    mass_g: str
    box_mm: str
    steps: tuple[Step, ...]
    passed: tuple[Step, ...]
    may_take: bool
    may_weigh: bool
    has_picture: bool


def _visible_to(user: User) -> OperationQuerySet:
    """Operations at the work centres an operator is qualified for."""
    return Operation.objects.filter(work_centre__operators__user=user)


def piece_page(user: User, operation_id: int) -> PiecePage | None:
    """A piece at one of the operator's work centres; None when there is no such one for him."""
    related = ("work_order__alloy", "work_order__measurement", "work_centre", "operator")
    operation = _visible_to(user).filter(pk=operation_id).select_related(*related).first()
    if operation is None:
        return None
    work_order = operation.work_order
    is_mine = operation.operator is not None and operation.operator.user_id == user.pk
    figures = work_order.measurement.figures or {}
    steps = _steps(work_order.operations.select_related("work_centre").order_by("sequence"))
    return PiecePage(
        piece=_with_owner(_in_hand(operation), is_mine=is_mine and operation.status in _HELD),
        instruction=work_order.instruction,
        stones=work_order.stones,
        engraving=work_order.engraving,
        mass_g=number_format(work_order.mass_g, 2),
        box_mm=" × ".join(number_format(Decimal(str(side)), 1) for side in figures.get("box_mm", ())),
        steps=steps,
        passed=tuple(step for step in steps if step.sequence <= operation.sequence),
        may_weigh=is_mine and operation.status in _HELD and _is_cast(steps, operation),
        may_take=operation.status == OperationStatus.READY,
        has_picture=bool(work_order.measurement.preview),
    )


def _is_cast(steps: tuple[Step, ...], operation: Operation) -> bool:
    """From its casting on a piece can be weighed."""
    if operation.kind == OperationKind.CAST:
        return operation.status == OperationStatus.IN_PROGRESS
    return any(step.kind == OperationKind.CAST and step.sequence < operation.sequence for step in steps)


_HELD = {OperationStatus.CLAIMED, OperationStatus.IN_PROGRESS}


def _with_owner(piece: Piece, *, is_mine: bool) -> Piece:
    return Piece(**{name: getattr(piece, name) for name in Piece.__slots__ if name != "is_mine"}, is_mine=is_mine)


def _steps(operations: Iterable[Operation]) -> tuple[Step, ...]:
    return tuple(
        Step(
            sequence=operation.sequence,
            kind=operation.kind,
            label=operation.get_kind_display(),
            centre=local(operation.work_centre, "name"),
            minutes=operation.planned_minutes,
            progress=_progress(operation.status),
        )
        for operation in operations
    )


def _progress(status: str) -> str:
    if status == OperationStatus.DONE:
        return "done"
    return "now" if status in {OperationStatus.READY, *_HELD} else "later"


def operation_of_reference(user: User, reference: str) -> int | None:
    """The operation a scanned reference means: what the operator holds of it, else what waits at his work centres."""
    scanned = _visible_to(user).filter(work_order__reference=reference)
    held = scanned.in_hand().filter(operator__user=user).values_list("pk", flat=True).first()
    return held or scanned.ready().values_list("pk", flat=True).first()


def picture_of(user: User, operation_id: int) -> str | None:
    """The stored name of a piece's picture."""
    rows = _visible_to(user).filter(pk=operation_id).exclude(work_order__measurement__preview="")
    return rows.values_list("work_order__measurement__preview", flat=True).first()
