"""Compile every kernel ahead, or load its machine code: `python -m pricing.engine.compile`, once after an install."""

import compileall
import pkgutil
import shutil
from importlib import import_module
from typing import Final

from pricing.engine.kernels import ENGINE, MACHINE_CODE, PREFIX

_PROGRAMS: Final = {"pricing.engine.__main__", "pricing.engine.host"}


def compile_all() -> None:
    """Import every module of the engine: each kernel is compiled, or its machine code loaded."""
    for module in pkgutil.walk_packages([str(ENGINE)], "pricing.engine."):
        if module.name not in _PROGRAMS:
            import_module(module.name)


def forget_older() -> None:
    """Remove the machine code of other versions of the sources."""
    for folder in MACHINE_CODE.parent.glob(f"{PREFIX}*"):
        if folder != MACHINE_CODE:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    compile_all()
    compileall.compile_dir(str(ENGINE), quiet=2)  # where PYTHONDONTWRITEBYTECODE is set, nobody else does
    forget_older()
