"""Makes parts of a picture unreadable for good: a few large squares in place of a face or a number plate."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageOps

SQUARES = 2
"""Along the longer side of a part, which is a small one: too few to know a face by, or to read a plate."""
LEAST = 12
"""Pixels that a part has at least on each side, so that a click beside it covers something."""
QUALITY = 82
Part = tuple[int, int, int, int]
"""Left, top, width and height, in thousandths of the picture."""


def pixelate(data: bytes, parts: Sequence[Part]) -> bytes:
    """Give a copy, as JPEG, in which nothing of these parts can be made out. Raises OSError for what is no picture."""
    with Image.open(io.BytesIO(data)) as picture:
        copy = ImageOps.exif_transpose(picture).convert("RGB")
    for part in parts:
        box = _box(part, copy.size)
        piece = copy.crop(box)
        copy.paste(_coarse(piece), box)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _box(part: Part, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Give a part in pixels, inside the picture and never empty."""
    left, top, width, height = (round(value * size[axis % 2] / 1000) for axis, value in enumerate(part))
    left, top = min(max(left, 0), size[0] - 1), min(max(top, 0), size[1] - 1)
    return left, top, min(left + max(width, LEAST), size[0]), min(top + max(height, LEAST), size[1])


def _coarse(piece: Image.Image) -> Image.Image:
    """Average it into a few squares. What was in them is not in the copy any more."""
    longest = max(piece.size)
    few = [max(1, round(side * SQUARES / longest)) for side in piece.size]
    return piece.resize((few[0], few[1]), Image.Resampling.BOX).resize(piece.size, Image.Resampling.NEAREST)
