"""Photos as phones make them, drawn here: a street, water, sky, and where it was taken in the file's EXIF."""

from __future__ import annotations

import hashlib
import io
import random
from functools import lru_cache

from PIL import ExifTags, Image, ImageDraw

SIZE = (320, 240)


@lru_cache(maxsize=256)
@lru_cache(maxsize=16)
def draw(name: str, spot: tuple[float, float] | None = None, taken: str = "") -> bytes:
    """Draw the photo of this name as JPEG; `spot` is latitude and longitude, `taken` `YYYY:MM:DD HH:MM:SS`."""
    rng = random.Random(hashlib.sha256(name.encode()).digest())
    image = Image.new("RGB", SIZE, (rng.randint(120, 200),) * 3)
    pen = ImageDraw.Draw(image)
    horizon = rng.randint(90, 140)
    pen.rectangle((0, horizon, *SIZE), fill=(rng.randint(70, 130), rng.randint(60, 100), rng.randint(40, 80)))
    for _ in range(12):
        left, top = rng.randint(-20, 300), rng.randint(20, horizon)
        shade = rng.randint(60, 220)
        pen.rectangle((left, top, left + rng.randint(10, 60), horizon), fill=(shade, shade, rng.randint(60, 220)))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60, exif=_exif(spot, taken))
    return file.getvalue()


def _exif(spot: tuple[float, float] | None, taken: str) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Contoh"
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if spot:
        lat, lon = spot
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "S" if lat < 0 else "N",
                ExifTags.GPS.GPSLatitude: _parts(lat),
                ExifTags.GPS.GPSLongitudeRef: "W" if lon < 0 else "E",
                ExifTags.GPS.GPSLongitude: _parts(lon),
            }
        )
    return exif


def _parts(degrees: float) -> tuple[float, float, float]:
    """Give degrees, minutes, seconds."""
    minutes, seconds = divmod(abs(degrees) * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 2)
