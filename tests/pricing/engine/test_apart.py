"""Reading by a library in a process of its own: it hangs, crashes and lies, and the reader lives on."""

import faulthandler
import os
import resource
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from pricing.engine.errors import (
    BadIndex,
    DamagedPart,
    EngineCrashed,
    EngineOutOfMemory,
    EngineTimeout,
    NotFinite,
    TooManyTriangles,
)
from pricing.engine.formats import Limits, apart, read_model, rhino, step
from pricing.engine.formats.apart import read_apart
from pricing.engine.formats.reading import Reading
from tests.pricing.engine.files import mesh_of
from tests.pricing.engine.files import rhino as written_by_rhino
from tests.pricing.engine.shapes import cube

MB = 1_000_000
CUBE = mesh_of(cube(1.0))
RHINO = written_by_rhino(CUBE)
BROKEN, SLOW = DamagedPart(format="test", part="all"), EngineTimeout(seconds=1)


@pytest.fixture(autouse=True)
def nothing_is_left():
    """No descriptor and no process, dead or alive, outlives a reading."""
    before = _descriptors(), _children()

    yield

    assert (_descriptors(), _children()) == before


def _children():
    """This process's children, those that ended and weren't waited for included."""
    tasks = Path("/proc/self/task").iterdir()
    return sorted(child for task in tasks for child in (task / "children").read_text().split())


def _descriptors():
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


def apart_from_us(read, limits=None):
    return read_apart(read, limits or Limits(), seconds=1, if_broken=BROKEN, if_slow=SLOW)


def spin():
    while True:
        pass


def end_by(number):
    faulthandler.disable()  # pytest's would print where it happened
    os.kill(os.getpid(), number)


def reading(**changes):
    told = {"format": "test", "vertices": CUBE.vertices, "faces": CUBE.faces, "unit": "inch", "exact_volume": 0.1}
    return Reading(**told | changes)


