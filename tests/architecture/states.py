"""docs/states.md from the tables of moves: `python -m tests.architecture.states > docs/states.md`."""

from collections.abc import Mapping
from importlib import import_module
from itertools import chain

_LIVES = [
    ("Quote", "pricing.states", "TRANSITIONS"),
    ("Shop order", "shop.states", "TRANSITIONS"),
    ("Payment of a shop order", "shop.states", "PAYMENT_MOVES"),
    ("External order", "external_orders.states", "TRANSITIONS"),
    ("Work order", "mes.states", "WORK_ORDER_TRANSITIONS"),
    ("Operation", "mes.states", "OPERATION_TRANSITIONS"),
]
_HEAD = """# States

Generated from each app's `states.py` by `python -m tests.architecture.states`; a test compares. Every move is one
function under a row lock, refused with `illegal_transition` when it isn't drawn here, and written to the log with who,
when, from, to and why.
"""


def document() -> str:
    """The whole page."""
    return _HEAD + "".join(chain.from_iterable(_section(*life) for life in _LIVES))


def _section(title: str, module: str, table: str) -> list[str]:
    moves: Mapping[str, set[str]] = getattr(import_module(module), table)
    arrows = [f"    {source} --> {target}\n" for source in moves for target in sorted(map(str, moves[source]))]
    finals = [f"    {source} --> [*]\n" for source in moves if not moves[source]]
    start = f"    [*] --> {next(iter(moves))}\n"
    return [f"\n## {title}\n\n```mermaid\nstateDiagram-v2\n", start, *arrows, *finals, "```\n"]


if __name__ == "__main__":
    print(document(), end="")
