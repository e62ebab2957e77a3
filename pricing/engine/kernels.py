"""Compiled loops (numba): how a kernel is declared, and how all of them are compiled ahead.

A kernel names its argument types, so that it is compiled when its module is imported and never in the middle of a
customer's quote; its machine code is kept beside the source (or in NUMBA_CACHE_DIR), so that the next process only
loads it. `python -m pricing.engine.compile` compiles all; the set-up runs it once after an install.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from numba import njit
from numba.core import config
from numba.extending import register_jitable

F = TypeVar("F", bound=Callable[..., Any])

ENGINE: Final = Path(__file__).parent
PREFIX: Final = "kernels-"
_numba: Any = config


def _machine_code_folder() -> Path:
    """Where machine code is kept. numba looks only at the file of a kernel, not at those whose parts it calls, so the
    folder is named after all the sources: a change of any of them starts a new one."""
    digest = hashlib.sha256()
    for source in sorted(ENGINE.rglob("*.py")):
        digest.update(source.read_bytes())
    return Path(_numba.CACHE_DIR or ENGINE / "__pycache__", f"{PREFIX}{digest.hexdigest()[:16]}")


MACHINE_CODE: Final = _machine_code_folder()
if _numba.CACHE_DIR or os.access(ENGINE, os.W_OK):  # else numba chooses a folder of the user's
    _numba.CACHE_DIR = str(MACHINE_CODE)


def kernel(*signatures: str, **options: Any) -> Callable[[F], F]:
    """Declare a kernel: `@kernel("float64(float64[:, ::1], int32[:, ::1])")`.

    It releases the GIL, divides by zero as numpy does, starts no threads, and never falls back to the interpreter.
    """
    compiler: Any = njit(list(signatures), cache=True, nogil=True, error_model="numpy", **options)
    return cast(Callable[[F], F], compiler)


def part_of_kernel(function: F) -> F:
    """Declare a function that kernels call: it is compiled into each of them and costs no file and no loading of its
    own."""
    declared: F = register_jitable(function)
    return declared
