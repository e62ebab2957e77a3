"""Measure and price a model at the terminal: `python -m pricing.engine ring.stl --alloy au750-yellow`. No database.

The program bounds its own memory and processor time and measures in its own process: it has nothing to protect but
itself, and one process starts in half the time of two. A worker, which must survive, uses `pricing.sandbox`.

Exit status 0: measured, with its verdict and, unless a person must look at it first ("review"), its price. 2: the file
is refused, with {"code", "message"} on standard output (--json) or one line on standard error.
"""

import argparse
import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from pricing.engine.confinement import ONE_THREAD, confine
from pricing.engine.errors import EngineOutOfMemory, EngineTimeout, FileTooLarge, ModelRefused, RateMissing
from pricing.engine.recognition import MAX_BYTES, recognise
from pricing.engine.version import ENGINE_VERSION

UNITS = ("mm", "cm", "inch", "m")
_MEMORY_BYTES = 1_500_000_000
_CPU_SECONDS = 60


class CommandRefused(Exception):
    """The command can't be carried out as given; the file itself may be fine."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def main(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    as_json = "--json" in arguments
    try:
        options = _options(arguments)
        rates, piece = _asked_for(options)
        content = _read(options.file)
        recognise(memoryview(content))  # what is no model is refused before the kernels are loaded
        _compile_all()  # before the limits: compiling a kernel for the first time is not the file's doing
        confine(memory_bytes=_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS)
        signal.signal(signal.SIGXCPU, _out_of_time)
        answer = _price(options, content, piece, rates)
    except (ModelRefused, CommandRefused) as refused:
        return _refuse(refused.code, refused.message, as_json=as_json)
    except MemoryError:
        refused_for_memory = EngineOutOfMemory()
        return _refuse(refused_for_memory.code, refused_for_memory.message, as_json=as_json)
    print(json.dumps(answer, ensure_ascii=False) if as_json else _breakdown(answer))
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    """The parsed command line. argparse itself would print its usage and exit, without the code that we promise."""
    try:
        options, surplus = _parser().parse_known_args(arguments)
    except argparse.ArgumentError as wrong:
        raise CommandRefused("invalid_argument", str(wrong)) from wrong
    if surplus:
        raise CommandRefused("invalid_argument", f"what is {surplus[0]!r}?")
    if options.file is None or options.alloy is None:
        raise CommandRefused("invalid_argument", "name a file and an alloy: ring.stl --alloy au750-yellow")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pricing.engine", description="Measure and price a 3D model.", exit_on_error=False
    )
    parser.add_argument("file", type=Path, nargs="?", help="the model")
    parser.add_argument("--alloy", metavar="CODE", help="for example au750-yellow")
    parser.add_argument(
        "--unit",
        choices=UNITS,
        help="what one unit of the file is, whatever it says itself; else mm",
    )
    parser.add_argument("--finish", default="polished", help="polished (default), matte or brushed")
    parser.add_argument("--quantity", type=int, default=1, metavar="N", help="how many pieces, 1 to 1000")
    parser.add_argument("--plating", metavar="KIND", help="rhodium, ruthenium, gold or rose_gold")
    parser.add_argument("--engraving", default="", metavar="TEXT", help="engraved on each piece; blanks cost nothing")
    parser.add_argument("--rush", action="store_true", help="made before others")
    parser.add_argument("--rates", type=Path, metavar="FILE", help="rates as JSON; default: the demo rates")
    parser.add_argument("--preview", type=Path, metavar="OUT.png", help="write a picture of the model")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _compile_all() -> None:
    """Imported here, so that a command refused for its arguments is answered without loading the kernels."""
    from pricing.engine.compile import compile_all

    compile_all()


def _asked_for(options: argparse.Namespace) -> tuple[Any, Any]:
    """The rates and the piece. Raises CommandRefused."""
    from pricing.engine.inputs import PieceSpec

    rates = _rates(options.rates)
    if options.alloy not in rates.alloys:
        raise CommandRefused("unknown_alloy", f"no alloy {options.alloy!r}; there are {', '.join(rates.alloys)}")
    try:
        piece = PieceSpec(
            rates.alloys[options.alloy],
            options.finish,
            size=None,
            quantity=options.quantity,
            plating=options.plating,
            engraved_characters=len("".join(options.engraving.split())),
            is_rush=options.rush,
        )
    except ValueError as wrong:
        raise CommandRefused("invalid_argument", str(wrong)) from wrong
    return rates, piece


def _price(options: argparse.Namespace, content: bytes, piece: Any, rates: Any) -> dict[str, Any]:
    from pricing.engine.castability import judge
    from pricing.engine.formats import read_model
    from pricing.engine.materials import mass_g
    from pricing.engine.measure import find_metal, measurement_of
    from pricing.engine.walls import measure_walls

    model = read_model(content, unit=options.unit)
    metal = find_metal(model)
    found = measurement_of(metal, measure_walls(metal.surface, is_union=metal.volume.is_union))
    verdict = judge(found.facts(), piece.alloy.casting_limits())
    price = _priced(found, piece, rates)
    if options.preview:
        _draw(metal, found.walls.thinner_than(float(piece.alloy.wall_min_mm)), options.preview, piece.alloy.colour)
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "engine_version": ENGINE_VERSION,
        "format": model.format,
        **_told(found),
        "verdict": verdict.code,
        "reasons": [{"code": reason.code, "message": reason.message} for reason in verdict.reasons],
        "mass_g": str(mass_g(found.volume_mm3, piece.alloy)),
        "finished_mass_g": price.pop("mass_g"),
        "alloy": piece.alloy.code,
        "finish": piece.finish,
        "quantity": piece.quantity,
        "plating": piece.plating,
        "engraved_characters": piece.engraved_characters,
        "rush": piece.is_rush,
        "price": None if verdict.code == "review" else price,
    }


def _priced(found: Any, piece: Any, rates: Any) -> dict[str, Any]:
    from pricing.engine.price import calculate_price

    try:
        return calculate_price(found, piece, rates.price_list, rates.metal_prices).to_json()
    except (RateMissing, ValueError) as wrong:
        raise CommandRefused("bad_rates", str(wrong)) from wrong


def _told(found: Any) -> dict[str, Any]:
    """The measurement as the program promises it: stones counted, walls by their judged figure."""
    told: dict[str, Any] = found.to_json()
    stones = [{name: value for name, value in stone.items() if name != "shell"} for stone in told["stones"]]
    return told | {"stones": {"count": len(stones), "each": stones}, "wall_min_mm": found.walls.low_mm}


def _rates(path: Path | None) -> Any:
    from pricing.engine.rates import load_rates

    try:
        return load_rates(path)
    except (OSError, ValueError) as wrong:
        raise CommandRefused("bad_rates", f"the rates can't be used: {wrong}") from wrong


def _find(path: Path) -> None:
    try:
        found = path.is_file()  # a pipe could keep us waiting for ever
    except (OSError, ValueError) as wrong:
        raise CommandRefused("file_not_found", f"{path} can't be read: {wrong}") from wrong
    if not found:
        raise CommandRefused("file_not_found", f"there is no file {path}")


def _read(path: Path) -> bytes:
    _find(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileTooLarge(bytes=size, max_bytes=MAX_BYTES)
        return path.read_bytes()
    except (OSError, ValueError) as wrong:
        raise CommandRefused("file_not_found", f"{path} can't be read: {wrong}") from wrong


def _draw(metal: Any, thin: Any, path: Path, tint: str) -> None:
    from pricing.engine.preview import render

    try:
        path.write_bytes(render(metal.surface, tint=tint, thin=thin, stones=metal.stones))
    except OSError as wrong:
        raise CommandRefused("preview_not_written", f"{path} can't be written: {wrong}") from wrong


def _out_of_time(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise EngineTimeout(seconds=_CPU_SECONDS)


def _refuse(code: str, message: str, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"code": code, "message": message}, ensure_ascii=False))
    else:
        print(f"{code}: {message}", file=sys.stderr)
    return 2


def _breakdown(answer: dict[str, Any]) -> str:
    x, y, z = answer["box_mm"]
    watertight = "watertight" if answer["watertight"] else "not watertight"
    wall = "unknown" if answer["wall_min_mm"] is None else f"{answer['wall_min_mm']:.2f} mm"
    lines = [
        f"{answer['format']}, {answer['triangles']} triangles, bodies: {answer['bodies']}, {watertight}",
        f"volume {answer['volume_mm3']:.3f} ± {answer['volume_error_mm3']:.3f} mm3, area {answer['area_mm2']:.3f} mm2, "
        f"box {x:.2f} x {y:.2f} x {z:.2f} mm",
        f"thinnest wall {wall}, stones: {answer['stones']['count']}",
        *(f"mended: {repair['code']} ({repair['count']})" for repair in answer["repairs"]),
        f"verdict: {answer['verdict']}",
        *(f"  {reason['message']}" for reason in answer["reasons"]),
        f"{answer['mass_g']} g of {answer['alloy']} as cast, {answer['finished_mass_g']} g finished",
        _ordered(answer),
    ]
    return "\n".join(lines + _amounts(answer["price"]))


def _ordered(answer: dict[str, Any]) -> str:
    said = [answer["finish"], f"quantity {answer['quantity']}"]
    if answer["plating"]:
        said.append(f"plated with {answer['plating']}")
    if answer["engraved_characters"]:
        said.append(f"{answer['engraved_characters']} characters engraved")
    if answer["rush"]:
        said.append("rush")
    return ", ".join(said)


def _amounts(price: dict[str, Any] | None) -> list[str]:
    if price is None:
        return ["no price before somebody has looked at it"]
    parts = [_line(part["code"], part["amount"]) for part in price["components"]]
    totals = [_line(name, price[name]) for name in ("net", "tax", "gross")]
    return ["", *parts, "-" * 24, *totals[:-1], f"{totals[-1]} {price['currency']}"]


def _line(name: str, amount: str) -> str:
    return f"{name:<12}{amount:>12}"


if __name__ == "__main__":
    for variable, threads in ONE_THREAD.items():
        os.putenv(variable, threads)
    sys.exit(main(sys.argv[1:]))