@pytest.fixture
def memory_bound():
    """This process may map 800 MB more than it does; afterwards as much as before."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (mapped + 800 * MB, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def test_two_processes_have_no_more_memory_than_one(memory_bound):
    def take(size):
        np.empty(size, np.uint8)
        return reading()

    assert len(apart_from_us(lambda: take(500 * MB)).faces) == 12
    with pytest.raises(EngineOutOfMemory):
        apart_from_us(lambda: take(700 * MB))
    assert len(np.empty(700 * MB, np.uint8))  # alone, this process may have it


def test_an_answer_is_refused_that_would_not_fit_beside_the_library(memory_bound):
    vertices = np.zeros((250 * MB // 24, 3))

    with pytest.raises(EngineOutOfMemory):
        apart_from_us(lambda: reading(vertices=vertices))


def test_the_answer_is_what_was_read_to_the_last_bit():
    told = apart_from_us(lambda: reading(vertices=CUBE.vertices / 3))

    assert np.array_equal(told.vertices, CUBE.vertices / 3)
    assert np.array_equal(told.faces, CUBE.faces)
    assert (told.vertices.dtype, told.faces.dtype) == (np.float64, np.int32)
    assert (told.format, told.unit, told.exact_volume, told.welded) == ("test", "inch", 0.1, False)


def test_a_refusal_keeps_its_name_and_parameters():
    def refuse():
        raise BadIndex(format="test", index=7, vertices=3)

    with pytest.raises(BadIndex) as refused:
        apart_from_us(refuse)

    assert refused.value.params == {"format": "test", "index": 7, "vertices": 3}


def test_a_library_that_hangs_is_ended_at_its_deadline():
    started = time.monotonic()

    with pytest.raises(EngineTimeout) as refused:
        apart_from_us(spin)

    assert refused.value is SLOW
    assert time.monotonic() - started >= 0.9  # it had its second of the processor


def test_a_library_that_sleeps_is_ended_too(monkeypatch):
    monkeypatch.setattr(apart, "_PATIENCE", 0.3)

    with pytest.raises(EngineTimeout) as refused:
        apart_from_us(lambda: time.sleep(60))

    assert refused.value.params == {"seconds": 0.3}


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_a_library_that_crashes_is_the_files_doing(number):
    with pytest.raises(DamagedPart) as refused:
        apart_from_us(lambda: end_by(number))

    assert refused.value is BROKEN


def test_a_process_that_somebody_kills_is_not_the_files_doing():
    with pytest.raises(EngineCrashed):
        apart_from_us(lambda: end_by(signal.SIGKILL))


def test_too_little_memory_is_told():
    def take():
        resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
        return np.empty(2**40)

    with pytest.raises(EngineOutOfMemory):
        apart_from_us(take)


def test_a_bug_rises_with_its_traceback():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        apart_from_us(lambda: 1 / 0)


def test_what_it_prints_is_not_seen(capfd):
    apart_from_us(lambda: (os.write(1, b"loud"), os.write(2, b"loud"), reading())[-1])

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"faces": CUBE.faces + np.int32(1)}, BadIndex),
        ({"faces": CUBE.faces - np.int32(1)}, BadIndex),
        ({"faces": np.zeros((1001, 3), np.int32)}, TooManyTriangles),
        ({"vertices": np.zeros((3001, 3))}, TooManyTriangles),
        ({"vertices": CUBE.vertices[:, :2]}, EngineCrashed),
        ({"unit": "cubit"}, EngineCrashed),
        ({"exact_volume": "much"}, EngineCrashed),
    ],
)
def test_its_word_is_not_taken(changes, refusal):
    with pytest.raises(refusal):
        apart_from_us(lambda: reading(**changes), Limits(max_triangles=1000))


def test_half_an_answer_is_none(monkeypatch):
    told = apart._told

    monkeypatch.setattr(apart, "_told", lambda read, room: [told(read, room)[0]])

    with pytest.raises(EngineCrashed):
        apart_from_us(reading)


def test_an_answer_without_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(apart, "_told", lambda _read, _room: iter(lambda: bytes(1_000_000), None))

    with pytest.raises(EngineCrashed):
        apart_from_us(reading, Limits(max_triangles=1000))


def test_it_does_not_outlive_its_reader(tmp_path):
    told = Path(tmp_path, "pid")

    def sleep():
        told.write_text(str(os.getpid()))
        time.sleep(60)

    reader = os.fork()
    if reader == 0:
        apart_from_us(sleep)
    while not (told.exists() and told.read_text()):
        time.sleep(0.01)
    os.kill(reader, signal.SIGKILL)
    os.waitpid(reader, 0)

    assert _ends(int(told.read_text()))


def _ends(process):
    for _ in range(500):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # dead; whoever adopted it reaps it
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(("module", "content", "part"), [
    (rhino, RHINO, "archive"), (step, b"ISO-10303-21;\n", "data"),
])  # fmt: skip
def test_a_reader_whose_library_crashes_refuses_the_file(monkeypatch, module, content, part):
    monkeypatch.setattr(module, "_read", lambda *_: end_by(signal.SIGABRT))

    with pytest.raises(DamagedPart) as refused:
        read_model(content)

    assert refused.value.params["part"] == part


def test_a_rhino_file_on_which_the_library_hangs_is_damaged(monkeypatch):
    monkeypatch.setattr(rhino, "_SECONDS", 1)
    monkeypatch.setattr(rhino, "_read", lambda *_: spin())

    with pytest.raises(DamagedPart):
        read_model(RHINO)


def test_a_step_file_on_which_the_library_works_too_long_may_be_sound(monkeypatch):
    monkeypatch.setattr(step, "_SECONDS", 1)
    monkeypatch.setattr(step, "_read", lambda *_: spin())

    with pytest.raises(EngineTimeout):
        read_model(b"ISO-10303-21;\n")


def test_coordinates_are_checked_after_the_fork(monkeypatch):
    monkeypatch.setattr(rhino, "_read", lambda *_: reading(vertices=CUBE.vertices * np.nan))

    with pytest.raises(NotFinite):
        read_model(RHINO)
