"""Looking at processes, and waiting for what they do."""

import os
import time
from pathlib import Path


def wait_for(condition, seconds=60, *, every=0.02):
    """Wait until a condition holds and return what it says."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(every)
    return found


def alive(process_id):
    """Whether a process runs; one that was killed but whose parent has not noticed yet counts as dead."""
    try:
        os.kill(process_id, 0)
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (ProcessLookupError, FileNotFoundError):
        return False


def age_s(process_id):
    """How long ago a process was made. Raises FileNotFoundError when there is none."""
    made = int(Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - made
