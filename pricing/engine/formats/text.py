"""Numbers and words in text, for compiled loops: what Python's float() would give, to the last bit, at the speed of
reading.

A decimal number is a whole number times a power of ten. Up to 2^53 and 10^22 both are exact in float64, so that one
multiplication or division rounds once, as it should. Beyond, a division in twice the precision decides, unless the
result lies so close to the middle between two floats that its error could matter. What is left (as good as never in
files that programs write) is marked in the result and settled by float() itself.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pricing.engine.formats.reading import Bytes
from pricing.engine.kernels import part_of_kernel

TEXT: Final = "Array(uint8, 1, 'C', readonly=True)"

_LONGEST: Final = 40  # characters; longer is no number
_DIGITS: Final = 18  # as many fit an integer of 64 bits
_PLAIN: Final = 15  # as many are below 2^53, whatever they are
_EXACT: Final = np.uint64(2**53)
_POWERS: Final = np.array([float(10**power) for power in range(23)])
_SPLIT: Final = 134217729.0  # 2^27 + 1: cuts a float64 into two halves whose products are exact
_SAFE: Final = 2.0**-96  # the double division errs by less than 2^-100 of its result
_MARK: Final = np.uint64(0xFFF8000000000000)  # a NaN with sign; its low bits say where the number stands
_PLACE: Final = np.uint64(0x0007FFFFFFFFFFFF)
_TEN: Final = np.uint64(10)
_0: Final = np.uint64(0)
_1: Final = np.uint64(1)

_MINUS, _PLUS, _POINT = ord("-"), ord("+"), ord(".")
_LOW_E, _LOW_I, _LOW_N = ord("e"), ord("i"), ord("n")
_NAN: Final = np.frombuffer(b"nan", np.uint8)
_INF: Final = np.frombuffer(b"inf", np.uint8)
_INFINITY: Final = np.frombuffer(b"infinity", np.uint8)


@part_of_kernel
def is_blank(character: Any) -> Any:
    return character == 32 or 9 <= character <= 13


@part_of_kernel
def is_line_end(character: Any) -> Any:
    return character == 10 or character == 13


@part_of_kernel
def after_blanks(text: Any, at: Any, end: Any) -> Any:
    """The next character that is not blank, on whichever line."""
    while at < end and is_blank(text[at]):
        at += 1
    return at


@part_of_kernel
def after_spaces(text: Any, at: Any, end: Any) -> Any:
    """The next character that is not blank or ends the line."""
    while at < end and is_blank(text[at]) and not is_line_end(text[at]):
        at += 1
    return at


@part_of_kernel
def after_token(text: Any, at: Any, end: Any) -> Any:
    while at < end and not is_blank(text[at]):
        at += 1
    return at


@part_of_kernel
def after_line(text: Any, at: Any, end: Any) -> Any:
    """The end of the line, before its line end."""
    while at < end and not is_line_end(text[at]):
        at += 1
    return at


@part_of_kernel
def after_comments(text: Any, at: Any, end: Any) -> Any:
    """The next character that is not blank and not in a comment from # to the end of its line."""
    at = after_blanks(text, at, end)
    while at < end and text[at] == 35:
        at = after_blanks(text, after_line(text, at, end), end)
    return at


@part_of_kernel
def after_word(text: Any, at: Any, end: Any, word: Any) -> Any:
    """The position after `word` (lower case) when it stands at `at` as a whole token in whatever case, else -1."""
    stop = at + len(word)
    if stop > end or (stop < end and not is_blank(text[stop])):
        return -1
    for i in range(len(word)):
        if text[at + i] | 32 != word[i]:
            return -1
    return stop


@part_of_kernel
def integer_at(text: Any, at: Any, end: Any) -> Any:
    """A whole number and the position after it; -1 as the position when there is none of at most 18 digits."""
    negative = at < end and text[at] == _MINUS
    if negative or (at < end and text[at] == _PLUS):
        at += 1
    start = at
    value = np.int64(0)
    while at < end and 48 <= text[at] <= 57 and at - start < _DIGITS:
        value = 10 * value + np.int64(text[at] - 48)
        at += 1
    if at == start or (at < end and 48 <= text[at] <= 57):
        return 0, -1
    return (-value if negative else value), at


@part_of_kernel
def number_token(text: Any, at: Any, end: Any) -> Any:
    """A number that a blank or the end follows, and the position after it; -1 as the position when there is none."""
    value, stop = number_at(text, at, end)
    if stop > 0 and stop < end and not is_blank(text[stop]):
        return value, -1
    return value, stop


@part_of_kernel
def number_at(text: Any, at: Any, end: Any) -> Any:
    """A number and the position after it, whatever follows; -1 as the position when there is none."""
    start = at
    negative = at < end and text[at] == _MINUS
    if negative or (at < end and text[at] == _PLUS):
        at += 1
    first = at
    mantissa, digits, at = _digits(text, at, end, _0, 0)
    characters, decimals = at - first, 0
    if at < end and text[at] == _POINT:
        mantissa, digits, stop = _digits(text, at + 1, end, mantissa, digits)
        decimals = stop - at - 1
        at = stop
    if characters + decimals == 0:
        return _special(text, first, end, negative)
    exponent, at = _exponent(text, at, end)
    if at < 0 or at - start > _LONGEST:
        return 0.0, -1
    value = _product(mantissa, digits, exponent - decimals, start)
    return (-value if negative and value == value else value), at


