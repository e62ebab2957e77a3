"""A demo workshop: work centres, and how each kind of piece is made."""

from decimal import Decimal

from mes.models import Routing, RoutingStep, WorkCentre
from mes.states import OperationKind, StepCondition
from pricing.states import Kind

# code: name, name in Russian, stations, minutes a day
WORK_CENTRES = {
    "printing": ("Wax printing", "Печать восковок", 2, 960),
    "casting": ("Casting", "Литьё", 1, 480),
    "cleaning": ("Cleaning", "Очистка", 1, 480),
    "setting": ("Stone setting", "Закрепка", 2, 480),
    "polishing": ("Polishing", "Полировка", 3, 480),
    "plating": ("Plating", "Гальваника", 1, 480),
    "inspection": ("Inspection", "Контроль", 1, 480),
    "packing": ("Packing", "Упаковка", 1, 480),
}

# operation, where, set-up minutes, run minutes a piece, and what else the minutes depend on
_STEPS: list[tuple[OperationKind, str, int, int, dict[str, str]]] = [
    (OperationKind.PRINT, "printing", 10, 14, {"minutes_per_g": "0.6"}),
    (OperationKind.CAST, "casting", 15, 6, {"minutes_per_g": "0.4"}),
    (OperationKind.CLEAN, "cleaning", 5, 7, {"minutes_per_cm2": "0.3"}),
    (OperationKind.SET_STONES, "setting", 5, 0, {"minutes_per_stone": "7", "condition": StepCondition.STONES}),
    (OperationKind.POLISH, "polishing", 10, 20, {"minutes_per_cm2": "1.5"}),
    (OperationKind.ENGRAVE, "setting", 5, 12, {"condition": StepCondition.ENGRAVED}),
    (OperationKind.PLATE, "plating", 10, 5, {"minutes_per_cm2": "0.2", "condition": StepCondition.WHITE}),
    (OperationKind.INSPECT, "inspection", 2, 6, {}),
    (OperationKind.PACK, "packing", 3, 4, {}),
]


def seed_workshop() -> None:
    """Work centres and a routing for every kind of piece."""
    centres = {
        code: WorkCentre.objects.create(
            code=code, name=name, name_ru=russian, stations=stations, minutes_per_day=minutes, rank=rank
        )
        for rank, (code, (name, russian, stations, minutes)) in enumerate(WORK_CENTRES.items())
    }
    for kind in Kind:
        routing = Routing.objects.create(kind=kind)
        RoutingStep.objects.bulk_create(_steps(routing, centres))


def _steps(routing: Routing, centres: dict[str, WorkCentre]) -> list[RoutingStep]:
    return [
        RoutingStep(
            routing=routing,
            sequence=10 * place,
            kind=operation,
            work_centre=centres[code],
            setup_minutes=setup,
            run_minutes=run,
            **{name: Decimal(value) if name != "condition" else value for name, value in rest.items()},
        )
        for place, (operation, code, setup, run, rest) in enumerate(_STEPS, start=1)
    ]
