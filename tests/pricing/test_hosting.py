"""The warm host: forks a child per file, dies with its worker, and is replaced when it is gone."""

import os
import platform
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pricing import hosting
from pricing.engine.errors import EngineCrashed, EngineOutOfMemory, EngineTimeout
from pricing.sandbox import SandboxLimits, measure_file
from tests.factories.processes import alive, wait_for
from tests.pricing.conftest import ANSWER

HOST = "import os; host = os.getppid()\n"


@pytest.fixture
def seen(tmp_path):
    """A file for the child to write into; what it wrote."""
    path = tmp_path / "seen"

    def read():
        return path.read_text()

    read.path = str(path)
    return read


def host_process():
    return hosting._local.host.process.pid


def test_one_host_serves_one_file_after_the_other_and_each_child_begins_anew(instead, model, seen):
    instead(
        ANSWER
        + f"""
import os, builtins
open({seen.path!r}, "a").write(f"{{os.getppid()}} {{os.getpid()}} {{hasattr(builtins, 'left_behind')}}\\n")
builtins.left_behind = True
"""
    )

    measure_file(model)
    measure_file(model)

    (host, child, left), (same_host, other_child, nothing_left) = (line.split() for line in seen().splitlines())
    assert int(host) == int(same_host) == host_process()
    assert child != other_child
    assert (left, nothing_left) == ("False", "False")


def test_messages_never_run_into_each_other_however_fast_a_child_ends(instead, model):
    instead(ANSWER)

    for _ in range(40):
        assert measure_file(model).measurement.volume_mm3 == 512.0


def test_a_host_that_was_killed_while_it_waited_costs_nothing(model):
    measure_file(model)
    killed = host_process()
    os.kill(killed, signal.SIGKILL)

    measured = measure_file(model)

    assert measured.measurement.triangles == 12
    assert host_process() != killed


def test_a_host_that_dies_over_a_file_refuses_this_file_and_not_the_next(instead, model, seen):
    instead(
        HOST
        + f"""
import signal, time
open({seen.path!r}, "w").write(str(os.getpid()))
os.kill(host, signal.SIGKILL); time.sleep(60)
"""
    )
    before = time.monotonic()

    with pytest.raises(EngineCrashed):
        measure_file(model)

    assert time.monotonic() - before < 10
    wait_for(lambda: not alive(int(seen())))

    instead(ANSWER)
    assert measure_file(model).measurement.volume_mm3 == 512.0


def test_a_host_that_cannot_start_is_a_refusal_that_says_so(monkeypatch, model):
    hosting.stop()
    monkeypatch.setattr(hosting, "host_command", lambda: [sys.executable, "-c", "raise SystemExit(3)"])

    with pytest.raises(EngineCrashed) as refused:
        measure_file(model)

    assert "the host died" in refused.value.__notes__[0]


def test_a_host_that_there_is_no_process_for_is_a_refusal_that_says_so(monkeypatch, model):
    hosting.stop()
    monkeypatch.setattr(hosting, "host_command", lambda: ["/nowhere/python"])

    with pytest.raises(EngineCrashed) as refused:
        measure_file(model)

    assert "the host can't be started" in refused.value.__notes__[0]


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        ("import ctypes; ctypes.string_at(0)", EngineCrashed),
        ("bytearray(400_000_000)", EngineOutOfMemory),
        ("hash(9 ** (10 ** 9))", EngineTimeout),  # inside one C call, deaf to Python's signals
    ],
    ids=["segfault", "memory", "native loop"],
)
def test_after_a_fault_the_same_host_measures_the_next_file(instead, model, tmp_path, fault, refusal):
    flag = tmp_path / "flag"
    instead(f"""
import os, sys
from pricing.engine.confinement import confine
confine(memory_bytes=300_000_000, cpu_seconds=20)
if not os.path.exists({str(flag)!r}):
    open({str(flag)!r}, "w").close()
    {fault}
{ANSWER}""")

    with pytest.raises(refusal):
        measure_file(model, limits=SandboxLimits(seconds=1.5))
    host = host_process()

    assert measure_file(model).measurement.volume_mm3 == 512.0
    assert host_process() == host


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces and privileges as Linux has them")
def test_a_child_has_no_network_and_gains_no_privileges(model, monkeypatch, seen):
    host = f"""
import sys
from pricing.engine import host
from pricing.engine.confinement import renounce
def measure(job):
    import socket
    status = open("/proc/self/status").read()
    devices = [name for _, name in socket.if_nameindex()]
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError as error:
        refused = error.strerror
    open({seen.path!r}, "w").write(repr((left, devices, "NoNewPrivs:\\t1" in status, refused)))
    return 0
left = renounce()
host.serve(measure)
"""
    monkeypatch.setattr(hosting, "host_command", lambda: [sys.executable, "-P", "-c", host])
    hosting.stop()

    with pytest.raises(EngineCrashed):
        measure_file(model)
    hosting.stop()

    if "True" not in seen():
        pytest.skip("this system lets nobody leave the network")
    assert seen() == repr((True, ["lo"], True, "Network is unreachable"))


def test_the_host_starts_no_threads(model):
    measure_file(model)

    assert len(list(Path(f"/proc/{host_process()}/task").iterdir())) == 1


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told what to do with freed memory")
def test_what_a_child_frees_stays_its_own(instead, model, seen):
    instead(
        ANSWER
        + f"""
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
before = resident()
big = bytearray(b"x" * 24_000_000)
del big
open({seen.path!r}, "w").write(str(resident() - before))
"""
    )

    measure_file(model)

    assert int(seen()) > 23_000_000


def test_a_host_ends_with_the_thread_it_belongs_to(model):
    hosts = []

    def measure_apart():
        measure_file(model)
        hosts.append(host_process())

    thread = threading.Thread(target=measure_apart)
    thread.start()
    thread.join(timeout=60)

    wait_for(lambda: not alive(hosts[0]))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal exists on Linux only")
def test_a_host_and_its_child_die_with_their_worker(model, tmp_path):
    host = f"""
import os, time
from pricing.engine import host
from pricing.engine.confinement import die_with_parent
die_with_parent(os.getppid())
def measure(job):
    open({str(tmp_path / "pids")!r}, "w").write(f"{{os.getppid()}} {{os.getpid()}} ")
    time.sleep(60)
host.serve(measure)
"""
    worker = f"""
import sys
from pathlib import Path
from pricing import hosting
from pricing.sandbox import measure_file
hosting.host_command = lambda: [sys.executable, "-P", "-c", {host!r}]
measure_file(Path({str(model)!r}))
"""
    process = subprocess.Popen([sys.executable, "-c", worker], cwd=Path(hosting.__file__).parents[1])
    pids = tmp_path / "pids"
    wait_for(lambda: pids.exists() and pids.read_text().endswith(" "))

    process.kill()
    process.wait()

    for pid in pids.read_text().split():
        wait_for(lambda pid=pid: not alive(int(pid)))
