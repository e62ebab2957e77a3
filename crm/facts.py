"""What the approval rules may look at of an order: frozen, complete, nothing looked up; stored with every review."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any, Final, Self

FORMAT: Final = 2  # of the stored facts; a review with older ones is tried from its order's rows


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line: what is made, of what, for how much. `stones` and `engraving` are those of one piece."""

    title: str
    gross: Decimal
    pieces: int = 1
    alloy: str = ""
    is_offered: bool = True
    verdict: str = "ok"
    stones: int = 0
    engraving: str = ""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**{**stored, "gross": Decimal(stored["gross"])})


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as it stood when the rules looked at it. `lead_days`: from the day it was placed to the promised one."""

    currency: str
    gross: Decimal
    lines: tuple[LineFacts, ...]
    country: str = ""
    lead_days: int = 0
    is_paid: bool = False
    has_note: bool = False
    is_new_customer: bool = False
    standing: str = "normal"
    trusted_limit: Decimal | None = field(default=None)

    def to_json(self) -> dict[str, Any]:
        """As stored: amounts as text, so that none becomes a float."""
        plain = asdict(self)
        plain["lines"] = [{**line, "gross": str(line["gross"])} for line in plain["lines"]]
        limit = None if self.trusted_limit is None else str(self.trusted_limit)
        return {**plain, "gross": str(self.gross), "trusted_limit": limit, "format": FORMAT}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self | None:
        """The facts as they were stored; None when they were stored in an older form, or never."""
        if stored.get("format") != FORMAT:
            return None
        known = {one.name: stored[one.name] for one in fields(cls) if one.name in stored}
        limit = known.get("trusted_limit")
        return cls(
            **{
                **known,
                "gross": Decimal(stored["gross"]),
                "lines": tuple(LineFacts.from_json(line) for line in stored["lines"]),
                "trusted_limit": None if limit is None else Decimal(limit),
            }
        )
