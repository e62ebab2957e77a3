"""Damage files at random and read them: a reader returns a valid model or refuses; it does nothing else.

`python -m tests.pricing.engine.mutate --count 100000` does so in child processes with little memory and an alarm for
each file, and says what it found. A failure is repeated by its format and seed: `--format obj --first 4711 --count 1`.
"""

import argparse
import collections
import json
import multiprocessing
import random
import re
import signal
import sys
import time
import zipfile
from io import BytesIO

import numpy as np

from pricing.engine.confinement import confine
from pricing.engine.errors import ModelRefused
from pricing.engine.formats import MILLIMETRES, Limits, read_model
from tests.pricing.engine.files import FORMATS, mesh_of, step_cylinder, zip_3mf
from tests.pricing.engine.shapes import torus

LIMITS = Limits(max_triangles=200_000)
SECONDS = {"3dm": 70, "step": 250}  # a library's own deadline is the processor's; six times as long by the clock
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 36_000  # for all mutants of a format; each has its alarm
NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"4294967295", b"99999999999", b"1e999", b"nan", b"-0",
           b"1e-400", b"0.1e", b"")  # fmt: skip


def samples():
    """A small file in every format."""
    mesh = mesh_of(torus(around=5, across=4))
    return {name: write(mesh) for name, write in FORMATS.items()} | {"step": step_cylinder()}


def mutant(content, chance):
    """The file with one to four things changed."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice(CHANGES)(content, chance)
    return content


def rezipped(content, chance):
    """A 3MF whose XML was changed inside a sound archive: otherwise the checksum stops every mutant."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return zip_3mf(mutant(archive.read("3D/3dmodel.model"), chance))


def _flip(content, chance):
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8) if changed else 0
    return bytes(changed)


def _insert(content, chance):
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.randbytes(chance.choice((1, 4, 50))) + content[at:]


def _delete(content, chance):
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.choice((1, 4, 50)) :] or b"x"


def _cut(content, chance):
    return content[: chance.randrange(1, len(content) + 1)]


def _splice(content, chance):
    start, to = chance.randrange(len(content)), chance.randrange(len(content))
    return content[:to] + content[start : start + chance.randrange(1, 400)] + content[to:]


def _number(content, chance):
    """Another number in the place of one that is written as text: a count, an index, a coordinate, a size."""
    found = [match.span() for match in re.finditer(rb"-?\d[\d.e+-]*", content[:20_000])]
    if not found:
        return content
    start, stop = chance.choice(found)
    return content[:start] + chance.choice(NUMBERS) + content[stop:]


def _word(content, chance):
    """Another count, offset or size in the place of four bytes."""
    at = chance.randrange(0, max(len(content) - 4, 1))
    value = chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(content), chance.getrandbits(32)))
    return content[:at] + value.to_bytes(4, chance.choice(("little", "big"))) + content[at + 4 :]


def _line(content, chance):
    lines = content.split(b"\n")
    chance.choice((lambda: lines.pop(chance.randrange(len(lines))), lambda: chance.shuffle(lines)))()
    return b"\n".join(lines) or b"x"


CHANGES = (_flip, _flip, _insert, _delete, _cut, _splice, _number, _number, _word, _word, _line)


def read_mutant(name, content, seed):
    """Read one mutant. Returns the code of the refusal, or "read"; anything that must not happen is raised."""
    chance = random.Random(f"{name} {seed}")
    changed = rezipped(content, chance) if name == "3mf" and chance.random() < 0.8 else mutant(content, chance)
    try:
        model = read_model(changed, limits=LIMITS)
    except ModelRefused as refused:
        json.dumps(refused.to_json(), allow_nan=False)
        return refused.code
    _check(model)
    return "read"


def _check(model):
    mesh = model.mesh
    assert mesh.vertices.dtype == np.float64
    assert mesh.faces.dtype == np.int32
    assert 0 < len(mesh.faces) <= model.triangles <= LIMITS.max_triangles
    assert mesh.faces.min() == 0
    assert mesh.faces.max() == len(mesh.vertices) - 1
    assert np.abs(mesh.vertices).max() <= LIMITS.max_coordinate_mm * max(MILLIMETRES[model.unit], 1)
    assert len(np.unique(mesh.vertices, axis=0)) == len(mesh.vertices)
    a, b, c = mesh.faces.T
    assert not ((a == b) | (b == c) | (c == a)).any()


def _run(name, content, first, count, pipe):
    """A child's work: seeds first … first + count. What it is at is told before, so that its death tells which."""
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for seed in range(first, first + count):
        pipe.send(("at", seed))
        start = time.perf_counter()
        signal.alarm(SECONDS.get(name, 5))
        try:
            outcome = read_mutant(name, content, seed)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, it is what is looked for
            outcome = f"{type(wrong).__name__}: {str(wrong)[:200]}, seed {seed}"
        signal.alarm(0)
        pipe.send((outcome, time.perf_counter() - start))
    pipe.send(("done", 0))


def run(name, content, first, count):
    """Outcomes of the seeds in a child process, started again after each death."""
    outcomes, slowest, stop, at = collections.Counter(), (0.0, 0), first + count, first
    while at < stop:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("fork")
        child = context.Process(target=_run, args=(name, content, at, stop - at, theirs))
        child.start()
        theirs.close()
        try:
            while (message := ours.recv())[0] != "done":
                if message[0] == "at":
                    at = message[1]
                else:
                    outcomes[message[0]] += 1
                    slowest = max(slowest, (message[1], at))
        except EOFError:
            child.join()
            outcomes[f"died of signal {-(child.exitcode or 0)}, seed {at}"] += 1
        at += 1
        child.join()
    return outcomes, slowest


def main():
    parser = argparse.ArgumentParser(description="Read damaged files.")
    parser.add_argument("--count", type=int, default=10_000, help="mutants over all formats")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--format", choices=sorted(samples()), action="append")
    options = parser.parse_args()
    names = options.format or list(samples())
    found = False
    for name in names:
        start = time.perf_counter()
        outcomes, (seconds, seed) = run(name, samples()[name], options.first, -(-options.count // len(names)))
        wrong = {what: n for what, n in outcomes.items() if "seed" in what}
        found = found or bool(wrong)
        took = time.perf_counter() - start
        print(f"{name}: {sum(outcomes.values())} in {took:.1f} s, slowest {seconds:.3f} s (seed {seed})")
        print("   ", ", ".join(f"{what} {n}" for what, n in outcomes.most_common() if what not in wrong))
        for what in list(wrong)[:10]:
            print("    WRONG:", what)
        if len(wrong) > 10:
            print(f"    … {len(wrong)} wrong in all", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
