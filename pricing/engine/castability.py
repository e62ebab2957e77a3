"""Whether a piece can be cast, from what was measured and one alloy's limits, with reasons a customer understands.

    ok        nothing to say
    advice    it can be made; the customer is told what he may regret
    refuse    it can't be cast as it is: the customer mends the model
    review    the engine isn't sure what is metal: a person looks, and no price goes out

The verdict is that of the worst reason, in this order; a doubt about what is metal is worse than a refusal, because
then the walls are in doubt as well. Nothing here needs the mesh: the same measurement is judged again for another
alloy. A reason is its code and its parameters, like a refusal; `MESSAGES` holds the English words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from pricing.engine.errors import Param
from pricing.engine.units import MILLIMETRES

if TYPE_CHECKING:  # a command is refused before the kernels are loaded
    from pricing.engine.measurement import Walls

VerdictCode = Literal["ok", "advice", "refuse", "review"]

VERDICTS: Final[tuple[VerdictCode, ...]] = ("ok", "advice", "refuse", "review")

# Worst first: this is the order in which reasons are given.
SEVERITY: Final[Mapping[str, VerdictCode]] = {
    "unit_in_doubt": "review",
    "volume_disagrees": "review",
    "open_surface": "review",
    "walls_unknown": "review",
    "wall_too_thin": "refuse",
    "too_big_for_flask": "refuse",
    "size_unlikely": "advice",
    "wall_thin": "advice",
    "loose_bodies": "advice",
}

MESSAGES: Final[Mapping[str, str]] = {
    "unit_in_doubt": "Nobody makes a piece of jewellery {size_mm} mm long, so the unit of this file can't be the one "
    "we read. Its longest side would be {as_mm} mm if it is drawn in millimetres, {as_cm} mm if in centimetres, "
    "{as_inch} mm if in inches, {as_m} mm if in metres. Please tell us the unit; then you get a price.",
    "volume_disagrees": "We measured this model's volume in two ways and they disagree: {first_mm3} mm³ and "
    "{second_mm3} mm³. A jeweller will look at it before you get a price.",
    "open_surface": "The surface of this model is open in {open_edges} places, so that its volume is only known "
    "within {error_percent} %. A jeweller will look at it; it is faster if you close the surface and send it again.",
    "walls_unknown": "The thickness of this model's walls can't be measured. A jeweller will look at it.",
    "wall_too_thin": "The thinnest wall is {wall_mm} mm; below {limit_mm} mm it can't be cast in this metal. "
    "Please thicken the marked places.",
    "too_big_for_flask": "This piece measures {x_mm} x {y_mm} x {z_mm} mm and does not fit into our casting flask, "
    "{diameter_mm} mm across and {height_mm} mm high. Please make it smaller or send it in parts.",
    "size_unlikely": "This model measures {size_mm} mm along its longest side. The file does not say in which unit "
    "it is, and we read millimetres. Please check that this is the size you mean: drawn in centimetres it would be "
    "{as_cm} mm, in inches {as_inch} mm.",
    "wall_thin": "The thinnest wall is {wall_mm} mm; in this metal we advise {limit_mm} mm. "
    "Thinner places, which are marked, may bend or wear through.",
    "loose_bodies": "This model is {pieces} pieces of metal that don't touch each other. "
    "If they aren't links of a chain or a set, please let them overlap: a loose part falls off.",
}

# The units that a customer's program may have written.
UNITS: Final = ("mm", "cm", "inch", "m")

# A file that states its unit is believed down to this share of the smallest likely size: studs and links are small.
_BELIEVED: Final = 0.5

# Facets make a round wire thinner than it was meant: one of 0.8 mm by this, if it has 20 of them.
_TOLERANCE_MM: Final = 0.01


@dataclass(frozen=True, slots=True)
class CastingLimits:
    """What can be cast in an alloy, in mm; the company edits them.

    Defaults: walls of 0.8 are the usual floor of casters for a worn piece and 0.5 that of ornament; the flask is the
    3 x 4 inches of one of them. A length below or above the likely sizes is asked about when the file has no unit.
    volume_share: how far the volume may be in doubt, 0.01 is 1 %.
    """

    wall_refuse_mm: float = 0.5
    wall_advice_mm: float = 0.8
    flask_diameter_mm: float = 76.2
    flask_height_mm: float = 101.6
    likely_from_mm: float = 5.0
    likely_to_mm: float = 120.0
    volume_share: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.wall_refuse_mm <= self.wall_advice_mm:
            raise ValueError(f"a wall refused below {self.wall_refuse_mm} mm but advised from {self.wall_advice_mm} mm")
        if not (self.flask_diameter_mm > 0 and self.flask_height_mm > 0):
            raise ValueError(f"no flask measures {self.flask_diameter_mm} x {self.flask_height_mm} mm")


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured, as far as it decides about casting.

    box_mm: extents along x, y, z. pieces: of metal that hang on nothing else. first_mm3, second_mm3: the volume in two
    ways; agrees: whether they do. error_mm3: the volume's bound. unit_source: who said in which unit the file is.
    """

    walls: "Walls"
    box_mm: tuple[float, float, float]
    pieces: int
    first_mm3: float
    second_mm3: float
    agrees: bool
    error_mm3: float
    open_edges: int
    unit: str
    unit_source: Literal["file", "given", "assumed"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to say about a piece: a stable code, and what fills the {named} places of its message."""

    code: str
    params: Mapping[str, Param]

    @property
    def message(self) -> str:
        """In plain English, for a customer."""
        return MESSAGES[self.code].format_map(self.params)

    @property
    def verdict(self) -> VerdictCode:
        """What this reason alone would decide."""
        return SEVERITY[self.code]

    def to_json(self) -> dict[str, Any]:
        """JSON values: {"code", "params"}; the words are looked up where they are shown."""
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """code: one of VERDICTS, that of the worst reason. reasons: worst first, none for "ok"."""

    code: VerdictCode
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` is the way back."""
        return {"code": self.code, "reasons": [reason.to_json() for reason in self.reasons]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The verdict that `to_json` described. Raises KeyError or ValueError for anything else."""
        if stored["code"] not in VERDICTS:
            raise ValueError(f"no verdict {stored['code']!r}")
        return cls(stored["code"], tuple(Reason(str(r["code"]), dict(r["params"])) for r in stored["reasons"]))


def judge(facts: Facts, limits: CastingLimits) -> Verdict:
    """Whether a piece can be cast within an alloy's limits."""
    found = [*_doubts(facts, limits), *_castable(facts, limits)]
    reasons = sorted(found, key=lambda reason: list(SEVERITY).index(reason.code))
    return Verdict(max((reason.verdict for reason in reasons), key=VERDICTS.index, default="ok"), tuple(reasons))


def _castable(facts: Facts, limits: CastingLimits) -> list[Reason]:
    """What speaks against casting it. A refusal that rests on a unit which nobody has confirmed is a question."""
    found = [*_wall(facts.walls, limits), *_size(facts, limits)]
    is_refused = facts.walls.low_mm is None or any(reason.verdict == "refuse" for reason in found)
    if is_refused and _may_be_another_unit(facts, limits):
        found = [Reason("unit_in_doubt", {"size_mm": _rounded(max(facts.box_mm)), **_sizes(facts)})]
    return [*found, *_loose(facts)]


def _may_be_another_unit(facts: Facts, limits: CastingLimits) -> bool:
    """Whether the size is unlikely in the unit that was taken, likely in another, and nobody was asked yet."""
    smallest = limits.likely_from_mm * (1.0 if facts.unit_source == "assumed" else _BELIEVED)
    if facts.unit_source == "given" or smallest <= max(facts.box_mm) <= limits.likely_to_mm:
        return False
    return any(limits.likely_from_mm <= size <= limits.likely_to_mm for size in _sizes(facts).values())


def _sizes(facts: Facts) -> dict[str, float]:
    """The longest side in mm if the file were in each unit."""
    longest = max(facts.box_mm) / MILLIMETRES[facts.unit]
    return {f"as_{unit}": _rounded(longest * MILLIMETRES[unit]) for unit in UNITS}


def _doubts(facts: Facts, limits: CastingLimits) -> Iterator[Reason]:
    if not facts.agrees:
        yield Reason(
            "volume_disagrees", {"first_mm3": _rounded(facts.first_mm3), "second_mm3": _rounded(facts.second_mm3)}
        )
    share = facts.error_mm3 / facts.first_mm3 if facts.first_mm3 > 0 else 1.0
    if facts.open_edges and share > limits.volume_share:
        yield Reason("open_surface", {"open_edges": facts.open_edges, "error_percent": _rounded(100 * share)})
    if facts.walls.low_mm is None:
        yield Reason("walls_unknown", {})


def _wall(walls: "Walls", limits: CastingLimits) -> Iterator[Reason]:
    if walls.low_mm is None:
        return
    # Shown rounded down: "0.5 mm is less than 0.5 mm" would read like a mistake.
    shown = int(walls.low_mm * 100) / 100
    if walls.low_mm < limits.wall_refuse_mm - _TOLERANCE_MM:
        yield Reason("wall_too_thin", {"wall_mm": shown, "limit_mm": limits.wall_refuse_mm})
    elif walls.low_mm < limits.wall_advice_mm - _TOLERANCE_MM:
        yield Reason("wall_thin", {"wall_mm": shown, "limit_mm": limits.wall_advice_mm})


def _size(facts: Facts, limits: CastingLimits) -> Iterator[Reason]:
    x, y, z = (_rounded(extent) for extent in facts.box_mm)
    if not fits_flask(facts.box_mm, limits):
        flask = {"diameter_mm": limits.flask_diameter_mm, "height_mm": limits.flask_height_mm}
        yield Reason("too_big_for_flask", {"x_mm": x, "y_mm": y, "z_mm": z, **flask})
    likely = limits.likely_from_mm <= max(facts.box_mm) <= limits.likely_to_mm
    if facts.unit_source == "assumed" and not likely:
        yield Reason("size_unlikely", {"size_mm": max(x, y, z), **_sizes(facts)})


def _loose(facts: Facts) -> Iterator[Reason]:
    if facts.pieces > 1:
        yield Reason("loose_bodies", {"pieces": facts.pieces})


def fits_flask(box_mm: tuple[float, float, float], limits: CastingLimits) -> bool:
    """Whether a piece stands in the flask along one of its axes.

    It must be as narrow as the flask along both others. A round piece then fits; one that fills the corners of its box
    may not, which the caster sees. Refused is only what can't fit standing along an axis.
    """
    low, middle, high = sorted(box_mm)
    stands = high <= limits.flask_height_mm and middle <= limits.flask_diameter_mm
    lies = low <= limits.flask_height_mm and high <= limits.flask_diameter_mm
    return stands or lies


def _rounded(value: float) -> float:
    """Two digits after the point, for people."""
    return round(value, 2)
