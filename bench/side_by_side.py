"""The same questions asked of two databases in turns, a small one and a large one: what each costs at both sizes."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.harness import Finding, Findings, medians, seconds
from bench.system import Conversation, System, postgresql_database

_SMALL = 10_000
_ROUNDS, _SECONDS_EACH = 31, 15
_GOAL = 1.2


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is compared: `large` of the `things` with ten thousand. `seed` and `grow` are code run inside the project,
    `grow` with `{many}`; `module` is a process of `bench.answering`.
    """

    purpose: str
    things: str
    module: str
    seed: str
    grow: str
    large: int


def compare(sizes: Sizes) -> Findings:
    """The time that filling took, and each question's ratio of large to small. Needs PostgreSQL."""
    with ExitStack() as stack:
        small, filling_small = stack.enter_context(_filled(sizes, _SMALL)) or (None, 0.0)
        large, filling_large = stack.enter_context(_filled(sizes, sizes.large)) or (None, 0.0)
        if small is None or large is None:
            yield Finding("it needs PostgreSQL: set TEST_DATABASE_URL or DATABASE_URL")
            return
        yield Finding(f"filling a database with {_SMALL:,} {sizes.things}", filling_small, "s")
        yield Finding(f"filling a database with {sizes.large:,} {sizes.things}", filling_large, "s")
        names = json.loads(small.hear())
        if json.loads(large.hear()) != names:
            raise RuntimeError("the two don't do the same")
        for name in names:
            yield from _compared(name, small, large, sizes.large)


@contextmanager
def _filled(sizes: Sizes, many: int) -> Iterator[tuple[Conversation, float] | None]:
    """A process that answers from a database with so many things, and the seconds that filling it took."""
    with postgresql_database(f"{sizes.purpose}_{many}") as address:
        if address is None:
            yield None
            return
        with System(address) as system:
            system.manage("seed")
            system.python(sizes.seed)
            took = seconds(lambda: system.python(sizes.grow.format(many=many)))
            with system.converse(sizes.module) as conversation:
                yield conversation, took


def _compared(name: str, small: Conversation, large: Conversation, many: int) -> Findings:
    small.ask(name), large.ask(name)
    took = medians(
        {"small": lambda: small.ask(name), "large": lambda: large.ask(name)},
        rounds=_ROUNDS,
        most_seconds=_SECONDS_EACH,
    )
    yield Finding(f"{name}: at {many:,} / at {_SMALL:,}", took["large"] / took["small"], at_most=_GOAL)
    yield Finding(f"{name}: at {many:,}", 1000 * took["large"], "ms")
