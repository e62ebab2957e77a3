"""A django-q2 cluster that dies whole, hangs never and leaves the web its processor.

Four faults of the stock command, each measured (docs/decisions/0003-the-worker-command.md):
- a worker killed while it waits takes the queue's read lock with it and the cluster hangs for good → SafeQueue;
- when the main process is killed its children live on and keep taking tasks → they die with their parent;
- a signal to the whole process group kills the children before the main process can end them in order → they have
  groups of their own;
- a pricing worker competes with the web for the processor → it yields, in a session of its own, which yields too.

`install` relies on a private name of django-q2 (`django_q.cluster.Queue`), so that package is pinned exactly and
tests/faults kills an idle worker.
"""

import ctypes
import multiprocessing.connection
import os
import signal
import sys
from queue import Empty
from typing import Any

from django.utils.module_loading import import_string
from django_q import cluster
from django_q.queues import Queue
from django_q.signals import post_spawn
from typing_extensions import override

from config.kernel.queue import PRICING

_PR_SET_PDEATHSIG = 1


class SafeQueue(Queue):
    """Waits for a task without holding the lock, which is taken for the moment of reading only."""

    @override
    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not block or timeout is not None:
            return super().get(block, timeout)
        while True:
            multiprocessing.connection.wait([self._reader])
            try:
                return super().get(block=False)
            except Empty:  # another worker was faster
                continue


def install(queue: str) -> None:
    """Prepare this process to be the main process of a cluster that serves `queue`."""
    cluster.Queue = SafeQueue
    if queue == PRICING:
        os.register_at_fork(after_in_child=_leave_session)
        post_spawn.connect(_yield_processor)
    else:
        os.register_at_fork(after_in_child=_leave_group)


def _leave_group() -> None:
    os.setpgid(0, 0)
    _die_with_parent()


def _leave_session() -> None:
    os.setsid()
    _die_with_parent()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _yield_processor(**_: Any) -> None:
    """Only workers, not the processes that fetch and acknowledge. Children of the worker inherit it."""
    os.nice(19)
    import_string("pricing.engine.confinement.yield_as_a_session")()
