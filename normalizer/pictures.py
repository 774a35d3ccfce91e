"""Pictures that look the same, by 64 bits each: a forwarded photo is found though it was made smaller on its way.

The bits say where a picture gets darker from left to right (a difference hash of 9 x 8 grey points), as one signed
integer. Making a picture smaller, brighter or poorer changes a few of them; another picture differs in about half.
"""

from __future__ import annotations

BITS, BAND = 64, 16
APART = 6
"""So many bits may differ. Measured on 150 made-up street scenes, as tests/test_pictures.py draws them: poorer,
brighter and stamped copies differ in 5 at most, a tiny one in 7, 97 of 100 that lost their outer 2 % in 6; of 11,175
pairs of different scenes none differs in fewer than 10."""
FEWEST = 10
"""A hash with fewer bits of one kind says nothing: an even surface, or light falling off to one side."""
MOST = 4
"""Pictures of one complaint that are compared."""


def bands(likeness: int) -> tuple[int, ...]:
    """Cut a likeness into four numbers: a band's own, and what it holds. Three changed bits leave one as it was."""
    value, whole = likeness & (1 << BITS) - 1, (1 << BAND) - 1
    return tuple(band << BAND | value >> BAND * band & whole for band in range(BITS // BAND))


def alike(a: int, b: int) -> bool:
    """Say whether two likenesses are of one picture."""
    return ((a ^ b) & (1 << BITS) - 1).bit_count() <= APART


def telling(likeness: int) -> bool:
    """Say whether a likeness can tell one picture from another."""
    return FEWEST <= (likeness & (1 << BITS) - 1).bit_count() <= BITS - FEWEST
