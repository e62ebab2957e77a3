"""Numbers in text files come out as float() gives them, to the last bit."""

import random

import numpy as np
import pytest

from pricing.engine.formats.text import TEXT, number_token, settle
from pricing.engine.kernels import kernel


@kernel(f"int64({TEXT}, float64[::1])")
def _read_all(text, numbers):
    """Numbers separated by one blank each; how many were read."""
    at = count = 0
    while at < len(text):
        numbers[count], at = number_token(text, at, len(text))
        if at < 0:
            return count
        count += 1
        at += 1
    return count


def read(*tokens):
    text = np.frombuffer(" ".join(tokens).encode(), np.uint8)
    numbers = np.empty(len(tokens))
    count = _read_all(text, numbers)
    settle(numbers[:count], text)
    return numbers[:count]


def same_bits(numbers, tokens):
    expected = np.array([float(token) for token in tokens])
    return np.array_equal(numbers.view(np.uint64), expected.view(np.uint64))


def test_ordinary_and_odd_numbers_are_read_as_python_reads_them():
    tokens = ["0", "-0.0", "+1", "1.", ".5", "-.5e1", "1E5", "1e-7", "007.50", "1e400", "-1e400", "1e-400", "5e-324",
              "9007199254740993", "9007199254740992.5", "0.1", "0.30000000000000004", "123456789012345678901234567890",
              "2.2250738585072014e-308", "1.7976931348623157e308", "0.000000000000000000000000000012345678", "1e22",
              "1e23", "8.41e21", "9.5e-23", "179769313486231580793e-20", "inf", "-Infinity"]  # fmt: skip

    assert same_bits(read(*tokens), tokens)


@pytest.mark.parametrize("write", ["{!r}", "{:.6f}", "{:.17g}", "{:.9e}", "{:.17f}"])
@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1.0, 1e5, 1e25])
def test_whatever_a_program_writes_is_read_exactly(write, scale):
    random.seed(5)
    tokens = [write.format(random.uniform(-1, 1) * scale) for _ in range(4000)]
    tokens = [token for token in tokens if len(token) <= 40]

    assert same_bits(read(*tokens), tokens)


def test_decimals_beside_the_middle_between_two_floats_are_rounded_to_the_right_side():
    # 17 or 18 digits can come within 1e-18 of the middle; a division in plain float64 gets every third of these wrong.
    random.seed(6)
    tokens = []
    for _ in range(4000):
        low = random.uniform(1e-3, 100)
        middle = (low + np.nextafter(low, 200)) / 2 if random.random() < 0.5 else low
        tokens.append(f"{middle:.{random.choice([16, 17])}f}")

    assert same_bits(read(*tokens), tokens)


@pytest.mark.parametrize(
    "token", ["", "-", ".", "e5", "1e", "1e+", "1,5", "0x10", "1_000", "1.5.2", "1d5", "nano", "1" * 41]
)
def test_what_is_no_number_is_not_read(token):
    assert len(read("1", token)) == 1


def test_not_a_number_stays_one():
    assert np.isnan(read("nan", "NaN", "-nan")).all()
