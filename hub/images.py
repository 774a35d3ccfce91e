"""Photos as they come from phones: where and when they were taken, and a copy that tells nothing but what it shows.

The copy is drawn anew, so that no metadata, comment or hidden file survives. All of it is work for a thread.
"""

from __future__ import annotations

import io
import math
import re
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pillow_heif
from PIL import ExifTags, Image

from normalizer.pictures import telling

MEDIA_TYPE = "image/jpeg"
"""Of every copy."""
LONGEST_EDGE = 2048
THUMBNAIL_EDGE = 320
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "HEIF", "AVIF")
MAX_PIXELS = 40_000_000
MAX_SCALED_PIXELS = 120_000_000
"""Of a baseline JPEG, which is made smaller while it is read."""
GRID = (9, 8)
"""Grey points that a likeness is made of: eight steps from left to right in each of eight rows."""
LEAST_SPREAD = 4.0
"""Standard deviation of these points, of 255: less is a wall, the night, a finger, and its bits are noise."""

TAKEN = re.compile(r"\d{4}:\d{2}:\d{2} \d{2}:\d{2}:\d{2}")
ZONE = re.compile(r"[+-]\d{2}:\d{2}")
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture of this EXIF orientation upright (EXIF 2.3, tag 274)."""

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # `_open` has limits of its own, which refuse instead of warning


class ImageError(Exception):
    """It is no picture, or one that cannot be shown."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A photo's facts, and its copy."""

    media_type: str
    """Of the copy, as its width and height are."""
    width: int
    height: int
    lat: float | None
    lon: float | None
    """WGS 84 degrees by the camera; both or none. It may be the sender's home rather than the scene."""
    taken_text: str
    """`YYYY:MM:DD HH:MM:SS`, with the zone where the camera tells it; else empty."""
    clean: bytes = field(repr=False)
    likeness: int | None = None
    """A difference hash as a signed 64-bit integer; none where the picture is too even to have one."""


def examine(data: bytes) -> Examined:
    """Read a photo and draw its copy, upright, at most 2048 pixels long. Raises ImageError.

    Broken metadata cost the place and the time, not the picture.
    """
    with _refusing():
        image = _open(data, LONGEST_EDGE)
        tags = _tags(image)
        copy = _drawn(image, LONGEST_EDGE, tags)
        lat, lon = _position(_directory(tags, ExifTags.IFD.GPSInfo))
        taken = _taken(_directory(tags, ExifTags.IFD.Exif))
        return Examined(MEDIA_TYPE, copy.width, copy.height, lat, lon, taken, _jpeg(copy), _likeness(copy))


def thumbnail(data: bytes) -> bytes:
    """Draw a copy of at most 320 pixels, as JPEG. Raises ImageError."""
    with _refusing():
        image = _open(data, THUMBNAIL_EDGE)
        return _jpeg(_drawn(image, THUMBNAIL_EDGE, _tags(image)))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ImageError:
        raise
    except Exception as error:  # noqa: BLE001 - broken files raise whatever their reader trips over
        raise ImageError(f"cannot be read as a picture: {type(error).__name__}") from None


# ------------------------------------------------------------------------------------------------------------ pictures


def _open(data: bytes, edge: int) -> Image.Image:
    """Read the head of the file; pixels are not touched before their number is known."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    scalable = image.format in {"JPEG", "MPO"} and "progressive" not in image.info
    if image.width * image.height > (MAX_SCALED_PIXELS if scalable else MAX_PIXELS):
        raise ImageError(f"has too many pixels: {image.width} x {image.height}")
    image.draft("RGB", (edge, edge))
    return image


def _drawn(image: Image.Image, edge: int, tags: Image.Exif) -> Image.Image:
    flat = _flat(image)
    flat.thumbnail((edge, edge))
    turn = TURNS.get(tags.get(ExifTags.Base.Orientation, 1))
    upright = flat if turn is None else flat.transpose(turn)
    copy = Image.new("RGB", upright.size)
    copy.paste(upright)  # pixels only: `upright` still carries comments and colour profiles
    return copy


def _flat(image: Image.Image) -> Image.Image:
    """Give it in RGB, on white where it is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    over = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")


def _likeness(upright: Image.Image) -> int | None:
    """Note at which of the points it gets darker to the right."""
    grey = upright.convert("L").resize(GRID, Image.Resampling.BILINEAR).tobytes()
    if statistics.pstdev(grey) < LEAST_SPREAD:
        return None
    starts = (place for place in range(len(grey)) if (place + 1) % GRID[0])
    value = sum((grey[place] > grey[place + 1]) << bit for bit, place in enumerate(starts))
    return int.from_bytes(value.to_bytes(8, "big"), "big", signed=True) if telling(value) else None


def _jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


# ------------------------------------------------------------------------------------------------------------ metadata


def _tags(image: Image.Image) -> Image.Exif:
    try:
        return image.getexif()
    except Exception:  # noqa: BLE001 - broken EXIF raises whatever its parser trips over
        return Image.Exif()


def _directory(tags: Image.Exif, which: ExifTags.IFD) -> Mapping[int, Any]:
    try:
        return dict(tags.get_ifd(which))
    except Exception:  # noqa: BLE001 - broken EXIF raises whatever its parser trips over
        return {}


def _position(gps: Mapping[int, Any]) -> tuple[float, float] | tuple[None, None]:
    """Give latitude and longitude; none where either is missing, impossible, or both are exactly zero."""
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90)
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180)
    return (lat, lon) if lat is not None and lon is not None and (lat or lon) else (None, None)


def _degrees(parts: Any, side: Any, sides: str, most: float) -> float | None:
    """Read degrees, minutes, seconds; the second of the sides is negative."""
    try:
        value = math.fsum(float(part) / 60.0**power for power, part in enumerate(parts))
    except (TypeError, ValueError, ArithmeticError):
        return None
    letter = str(side).strip("\0 ").upper()
    if len(letter) != 1 or letter not in sides or not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if letter == sides[1] else value, 7)


def _taken(exif: Mapping[int, Any]) -> str:
    taken = str(exif.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    zone = str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    if not TAKEN.fullmatch(taken) or taken.startswith("0000"):
        return ""
    return taken + zone if ZONE.fullmatch(zone) else taken
