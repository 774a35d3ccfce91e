"""Report numbers: made from the store's integer key, found again in anybody's text.

`JKT-6X8H7EAA`: the region's letters, then eight Crockford base-32 characters, the last a check.
The seven before it are the key behind a fixed permutation of 35 bits, so numbers do not tell how many there are.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_BITS = 35
_SIZE = 1 << _BITS
# Any odd factor permutes the numbers below 2**35; these two only have to stay as they are for ever.
_FACTOR, _SHIFT = 22_695_477_131, 19_088_743_999
_INVERSE = pow(_FACTOR, -1, _SIZE)
_TWIST = 21
"""Keeps eight zeros, which people type where they know no number, from being one."""
_SHAPE = re.compile(r"(?<![A-Z0-9])([A-Z]{2,4})[-\s]?([0-9A-TV-Z]{4})[-\s]?([0-9A-TV-Z]{4})(?![A-Z0-9])")


def make_number(key: int, letters: str) -> str:
    """Spell the report with this integer key (0 to 2**35 - 1)."""
    if not 0 <= key < _SIZE:
        message = f"a report key lies between 0 and 2**{_BITS} - 1"
        raise ValueError(message)
    value = (key * _FACTOR + _SHIFT) % _SIZE
    digits = [(value >> shift) & 31 for shift in range(_BITS - 5, -1, -5)]
    return f"{letters}-" + "".join(ALPHABET[digit] for digit in [*digits, _check(digits)])


def read_number(number: str) -> int | None:
    """Give the integer key behind a number, or None where it is none (a typing error included)."""
    body = re.sub(r"[-\s]", "", number.upper())[-8:]
    digits = [_VALUE.get(letter, -1) for letter in body]
    if len(digits) != 8 or -1 in digits or _check(digits[:7]) != digits[7]:
        return None
    value = 0
    for digit in digits[:7]:
        value = value << 5 | digit
    return (value - _SHIFT) * _INVERSE % _SIZE


def find_numbers(text: str, letters: str) -> tuple[str, ...]:
    """List the valid report numbers of the region with these letters in a text, in standard spelling."""
    upper = text.upper()
    if letters not in upper:
        return ()
    found: dict[str, None] = {}
    for match in _SHAPE.finditer(upper):
        if match[1] != letters:
            continue
        key = read_number(match[2] + match[3])
        if key is not None:
            found[make_number(key, letters)] = None
    return tuple(found)


def _check(digits: list[int]) -> int:
    """Horner's rule over GF(32): every wrong letter and every pair of swapped neighbours changes it."""
    sum_ = 0
    for digit in digits:
        sum_ = _double(sum_) ^ digit
    return _double(sum_) ^ _TWIST


def _double(value: int) -> int:
    return (value << 1) ^ (0b100101 if value & 16 else 0)
