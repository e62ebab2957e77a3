"""Where a piece is too thin for its alloy."""

from typing import Final

from pricing.engine.measurement import Measurement as Figures
from pricing.engine.measurement import ThinPlace
from pricing.models import Quote

_ABOUT_WALLS: Final = {"wall_thin", "wall_too_thin"}


def thin_places(quote: Quote, *, most: int) -> tuple[ThinPlace, ...]:
    """The places that the verdict on a quote's walls is about, thinnest first: below the wall we ask for its alloy."""
    limits = [float(reason["params"]["limit_mm"]) for reason in quote.reasons if reason["code"] in _ABOUT_WALLS]
    if not limits or quote.measurement is None or quote.measurement.figures is None:
        return ()
    found = Figures.from_json(quote.measurement.figures).walls.thin
    return tuple(place for place in found if place.wall_mm < limits[0])[:most]
