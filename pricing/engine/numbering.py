"""Equal keys get equal numbers: a hash table without sorting."""

from typing import Final

import numpy as np
import numpy.typing as npt

from pricing.engine.kernels import kernel

Keys = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]

_FREE: Final = -1
_SPREAD: Final = 0x1E3779B97F4A7C15  # odd, its bits without pattern: the golden ratio


def number_alike(keys: Keys) -> tuple[Indices, Indices]:
    """The number of each key, in order of first appearance, and where each number appeared first."""
    numbers, firsts = np.empty(len(keys), np.int32), np.empty(len(keys), np.int32)
    table = np.full(1 << max(2 * len(keys), 2).bit_length(), _FREE, np.int32)
    count = _number(keys, table, numbers, firsts)
    return numbers, firsts[:count]


@kernel("int64(int64[::1], int32[::1], int32[::1], int32[::1])")
def _number(keys: Keys, table: Indices, numbers: Indices, firsts: Indices) -> int:
    count, mask = 0, len(table) - 1
    for k in range(len(keys)):
        mixed = keys[k] * _SPREAD
        place = (mixed ^ (mixed >> 29)) & mask
        while table[place] != _FREE and keys[firsts[table[place]]] != keys[k]:
            place = (place + 1) & mask
        if table[place] == _FREE:
            table[place], firsts[count] = count, k
            count += 1
        numbers[k] = table[place]
    return count
