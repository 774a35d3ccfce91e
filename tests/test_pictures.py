"""What photos look like: copies are known again, other pictures are not, and an even surface looks like nothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageDraw, ImageEnhance

from hub.images import examine
from normalizer.complaint import Complaint
from normalizer.pictures import APART, MOST, alike, bands
from normalizer.understand import Normalizer
from tests.picture_fixtures import jpeg, scene
from tests.store_fixtures import NOW

LIKENESS = st.integers(-(2**63), 2**63 - 1)


def likeness(data: bytes) -> int:
    found = examine(data).likeness
    assert found is not None
    return found


def stamped(image: Image.Image) -> Image.Image:
    """With a time and place across its foot, as camera apps print them."""
    ImageDraw.Draw(image).rectangle((10, image.height - 40, 220, image.height - 8), "black")
    return image


COPIES: dict[str, Callable[[Image.Image], bytes]] = {
    "poorer": lambda one: jpeg(one, 30),
    "smaller": lambda one: jpeg(one.resize((240, 180)), 40),
    "brighter": lambda one: jpeg(ImageEnhance.Brightness(one).enhance(1.2)),
    "stamped": lambda one: jpeg(stamped(one)),
    "cut by a hair": lambda one: jpeg(one.crop((6, 4, 634, 476))),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_known_again_and_found_by_a_band(kind: str) -> None:
    for seed in range(12):
        first, copy = likeness(jpeg(scene(seed))), likeness(COPIES[kind](scene(seed)))
        assert alike(first, copy)
        assert set(bands(first)) & set(bands(copy))


def test_other_pictures_are_not_alike() -> None:
    found = [likeness(jpeg(scene(seed))) for seed in range(40)]
    assert not [pair for pair in combinations(found, 2) if alike(*pair)]


def test_a_picture_that_was_turned_upright_is_the_same() -> None:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = 6
    lying = scene(1).transpose(Image.Transpose.ROTATE_90)
    assert alike(likeness(jpeg(lying, exif=tags)), likeness(jpeg(scene(1))))


@pytest.mark.parametrize(
    "even",
    [
        Image.new("RGB", (640, 480), "red"),
        Image.effect_noise((640, 480), 60).convert("RGB"),
        Image.effect_noise((640, 480), 20).point(lambda value: value // 8).convert("RGB"),
        Image.linear_gradient("L").resize((640, 480)).convert("RGB"),
        Image.linear_gradient("L").rotate(90).resize((640, 480)).convert("RGB"),
    ],
    ids=["one colour", "noise", "night", "light from above", "light from the side"],
)
def test_an_even_picture_looks_like_nothing(even: Image.Image) -> None:
    assert examine(jpeg(even)).likeness is None


@given(one=LIKENESS, changed=st.sets(st.integers(0, 63), max_size=12))
def test_so_many_bits_may_differ(one: int, changed: set[int]) -> None:
    value = (one & 2**64 - 1) ^ sum(1 << bit for bit in changed)
    other = value - 2**64 if value >> 63 else value
    assert alike(one, other) == alike(other, one) == (len(changed) <= APART)
    if len(changed) <= 3:
        assert set(bands(one)) & set(bands(other))


@given(LIKENESS)
def test_bands_say_which_they_are(one: int) -> None:
    assert [band >> 16 for band in bands(one)] == [0, 1, 2, 3]


def test_the_rules_keep_what_pictures_look_like(normalizer: Normalizer) -> None:
    said = Complaint(native_id="a", created_at=NOW, text="banjir di gang contoh")
    assert "ph" not in normalizer.understand(said).facts
    known = normalizer.understand(said, pictures=tuple(range(-3, 5)))
    assert known.facts["ph"] == list(range(-3, 5))[:MOST]
