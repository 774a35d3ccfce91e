"""What a photo tells, and that its copy tells no more than it shows."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from hub.images import ImageError, examine, thumbnail

IFD = ExifTags.IFD
MAKE = "Kamera Contoh"
COMMENT = b"komentar rahasia"
SOUTH = {1: "S", 2: (6.0, 12.0, 30.5), 3: "E", 4: (106.0, 49.0, 12.25)}
SIDES = [("top", "left"), ("top", "right"), ("bottom", "left"), ("bottom", "right")]
HERE = (-6.2084722, 106.8200694)


def exif(gps: dict[int, Any] | None = None, *, orientation: int = 1, **times: Any) -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Make] = MAKE
    tags[ExifTags.Base.Orientation] = orientation
    tags.get_ifd(IFD.GPSInfo).update(SOUTH if gps is None else gps)
    tags.get_ifd(IFD.Exif).update({ExifTags.Base[name]: value for name, value in times.items()})
    return tags


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    picture = Image.new(mode, size)
    picture.paste(Image.new(mode, (size[0] // 2, size[1] // 2), "red"))
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def red_at(image: Image.Image, x: int, y: int) -> bool:
    pixel = image.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return pixel[0] > 200 and pixel[1] < 60


# --- what is read


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_place_and_time_are_read_from_every_kind_of_photo(kind: str) -> None:
    tags = exif(DateTimeOriginal="2026:11:20 10:00:00", OffsetTimeOriginal="+07:00")
    examined = examine(photo(kind, exif=tags.tobytes()))
    assert (examined.lat, examined.lon) == HERE
    assert examined.taken_text == "2026:11:20 10:00:00+07:00"
    assert (examined.width, examined.height, examined.media_type) == (60, 40, "image/jpeg")


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "S", 2: (6.0, 12.0, 30.5)},
        {2: (6.0, 12.0, 30.5), 4: (106.0, 49.0, 12.25)},
        {**SOUTH, 1: "E"},
        {**SOUTH, 2: (96.0, 0.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
    ],
)
def test_an_incomplete_or_impossible_place_is_none(gps: dict[int, Any]) -> None:
    examined = examine(photo(exif=exif(gps)))
    assert (examined.lat, examined.lon) == (None, None)


@pytest.mark.parametrize(
    ("times", "taken"),
    [
        ({}, ""),
        ({"DateTimeOriginal": "2026:11:20 10:00:00"}, "2026:11:20 10:00:00"),
        ({"DateTimeOriginal": "0000:00:00 00:00:00"}, ""),
        ({"DateTimeOriginal": "kata warga"}, ""),
        ({"DateTimeOriginal": "2026:11:20 10:00:00", "OffsetTimeOriginal": "WIB"}, "2026:11:20 10:00:00"),
    ],
)
def test_a_time_is_told_only_where_it_is_one(times: dict[str, Any], taken: str) -> None:
    assert examine(photo(exif=exif(**times))).taken_text == taken


@given(
    st.tuples(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59)),
    st.tuples(st.integers(1, 179), st.integers(0, 59), st.integers(0, 59)),
    st.sampled_from("NS"),
    st.sampled_from("EW"),
)
def test_degrees_come_out_as_they_went_in(lat: Any, lon: Any, north: str, east: str) -> None:
    examined = examine(photo(size=(2, 2), exif=exif({1: north, 2: lat, 3: east, 4: lon})))
    assert examined.lat == pytest.approx((lat[0] + lat[1] / 60 + lat[2] / 3600) * (1 if north == "N" else -1), abs=1e-6)
    assert examined.lon == pytest.approx((lon[0] + lon[1] / 60 + lon[2] / 3600) * (1 if east == "E" else -1), abs=1e-6)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_broken_metadata_never_cost_the_picture() -> None:
    good = photo(exif=exif(DateTimeOriginal="2026:11:20 10:00:00"), comment=COMMENT)
    start = good.index(b"Exif\0\0") + 6
    length = struct.unpack(">H", good[start - 8 : start - 6])[0] - 8
    chance = random.Random(7)  # noqa: S311 - the same damage every time
    for _ in range(300):
        torn = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            torn[start + chance.randrange(length)] = chance.choice([0, 255, chance.randrange(256)])
        assert examine(bytes(torn)).clean
        assert thumbnail(bytes(torn))


# --- the copy


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_the_copy_holds_no_metadata(kind: str) -> None:
    original = photo(kind, exif=exif(DateTimeOriginal="2026:11:20 10:00:00").tobytes(), xmp=b"<x:xmpmeta/>")
    assert MAKE.encode() in original
    examined = examine(original)
    for copy in (examined.clean, thumbnail(original), thumbnail(examined.clean)):
        assert not opened(copy).getexif()
        assert not opened(copy).getexif().get_ifd(IFD.GPSInfo)
        for word in (MAKE.encode(), b"Exif", b"xmpmeta", b"2026:11:20", b"ICC_PROFILE"):
            assert word not in copy


def test_the_copy_holds_no_comment_and_no_appended_file() -> None:
    original = photo(comment=COMMENT) + b"PK\x03\x04 appended"
    assert COMMENT in original
    clean = examine(original).clean
    assert COMMENT not in clean
    assert b"appended" not in clean


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (1, "top left"),
        (2, "top right"),
        (3, "bottom right"),
        (4, "bottom left"),
        (5, "top left"),
        (6, "top right"),
        (7, "bottom right"),
        (8, "bottom left"),
    ],
)
def test_the_copy_stands_upright(orientation: int, corner: str) -> None:
    copy = opened(examine(photo(exif=exif(orientation=orientation))).clean)
    assert copy.size == ((60, 40) if orientation < 5 else (40, 60))
    corners = {f"{y} {x}": (copy.width * (x == "right"), copy.height * (y == "bottom")) for y, x in SIDES}
    inside = {
        name: (min(max(x, 3), copy.width - 3), min(max(y, 3), copy.height - 3)) for name, (x, y) in corners.items()
    }
    assert [name for name, spot in inside.items() if red_at(copy, *spot)] == [corner]


def test_large_photos_become_smaller_and_small_ones_stay() -> None:
    examined = examine(photo(size=(5000, 1000)))
    assert (examined.width, examined.height) == (2048, 410)
    assert opened(examined.clean).size == (2048, 410)
    assert opened(thumbnail(photo(size=(1000, 2000)))).size == (160, 320)
    assert opened(thumbnail(photo())).size == (60, 40)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "1", "P", "I;16", "CMYK"])
def test_every_mode_becomes_a_plain_picture(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    written = io.BytesIO()
    Image.new(mode, (8, 8)).save(written, "JPEG" if kind == "TIFF" else kind)
    assert opened(examine(written.getvalue()).clean).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, "PNG")
    assert opened(examine(written.getvalue()).clean).getpixel((4, 4)) == (255, 255, 255)


def test_of_an_animation_the_first_picture_is_kept() -> None:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(written, "GIF", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    assert red_at(opened(examine(written.getvalue()).clean), 4, 4)


# --- what is refused


@pytest.mark.parametrize(
    "data",
    [b"", b"kata warga", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0", photo()[:-300]],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    for read in (examine, thumbnail):
        with pytest.raises(ImageError, match="cannot be read as a picture"):
            read(data)


def test_formats_with_dangerous_readers_are_refused() -> None:
    with pytest.raises(ImageError):
        examine(photo("TIFF"))


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    for read in (examine, thumbnail):
        with pytest.raises(ImageError, match="too many pixels: 50000 x 50000"):
            read(bomb)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for start in (b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF89a"):
        with pytest.raises(ImageError):
            examine(start + data)


@pytest.mark.parametrize(
    ("progressive", "reason"), [(False, "cannot be read as a picture"), (True, "too many pixels: 12000 x 9000")]
)
def test_a_large_jpeg_is_tried_only_where_it_can_be_made_smaller_on_reading(progressive: bool, reason: str) -> None:  # noqa: FBT001 - what varies
    data = photo(progressive=progressive)
    frame = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    huge = data[: frame + 5] + struct.pack(">HH", 9_000, 12_000) + data[frame + 9 :]
    with pytest.raises(ImageError, match=reason):
        examine(huge[:-2])
