"""The child process: whatever becomes of it, the caller gets a measurement or a refusal, and soon."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from config.env import read_environment
from pricing import hosting
from pricing.engine import landlock
from pricing.engine.child import STAGES
from pricing.engine.errors import (
    EngineCrashed,
    EngineOutOfMemory,
    EngineTimeout,
    FalseTriangleCount,
    FileTooLarge,
    NoVolume,
    UnusableGeometry,
)
from pricing.engine.formats import Limits, read_model
from pricing.engine.measure import _MOST_STONES, measure
from pricing.engine.measurement import Stone
from pricing.sandbox import SandboxLimits, measure_file
from tests.factories.processes import alive, wait_for
from tests.pricing.conftest import ANSWER, answer
from tests.pricing.engine import jewels
from tests.pricing.engine.files import rhino, step_box
from tests.pricing.engine.shapes import ascii_stl, binary_stl, cube, measurement, soup, torus


def test_a_model_is_measured_as_in_process(model):
    measured = measure_file(model)

    assert measured.measurement == measure(read_model(model.read_bytes()))
    assert measured.measurement.volume_mm3 == 512.0
    assert (measured.format, measured.artefacts) == ("stl-binary", frozenset())


def test_the_picture_is_written(model, tmp_path):
    measured = measure_file(model, artefacts={"preview": tmp_path / "cube.png"}, tint="rose")

    assert measured.artefacts == {"preview"}
    assert (tmp_path / "cube.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cube.png", "model.stl"]


def test_a_ring_comes_with_a_picture_and_a_light_model_of_it(tmp_path):
    ring = jewels.solitaire()
    path, places = tmp_path / "ring.stl", {"preview": tmp_path / "ring.png", "model": tmp_path / "ring.glb"}
    path.write_bytes(binary_stl(ring.triangles()))

    measured = measure_file(path, unit="mm", artefacts=places)

    metal_mm3 = jewels.union_volume(*jewels.solitaire_parts()[:-1])
    assert measured.measurement.volume_mm3 == pytest.approx(metal_mm3, rel=0.002)
    assert [stone.cut for stone in measured.measurement.stones] == ["round"]
    assert measured.artefacts == {"preview", "model"}
    with Image.open(places["preview"]) as picture:
        picture.load()
        assert picture.format == "PNG"
    shown = trimesh.load_scene(places["model"])
    assert len(shown.geometry) == 2  # metal and stone
    x, y, z = measured.measurement.box_mm
    assert shown.extents * 1000 == pytest.approx([x, z, y], abs=0.002)  # metres, y up


@pytest.mark.parametrize("corners", ["shared", "apart"])
def test_huge_triangles_that_are_no_surface_end_by_the_deadline(model, tmp_path, corners):
    noise = jewels.noise_soup(200_000, size=1_000.0).triangles()
    scattered = noise + np.random.default_rng(1).uniform(-1, 1, noise.shape) * (corners == "apart")
    (tmp_path / "noise.stl").write_bytes(binary_stl(scattered))
    measure_file(model)  # the host is warm
    before = time.monotonic()

    with pytest.raises((UnusableGeometry, EngineTimeout)):
        measure_file(tmp_path / "noise.stl", limits=SandboxLimits(seconds=5))

    assert time.monotonic() - before < 7


def test_a_refusal_arrives_with_its_parameters(tmp_path):
    (tmp_path / "false.stl").write_bytes(binary_stl(cube(), announced=4_000_000_000))
    (tmp_path / "flat.stl").write_bytes(ascii_stl(cube() * [1, 1, 0]))

    with pytest.raises(FalseTriangleCount) as refused:
        measure_file(tmp_path / "false.stl", artefacts={"preview": tmp_path / "false.png"})
    with pytest.raises(NoVolume):
        measure_file(tmp_path / "flat.stl")

    assert refused.value.params == {"announced": 4_000_000_000, "present": 12}
    assert not (tmp_path / "false.png").exists()


def test_what_may_be_uploaded_by_default_may_be_measured_and_read(monkeypatch):
    monkeypatch.delenv("MAX_UPLOAD_MB", raising=False)
    default_mb = read_environment.__wrapped__().max_upload_mb

    assert SandboxLimits().max_bytes == Limits().max_bytes == default_mb * 1024 * 1024 == 64 * 1024 * 1024


def test_a_file_over_the_limit_is_refused_without_a_child(model, monkeypatch):
    monkeypatch.setattr(hosting, "run", None)

    with pytest.raises(FileTooLarge):
        measure_file(model, limits=SandboxLimits(max_bytes=683))


def test_a_missing_file_is_the_callers_mistake(tmp_path):
    with pytest.raises(FileNotFoundError):
        measure_file(tmp_path / "nothing.stl")


def test_a_model_that_needs_too_much_memory_is_refused(tmp_path):
    path = tmp_path / "big.stl"
    path.write_bytes(
        binary_stl(torus(around=600, across=400))
    )  # 24 MB, and several times that to measure: more than its due beyond what the host maps

    with pytest.raises(EngineOutOfMemory):
        measure_file(path, limits=SandboxLimits(memory_bytes=60_000_000))


def test_a_real_model_that_takes_too_long_is_refused(tmp_path):
    path = tmp_path / "slow.stl"
    path.write_bytes(binary_stl(torus(around=600, across=400)))

    with pytest.raises(EngineTimeout) as refused:
        measure_file(path, limits=SandboxLimits(seconds=0.15))

    assert refused.value.params == {"seconds": 0.15}


def test_processor_time_is_bounded_even_where_the_clock_is_not(instead, model):
    instead("""
        from pricing.engine.confinement import confine
        confine(memory_bytes=10**9, cpu_seconds=1)
        while True: pass
    """)

    before = time.monotonic()

    with pytest.raises(EngineTimeout):
        measure_file(model, limits=SandboxLimits(seconds=20))

    assert time.monotonic() - before < 10


def test_at_the_deadline_grandchildren_die_too(instead, model, tmp_path):
    marker = tmp_path / "grandchild"
    instead(f"""
        import subprocess, sys, time
        code = "import os, time; open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
        subprocess.Popen([sys.executable, "-S", "-c", code])
        time.sleep(60)
    """)
    before = time.monotonic()

    with pytest.raises(EngineTimeout):
        measure_file(model, limits=SandboxLimits(seconds=0.7))

    assert time.monotonic() - before < 5
    wait_for(lambda: not alive(int(marker.read_text())))  # the kernel takes a moment


def test_a_grandchild_that_outlives_its_parent_is_killed(instead, model, tmp_path):
    marker = tmp_path / "grandchild"
    instead(
        ANSWER
        + f"""
