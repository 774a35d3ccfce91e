"""Made-up photos of streets, as many different ones as there are numbers."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A made-up street: clouds of light and dark, a sky, a house on either side, things in the water."""
    chance = random.Random(seed)  # noqa: S311 - the same street every time
    grey = Image.new("L", size, 128)
    for rows, share in ((3, 0.5), (6, 0.4), (12, 0.35), (40, 0.25)):
        spots = Image.frombytes("L", (rows, rows), chance.randbytes(rows * rows))
        grey = Image.blend(grey, spots.resize(size, Image.Resampling.BICUBIC), share)
    street, (width, height) = grey.convert("RGB"), size
    draw, horizon = ImageDraw.Draw(street), int(height * chance.uniform(0.3, 0.5))
    sky = Image.new("RGB", (width, horizon), (chance.randrange(190, 240),) * 3)
    street.paste(Image.blend(street.crop((0, 0, width, horizon)), sky, 0.75), (0, 0))
    for wide in (int(width * chance.uniform(0.1, 0.35)) for _ in range(2)):
        left = 0 if wide % 2 else width - wide
        draw.rectangle((left, height * chance.uniform(0.05, 0.35), left + wide, height * 0.7), chance.randrange(90))
    for _ in range(chance.randrange(2, 9)):
        x, y, wide = chance.randrange(width), chance.randrange(horizon, height), chance.randrange(20, 150)
        draw.ellipse((x, y, x + wide, y + wide // 2), tuple(chance.randbytes(3)))
    return street


def jpeg(image: Image.Image, quality: int = 90, **others: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, **others)
    return written.getvalue()
