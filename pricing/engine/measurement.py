"""The records of what was found in a model: plain values, to JSON and back.

Apart from what finds them (`measure`, `walls`, `stones`, `repair`), so that who stores, prices or shows a measurement
needs neither numpy nor a compiled kernel: a web process and a queue's worker start without them.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Self, get_args

from pricing.engine.castability import Facts

Cut = Literal["round", "princess", "emerald", "oval", "pear", "marquise", "cushion", "trillion", "baguette", "other"]
CUTS: Final[tuple[Cut, ...]] = get_args(Cut)


@dataclass(frozen=True, slots=True)
class Stone:
    """A gem: sizes in mm in its own frame, depth along the axis of its table; the centre of its box there."""

    shell: int
    length_mm: float
    width_mm: float
    depth_mm: float
    volume_mm3: float
    centre_mm: tuple[float, float, float]
    cut: Cut

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` is the way back."""
        return asdict(self) | {"centre_mm": list(self.centre_mm)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The stone that `to_json` described. Raises KeyError, TypeError or ValueError for anything else."""
        x, y, z = (float(value) for value in stored["centre_mm"])
        sizes = {name: float(stored[name]) for name in ("length_mm", "width_mm", "depth_mm", "volume_mm3")}
        if stored["cut"] not in CUTS:
            raise ValueError(f"no cut {stored['cut']!r}")
        return cls(shell=int(stored["shell"]), cut=stored["cut"], centre_mm=(x, y, z), **sizes)


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done and how often. Codes: merged_vertices, split_edges, duplicate_faces, parted_edges, turned_faces,
    filled_holes.
    """

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class ThinPlace:
    """A point of the surface, in mm, and how thick the metal behind it is."""

    x: float
    y: float
    z: float
    wall_mm: float


@dataclass(frozen=True, slots=True)
class Walls:
    """Enough about a piece's walls to judge them by any limits without its mesh.

    min_mm: the thinnest that any line met. low_mm: what is judged, the thickness that 0.2 mm2 of the surface and at
    least five samples stay below or at; both None when no line could be judged. thin: places below 1.5 mm at least a
    millimetre apart, thinnest first, at most 64. samples: lines that were judged. histogram: for each upper bound in
    mm the share of the surface, 0 … 1, whose wall is thinner.
    """

    min_mm: float | None
    low_mm: float | None
    thin: tuple[ThinPlace, ...]
    samples: int
    histogram: tuple[tuple[float, float], ...]

    def thinner_than(self, limit_mm: float) -> tuple[ThinPlace, ...]:
        """The places to show to a customer whose alloy asks for `limit_mm`."""
        return tuple(place for place in self.thin if place.wall_mm < limit_mm)

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` is the way back."""
        return {
            "min_mm": self.min_mm,
            "low_mm": self.low_mm,
            "thin": [[place.x, place.y, place.z, place.wall_mm] for place in self.thin],
            "samples": self.samples,
            "histogram": [list(step) for step in self.histogram],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The walls that `to_json` described. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            min_mm=None if stored["min_mm"] is None else float(stored["min_mm"]),
            low_mm=None if stored["low_mm"] is None else float(stored["low_mm"]),
            thin=tuple(ThinPlace(*(float(value) for value in place)) for place in stored["thin"]),
            samples=int(stored["samples"]),
            histogram=tuple((float(bound), float(share)) for bound, share in stored["histogram"]),
        )


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was found in a model: mm, mm2, mm3.

    Of the file as it came: triangles; bodies, connected pieces of surface; watertight: every edge is walked as often
    one way as the other; signed_volume_mm3, overlaps counted twice, negative if inside out; box_mm and centre_mm of
    its box; unit and unit_source (see `formats.Model`).

    Of the metal, mended, overlaps counted once, cavities and stones left out: volume_mm3 within volume_error_mm3;
    second_volume_mm3, the same by another way, and volume_agrees, whether they do within 1 %; area_mm2, what the air
    touches; pieces that hang on nothing else; walls. volume_with_stones_mm3 takes the stones for metal.

    stones: recognised gems. repairs: what was mended. open_edges: what could not be.
    """

    triangles: int
    bodies: int
    watertight: bool
    volume_mm3: float
    area_mm2: float
    box_mm: tuple[float, float, float]
    centre_mm: tuple[float, float, float]
    signed_volume_mm3: float
    volume_error_mm3: float
    second_volume_mm3: float
    volume_agrees: bool
    volume_with_stones_mm3: float
    pieces: int
    stones: tuple[Stone, ...]
    repairs: tuple[Repair, ...]
    open_edges: int
    walls: Walls
    unit: str
    unit_source: Literal["file", "given", "assumed"]

    def to_json(self) -> dict[str, Any]:
        """JSON values; floats keep every digit, so that a price from the stored measurement is the same."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            **plain,
            "box_mm": list(self.box_mm),
            "centre_mm": list(self.centre_mm),
            "stones": [stone.to_json() for stone in self.stones],
            "repairs": [{"code": repair.code, "count": repair.count} for repair in self.repairs],
            "walls": self.walls.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The measurement that `to_json` described. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            **{name: kind(stored[name]) for name, kind in _PLAIN.items()},
            box_mm=triple(stored["box_mm"]),
            centre_mm=triple(stored["centre_mm"]),
            stones=tuple(Stone.from_json(stone) for stone in stored["stones"]),
            repairs=tuple(Repair(str(repair["code"]), int(repair["count"])) for repair in stored["repairs"]),
            walls=Walls.from_json(stored["walls"]),
        )

    def facts(self) -> Facts:
        """What decides whether the piece can be cast."""
        return Facts(
            walls=self.walls,
            box_mm=self.box_mm,
            pieces=self.pieces,
            first_mm3=self.volume_mm3,
            second_mm3=self.second_volume_mm3,
            agrees=self.volume_agrees,
            error_mm3=self.volume_error_mm3,
            open_edges=self.open_edges,
            unit=self.unit,
            unit_source=self.unit_source,
        )


_PLAIN: Final[dict[str, Callable[[Any], Any]]] = {
    "triangles": int,
    "bodies": int,
    "watertight": bool,
    "volume_mm3": float,
    "area_mm2": float,
    "signed_volume_mm3": float,
    "volume_error_mm3": float,
    "second_volume_mm3": float,
    "volume_agrees": bool,
    "volume_with_stones_mm3": float,
    "pieces": int,
    "open_edges": int,
    "unit": str,
    "unit_source": str,
}


def triple(stored: Any) -> tuple[float, float, float]:
    """Three numbers of anything that holds three, an array too."""
    x, y, z = (float(value) for value in stored)
    return x, y, z