@part_of_kernel
def plain_number(text: Any, at: Any, end: Any) -> Any:
    """A number of up to 15 digits, perhaps with a sign and a point, and the position after it: what `number_at` gives
    in twice the time. -1 as the position for any other."""
    negative = at < end and text[at] == _MINUS
    first = at + 1 if negative else at
    mantissa, at = _plain_digits(text, first, end, np.int64(0))
    digits, decimals = at - first, 0
    if at < end and text[at] == _POINT:
        mantissa, stop = _plain_digits(text, at + 1, end, mantissa)
        decimals = stop - at - 1
        at = stop
    digits += decimals
    if digits == 0 or digits > _PLAIN or (at < end and text[at] | 32 == _LOW_E):
        return 0.0, -1
    value = np.float64(mantissa) / _POWERS[decimals]
    return (-value if negative else value), at


@part_of_kernel
def _plain_digits(text: Any, at: Any, end: Any, mantissa: Any) -> Any:
    """Append digits to a mantissa, as many as there are. Indices without a sign spare a look at it per character."""
    place, stop = np.uint64(at), np.uint64(max(end, 0))
    while place < stop:
        digit = np.int64(text[place]) - 48
        if digit < 0 or digit > 9:
            break
        mantissa = 10 * mantissa + digit
        place += _1
    return mantissa, np.int64(place)


@part_of_kernel
def _digits(text: Any, at: Any, end: Any, mantissa: Any, digits: Any) -> Any:
    """Append digits to a mantissa; `digits` counts those from the first that is not 0, also where it is full."""
    while at < end and 48 <= text[at] <= 57:
        if digits > 0 or text[at] != 48:
            digits += 1
            if digits <= _DIGITS:
                mantissa = mantissa * _TEN + np.uint64(text[at] - 48)
        at += 1
    return mantissa, digits, at


@part_of_kernel
def _exponent(text: Any, at: Any, end: Any) -> Any:
    """The exponent that may follow, else 0, and the position after it; -1 for an e without a number."""
    if at >= end or text[at] | 32 != _LOW_E:
        return 0, at
    return integer_at(text, at + 1, end)


@part_of_kernel
def _special(text: Any, at: Any, end: Any, negative: Any) -> Any:
    """Not a number and infinity, in the words that float() knows."""
    stop = after_word(text, at, end, _NAN)
    if stop > 0:
        return np.nan, stop
    stop = max(after_word(text, at, end, _INF), after_word(text, at, end, _INFINITY))
    return (-np.inf if negative else np.inf), stop


@part_of_kernel
def _product(mantissa: Any, digits: Any, exponent: Any, start: Any) -> Any:
    """mantissa x 10^exponent, or the mark of a number that stands at `start` and is left to float()."""
    if digits == 0:
        return 0.0
    if digits <= _DIGITS:
        if mantissa <= _EXACT and -22 <= exponent <= 22:
            whole = np.float64(mantissa)
            return whole * _POWERS[exponent] if exponent >= 0 else whole / _POWERS[-exponent]
        if -44 <= exponent < 0:
            return _quotient(mantissa, -exponent, start)
    return _mark(start)


@part_of_kernel
def _mark(start: Any) -> Any:
    return np.uint64(_MARK | np.uint64(start)).view(np.float64)


@part_of_kernel
def _quotient(mantissa: Any, power: Any, start: Any) -> Any:
    """mantissa / 10^power in twice the precision, rounded; or the mark where its error could change the rounding."""
    high = np.float64(mantissa)
    low = np.float64(np.int64(mantissa) - np.int64(high))
    high, low = _divided(high, low, _POWERS[min(power, 22)])
    if power > 22:
        high, low = _divided(high, low, _POWERS[power - 22])
    error = abs(high) * _SAFE
    if high + (low - error) == high + (low + error):
        return high + low
    return _mark(start)


@part_of_kernel
def _divided(high: Any, low: Any, divisor: Any) -> Any:
    """(high + low) / divisor as a sum of two floats that do not overlap."""
    quotient = high / divisor
    product, rest = _exact_product(quotient, divisor)
    correction = (((high - product) - rest) + low) / divisor
    total = quotient + correction
    return total, correction - (total - quotient)


@part_of_kernel
def _exact_product(a: Any, b: Any) -> Any:
    """a x b as a sum of two floats (Dekker)."""
    product = a * b
    a_high = _SPLIT * a - (_SPLIT * a - a)
    b_high = _SPLIT * b - (_SPLIT * b - b)
    a_low, b_low = a - a_high, b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def settle(values: npt.NDArray[np.float64], text: Bytes) -> None:
    """Put float()'s answer wherever a number was marked. values: any shape, contiguous."""
    flat = values.reshape(-1)
    if not np.isnan(flat.sum()):  # one pass without a temporary array; a mark is a NaN
        return
    bits = flat.view(np.uint64)
    for index in np.flatnonzero((bits & _MARK) == _MARK):
        start = int(bits[index] & _PLACE)
        flat[index] = _by_python(bytes(text[start : start + _LONGEST + 1]))


def _by_python(token: bytes) -> float:
    """The number at the start of `token`, which a kernel has read without trouble."""
    length = 0
    while length < len(token) and token[length : length + 1] in b"+-.0123456789eE":
        length += 1
    return float(token[:length])


def line_of(text: Bytes, at: int) -> int:
    """The number of the line that `at` is in, from 1, whichever way lines end."""
    before = text[:at]
    return 1 + max(int(np.count_nonzero(before == 10)), int(np.count_nonzero(before == 13)))
