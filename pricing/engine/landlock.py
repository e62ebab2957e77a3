"""Files out of reach: Linux's Landlock, by which a process without privileges gives up what it will not need.

Where the kernel knows how, that includes TCP, abstract sockets and signals to anybody outside. Elsewhere nothing
happens. Sources: linux/landlock.h, https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1

_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_READ: Final = _READ_FILE | _READ_DIR
_WORK: Final = _READ | _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE
_OF_A_FILE: Final = _READ_FILE | _WRITE_FILE | _TRUNCATE

# How many rights each version knows: the last ones are renaming across folders, truncating, and orders to devices.
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15}
_ALL_FILE_RIGHTS: Final = 16
_TCP, _SOCKETS_AND_SIGNALS = 0b11, 0b11
_KNOWS_TCP, _KNOWS_SCOPES = 4, 6

# Where libraries come from that are imported when they are needed (Rhino's, STEP's), and what memory_left reads.
_SYSTEM: Final = ("/usr/lib", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self/statm")


def version() -> int:
    """What the kernel's Landlock can do, counted from 1; 0: there is none, or it is switched off."""
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION)) if sys.platform == "linux" else 0


def stay_within(folder: Path) -> bool:
    """From now on this process, and whatever it forks, works in `folder`, reads libraries, and starts no program.

    What is open stays open. `renounce` comes before. True if the kernel sees to it; there is no way back.
    """
    known = version()
    if not known:
        return False
    file_rights = (1 << _FILE_RIGHTS.get(known, _ALL_FILE_RIGHTS)) - 1
    denied = (file_rights, _TCP, _SOCKETS_AND_SIGNALS)[: 1 + (known >= _KNOWS_TCP) + (known >= _KNOWS_SCOPES)]
    told = struct.pack(f"={len(denied)}Q", *denied)
    rules = _call(_CREATE_RULESET, told, len(told), 0)
    _allow(rules, folder, _WORK & file_rights)
    _allow(rules, Path(os.devnull), _READ_FILE | _WRITE_FILE)
    for place in _libraries():
        with suppress(OSError):  # not every system has each
            _allow(rules, place, _READ)
    return _call(_RESTRICT_SELF, rules, 0) == 0


def _libraries() -> Iterator[Path]:
    """Of the project only the engine: beside it a small shop keeps its database and its customers' files."""
    engine = Path(__file__).resolve().parent
    yield from (place for place in map(Path, sys.path) if not engine.is_relative_to(place.resolve()))
    yield engine
    yield from map(Path, _SYSTEM)


def _allow(rules: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH)  # stays open: /proc forgets a file that nobody holds, and with it the rule
    rights = rights if path.is_dir() else rights & _OF_A_FILE
    _call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)


def _call(number: int, *arguments: bytes | int | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.syscall(number, *(ctypes.c_long(one) if isinstance(one, int) else one for one in arguments)))