import subprocess
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
open({str(marker)!r}, "w").write(str(child.pid))
"""
    )

    measured = measure_file(model)

    assert measured.measurement.volume_mm3 == 512.0
    wait_for(lambda: not alive(int(marker.read_text())))  # the kernel takes a moment


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_child_that_dies_is_a_refusal(instead, model, death):
    instead(f"import os; os.kill(os.getpid(), {int(death)})")

    with pytest.raises(EngineCrashed) as refused:
        measure_file(model)

    assert f"exit status {-death}" in refused.value.__notes__[0]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "'hello'",
        "'null'",
        "'[' * 60000",
        "'{\"measurement\": {}}'",
        '\'{"refused": {"code": "too_ugly", "params": {}}}\'',
        "'{\"refused\": 7}'",
        '\'{"refused": {"code": "no_volume", "params": 7}}\'',
        "b'\\xff\\xfe'",
        "'{}\\n{}'",
    ],
)
def test_a_child_that_talks_nonsense_is_a_refusal(instead, model, words):
    instead(f"print({words})")

    with pytest.raises(EngineCrashed):
        measure_file(model)


def test_an_answer_of_another_engine_version_is_a_refusal(instead, model):
    instead(answer(engine_version="0"))

    with pytest.raises(EngineCrashed):
        measure_file(model)


@pytest.mark.parametrize("digits", ["NaN", "Infinity", "1e999", "-1.0", "1" + 400 * "0"])
def test_a_measurement_that_cannot_be_is_a_refusal(instead, model, digits):
    assert '"volume_mm3": 512.0' in ANSWER
    instead(ANSWER.replace('"volume_mm3": 512.0', f'"volume_mm3": {digits}'))

    with pytest.raises(EngineCrashed):
        measure_file(model)


def test_the_answer_about_a_piece_of_as_many_stones_as_are_measured_is_not_too_long(instead, model, tmp_path):
    stone = Stone(7, 1.25, 1.25, 0.7500000000000001, 0.4123456789012345, (9.123456789012345, 0.1, -2.5), "round")
    found = replace(measurement(512.0), stones=(stone,) * _MOST_STONES)
    (tmp_path / "answer.py").write_text(answer(found.to_json()))
    instead(f"exec(open({str(tmp_path / 'answer.py')!r}).read())")

    assert measure_file(model).measurement == found


def test_a_child_that_never_stops_talking_is_stopped_at_once(instead, model):
    instead("""
        import sys
        while True: sys.stdout.write("x" * 100_000)
    """)
    before = time.monotonic()

    with pytest.raises(EngineCrashed):
        measure_file(model, limits=SandboxLimits(seconds=30))

    assert time.monotonic() - before < 10


def test_a_child_that_never_stops_complaining_does_not_fill_our_memory(instead, model):
    instead("""
        import sys
        while True: sys.stderr.write("x" * 100_000)
    """)

    with pytest.raises(EngineTimeout):
        measure_file(model, limits=SandboxLimits(seconds=0.5))


def test_a_child_that_closes_its_output_and_stays_is_stopped(instead, model):
    instead("""
        import os, time
        os.close(1); os.close(2); time.sleep(60)
    """)

    with pytest.raises(EngineTimeout):
        measure_file(model, limits=SandboxLimits(seconds=0.5))


def test_a_measurement_survives_the_failure_of_its_picture(instead, model, tmp_path):
    instead(ANSWER + "raise MemoryError")

    measured = measure_file(model, artefacts={"preview": tmp_path / "cube.png"})

    assert measured.measurement.volume_mm3 == 512.0
    assert measured.artefacts == frozenset()


@pytest.mark.parametrize("content", ["b'GIF89a'", r"b'\x89PNG\r\n\x1a\n half'"])
def test_half_a_picture_is_not_published(instead, model, tmp_path, content):
    instead(ANSWER + f"open(sys.argv[2], 'wb').write({content})")

    measured = measure_file(model, artefacts={"preview": tmp_path / "cube.png"})

    assert measured.artefacts == frozenset()
    assert not (tmp_path / "cube.png").exists()


def test_the_child_sees_nothing_of_our_environment(instead, model, tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/db")
    instead(ANSWER + f"import os; open({str(seen)!r}, 'w').write(repr(sorted(os.environ)) + os.getcwd())")

    measure_file(model)

    names, folder = seen.read_text().rsplit("]", 1)
    assert "SECRET_KEY" not in names
    assert "DATABASE_URL" not in names
    assert "'OPENBLAS_NUM_THREADS'" in names
    assert Path(folder).name.startswith("karat-measure-")
    assert not Path(folder).exists()


def test_the_child_cannot_change_the_file(instead, model):
    before = model.read_bytes()
    instead(ANSWER + "open(sys.argv[1], 'wb').write(b'')")

    measure_file(model)

    assert model.read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal exists on Linux only")
def test_a_child_dies_with_its_worker(tmp_path):
    marker = tmp_path / "child"
    child = (
        "import os, sys, time; from pricing.engine.confinement import die_with_parent;"
        "die_with_parent(int(sys.argv[1]));"
        f"open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    worker = (
        "import os, subprocess, sys;"
        f"subprocess.Popen([sys.executable, '-c', {child!r}, str(os.getpid())], start_new_session=True).wait()"
    )
    process = subprocess.Popen([sys.executable, "-c", worker], cwd=Path(hosting.__file__).parents[1])
    wait_for(lambda: marker.exists() and marker.read_text())

    process.kill()
    process.wait()

    wait_for(lambda: not alive(int(marker.read_text())))


needs_landlock = pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock, or it is off")


@pytest.fixture
def tried(monkeypatch, tmp_path, model):
    """What becomes of Python expressions inside a child under all its limits, which sees `outside`, a folder."""

    def attempt(*expressions):
        host = f"""
