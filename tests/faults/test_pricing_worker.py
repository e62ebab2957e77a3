"""A pricing worker that is killed over a design: counted, tried again, given up; other designs are priced meanwhile."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.factories.pricing import RING
from tests.factories.processes import age_s, alive, wait_for
from tests.faults.cluster import Cluster
from tests.pricing.engine.shapes import binary_stl, torus

# Pricing workers yield the processor to everything else, here to the other tests: they get their turn, but late.
pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
PATIENCE = 150

ASK = """
from pathlib import Path
from django.core.files.base import File
from config.demo.rates import seed_rates
from pricing.models import Alloy
from pricing.services.designs import store_design
from pricing.services.quotes import request_quote
if not Alloy.objects.exists():
    seed_rates()
with Path({path!r}).open("rb") as file:
    request_quote(design=store_design(upload=File(file)), alloy_code="ag925")
"""
ABANDONED = "UPDATE pricing_quote SET lease_until = '2026-01-01', hinted_at = '2026-01-01' WHERE id = 1"
QUOTE = "SELECT status, attempts, refusal_code FROM pricing_quote WHERE id = "


@pytest.fixture
def cluster(tmp_path):
    one = Cluster(tmp_path, "pricing")
    large = tmp_path / "large.stl"
    large.write_bytes(binary_stl(torus(around=500, across=400)))  # long enough in work to be caught at it
    one.shell(ASK.format(path=str(large)))
    yield one
    one.end()


def measuring(cluster):
    """Worker, host and child that are at work on a design, the child held where it is; empty when there is none.

    A child just forked has not tied its life to its host's yet; held there, it would outlive it for ever.
    """
    for worker in cluster.of_the_guard():
        for host in cluster.children(worker):
            for child in cluster.children(host):
                with suppress(ProcessLookupError, FileNotFoundError):  # it ended at this moment
                    if b"pricing.engine.host" in Path(f"/proc/{host}/cmdline").read_bytes() and age_s(child) > 0.3:
                        os.kill(child, signal.SIGSTOP)
                        return [worker, host, child]
    return []


def kill_the_worker_over_its_design(cluster):
    worker, host, child = wait_for(lambda: measuring(cluster), PATIENCE, every=0.005)
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: not alive(host) and not alive(child))


def sweep(cluster):
    cluster.rows(ABANDONED)
    cluster.shell("from pricing.tasks import sweep_quotes; sweep_quotes()")


def test_a_design_that_kills_its_workers_is_given_up_and_the_others_are_priced(cluster):
    cluster.start(PRICING_WORKERS="2")
    kill_the_worker_over_its_design(cluster)
    assert cluster.rows(QUOTE + "1") == [("calculating", 1, "")]

    cluster.shell(ASK.format(path=str(RING)))
    wait_for(lambda: cluster.rows(QUOTE + "2") == [("priced", 1, "")], PATIENCE)

    cluster.rows("UPDATE pricing_quote SET attempts = 2 WHERE id = 1")
    sweep(cluster)
    kill_the_worker_over_its_design(cluster)
    sweep(cluster)

    assert cluster.rows(QUOTE + "1") == [("failed", 3, "engine_crashed")]


def test_workers_and_what_they_start_yield_the_processor_to_the_web(cluster):
    cluster.start(PRICING_WORKERS="1")

    processes = wait_for(lambda: measuring(cluster), PATIENCE, every=0.005)

    assert {os.getpriority(os.PRIO_PROCESS, process) for process in processes} == {19}
    for process in processes:  # and so do their sessions
        assert Path(f"/proc/{process}/autogroup").read_text().split()[-1:] in ([], ["10"])
    assert {len(list(Path(f"/proc/{process}/task").iterdir())) for process in processes[1:]} == {1}
    assert [
        pid for pid in cluster.children() if os.getpriority(os.PRIO_PROCESS, pid) < 19
    ]  # the cluster itself does not
