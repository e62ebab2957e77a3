"""`manage.py worker` under signals: real clusters as processes, on a database of their own."""

import os
import signal
import time

import pytest

from tests.factories.processes import alive, wait_for
from tests.faults.cluster import Cluster

pytestmark = pytest.mark.system


@pytest.fixture
def cluster(tmp_path):
    one = Cluster(tmp_path, "default")
    one.shell("from config.demo.workshop import seed_workshop; seed_workshop()")
    one.start()
    yield one
    one.end()


def test_a_cluster_goes_on_after_its_idle_workers_were_killed(cluster):
    for worker in cluster.first_workers():
        os.kill(worker, signal.SIGKILL)
        time.sleep(1.5)  # the guard replaces it

    cluster.shell("from config.kernel.queue import enqueue; enqueue('mes.tasks.publish_worklists')")

    wait_for(lambda: cluster.rows("SELECT count(*) FROM mes_worklist") != [(0,)])


def test_when_the_main_process_is_killed_nothing_of_it_lives_on(cluster):
    children = cluster.children()
    assert len(children) >= 4

    os.kill(cluster.main.pid, signal.SIGKILL)

    wait_for(lambda: not any(alive(pid) for pid in children), seconds=30)


def test_a_signal_to_the_whole_group_stops_the_cluster_in_order(cluster):
    children = cluster.children()

    os.killpg(cluster.main.pid, signal.SIGTERM)

    assert cluster.main.wait(timeout=60) == 0
    assert not any(alive(pid) for pid in children)
    assert "have stopped" in (cluster.folder / "log").read_text()