import os, socket, subprocess, sys
from pathlib import Path
from pricing.engine import child, host
from pricing.engine.confinement import renounce
told = open({str(tmp_path / "told")!r}, "w")
def examine(job):
    names = globals() | {{"outside": Path({str(tmp_path)!r}), "own": Path(job.model).parent, "parent": os.getppid()}}
    for expression in {expressions!r}:
        try:
            told.write(f"{{eval(expression, names)}}\\n")
        except OSError as error:
            told.write(f"{{type(error).__name__}}\\n")
    told.flush()
    yield {{"stage": "reading"}}
child.examine = examine
renounce()
host.serve(child.run)
"""
        monkeypatch.setattr(hosting, "host_command", lambda: [sys.executable, "-P", "-c", host])
        hosting.stop()
        with pytest.raises(EngineCrashed):  # it does not answer
            measure_file(model)
        return (tmp_path / "told").read_text().splitlines()

    yield attempt
    hosting.stop()


@needs_landlock
def test_a_child_reads_and_writes_its_own_folder_only(tried, tmp_path):
    (tmp_path / "secret").write_text("another customer's ring")

    assert tried(
        "(own / 'model').stat().st_size == len((own / 'model').read_bytes())",
        "(own / 'preview.png').write_bytes(b'12')",
        "(outside / 'secret').read_text()",
        "(outside / 'secret').write_text('')",
        "(outside / 'secret').unlink()",
        "(outside / 'new').write_text('')",
        "(outside / 'secret').rename(own / 'secret')",
        "list(outside.iterdir())",
        f"open({str(Path(hosting.__file__))!r}).read()",
        "Path('/etc/passwd').read_text()",
        "Path(f'/proc/{parent}/environ').read_bytes()",
        "(own / 'link').symlink_to('/etc/passwd')",
    ) == ["True", "2", *["PermissionError"] * 10]
    assert (tmp_path / "secret").read_text() == "another customer's ring"


@needs_landlock
def test_a_child_starts_no_program(tried):
    assert tried("subprocess.run([sys.executable, '-c', ''])") == ["PermissionError"]


@pytest.mark.skipif(landlock.version() < 6, reason="this kernel's Landlock knows nothing of signals")
def test_a_child_cannot_signal_its_host(tried):
    assert tried("os.kill(parent, 0)") == ["PermissionError"]


@needs_landlock
@pytest.mark.parametrize(
    ("content", "kind"), [(rhino(soup(cube(8.0))), "3dm"), (step_box(8, 8, 8), "step")], ids=["rhino", "step"]
)
def test_libraries_that_are_loaded_late_are_within_reach(tmp_path, content, kind):
    (tmp_path / "cube").write_bytes(content)

    measured = measure_file(tmp_path / "cube", artefacts={"preview": tmp_path / "cube.png"})

    assert (measured.format, measured.artefacts) == (kind, {"preview"})
    assert measured.measurement.volume_mm3 == pytest.approx(512)


GLB = b"glTF" + (2).to_bytes(4, "little") + (22).to_bytes(4, "little") + (2).to_bytes(4, "little") + b"JSON" + b"{}"


@pytest.mark.parametrize(
    ("content", "is_published"), [(GLB, True), (GLB + b" ", False), (GLB[:-1], False), (b"", False)]
)
def test_several_artefacts_are_published_each_on_its_own_merits(instead, model, tmp_path, content, is_published):
    instead(ANSWER + f"open(sys.argv[2], 'wb').write({content!r}); open(sys.argv[3], 'wb').write(b'no picture')")
    places = {"model": tmp_path / "ring.glb", "preview": tmp_path / "ring.png"}

    measured = measure_file(model, artefacts=places)

    assert measured.artefacts == ({"model"} if is_published else set())
    assert places["model"].exists() == is_published
    assert not places["preview"].exists()


def test_the_stages_are_told_as_they_begin(model, tmp_path):
    stages = []

    measure_file(model, artefacts={"preview": tmp_path / "cube.png"}, progress=stages.append)

    assert stages == list(STAGES)


def test_stages_that_nobody_knows_are_not_told(instead, model):
    stages = []
    instead('print(\'{"stage": "<script>"}\')\nprint(\'{"stage": "reading"}\')\nprint(\'{"stage": [7]}\')' + ANSWER)

    measure_file(model, progress=stages.append)

    assert stages == ["reading"]
