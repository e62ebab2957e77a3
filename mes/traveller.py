"""The traveller: the job card that goes with a piece, as PDF. Pure; it carries a QR code and no date of any kind.

The same values give the same bytes: a PDF's usual creation date would tell an operator when it was printed first.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import segno
import unfold
from fpdf import FPDF

# PDF's own fonts have no Cyrillic; the admin's does.
_FONTS: Final = Path(unfold.__file__).parent / "static" / "unfold" / "fonts" / "inter"
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LEFT, _RIGHT_EDGE, _PICTURE_MM, _QR_MM = 12.0, 136.0, 52.0, 34.0
_A5_MM: Final = (148.0, 210.0)
_LINE_MM: Final = 7.0


@dataclass(frozen=True, slots=True)
class Traveller:
    """What is printed. `facts` are pairs of a label and a value, `steps` pairs of an operation and its work centre."""

    reference: str
    title: str
    facts: tuple[tuple[str, str], ...]
    instruction: str
    steps: tuple[tuple[str, str], ...]
    picture: bytes | None = None


def render(traveller: Traveller) -> bytes:
    """One page of A5, or more when the instruction or the route is long."""
    pdf = FPDF(format=_A5_MM)
    pdf.set_creation_date(_LONG_AGO)
    pdf.set_title(traveller.reference)
    pdf.set_margins(_LEFT, 12.0, 12.0)
    pdf.add_font("Inter", "", _FONTS / "Inter-Regular.woff2")
    pdf.add_font("Inter", "B", _FONTS / "Inter-Bold.woff2")
    pdf.add_page()
    _head(pdf, traveller)
    _facts(pdf, traveller)
    _route(pdf, traveller)
    return bytes(pdf.output())


def _head(pdf: FPDF, traveller: Traveller) -> None:
    pdf.image(_qr(traveller.reference), x=_RIGHT_EDGE - _QR_MM, y=12.0, w=_QR_MM)
    if traveller.picture:
        pdf.image(BytesIO(traveller.picture), x=_LEFT, y=12.0, w=_PICTURE_MM)
    pdf.set_xy(_LEFT, 12.0 + _PICTURE_MM + 3)
    pdf.set_font("Inter", "B", 20)
    pdf.cell(h=10, text=traveller.reference, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Inter", "B", 13)
    pdf.multi_cell(w=0, h=_LINE_MM, text=traveller.title, new_x="LMARGIN", new_y="NEXT")


def _qr(reference: str) -> BytesIO:
    image = BytesIO()
    segno.make(reference, error="m", micro=False).save(image, kind="png", scale=8)
    image.seek(0)
    return image


def _facts(pdf: FPDF, traveller: Traveller) -> None:
    pdf.set_font("Inter", "", 10)
    for label, value in traveller.facts:
        pdf.cell(w=38, h=_LINE_MM, text=label)
        pdf.multi_cell(w=0, h=_LINE_MM, text=value, new_x="LMARGIN", new_y="NEXT")
    if traveller.instruction:
        pdf.set_font("Inter", "B", 11)
        pdf.multi_cell(w=0, h=_LINE_MM, text=traveller.instruction, border="L", new_x="LMARGIN", new_y="NEXT")


def _route(pdf: FPDF, traveller: Traveller) -> None:
    """A box to tick for each step, and room for a sign."""
    pdf.ln(3)
    pdf.set_font("Inter", "", 10)
    for operation, work_centre in traveller.steps:
        pdf.cell(w=6, h=6, text="", border=1)
        pdf.cell(w=40, h=6, text=f"  {operation}")
        pdf.cell(w=44, h=6, text=work_centre)
        pdf.cell(w=0, h=6, text="", border="B", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(1.5)
