"""Photos are shown to everybody only after a clerk has looked, and what was made unreadable stays so."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from sqlalchemy import Connection, insert, select

from hub.pipeline.erasing import Sweeper, erase
from hub.pixelate import pixelate
from hub.store import tables
from tests.public_fixtures import number_of, settle
from tests.web_fixtures import NOW, Office, open_office

PHOTO, PRIVATE = "a" * 32, "b" * 32
CELL = "0,0,62,83"


def stripes() -> bytes:
    picture = Image.new("RGB", (640, 480), "white")
    for x in range(0, 640, 4):
        picture.paste("black", (x, 0, x + 2, 480))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def spread(grey: Image.Image) -> int:
    low, high = grey.getextrema()
    return int(high - low)  # type: ignore[operator]  # of a grey picture these are numbers


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("foto")) as made:
        yield made


@pytest.fixture
def town(house: Office) -> Office:
    house.clear()
    content = house.hub.store.blobs.put(stripes())

    def seed(connection: Connection) -> None:
        settle(connection)
        for name, complaint in ((PHOTO, 1), (PRIVATE, 103)):
            row = {"id": name, "complaint": complaint, "raw_item": 1, "position": 0, "kind": "photo", "url": ""}
            row |= {"state": "ready", "content": content, "media_type": "image/png"}
            connection.execute(insert(tables.photos).values(row))

    house.write(seed)
    return house


def decide(office: Office, name: str = PHOTO, **form: str) -> int:
    path = f"/foto/{name}/samarkan"
    return int(office.post(path, {"seen": "0", **form}, page=path).status_code)


def as_public(office: Office, path: str) -> tuple[int, bytes]:
    office.browser.cookies.clear()
    answer = office.browser.get(path)
    return answer.status_code, answer.content


def test_a_photo_nobody_has_looked_at_is_not_shown(town: Office) -> None:
    assert as_public(town, f"/foto/{PHOTO}")[0] == 404
    assert PHOTO.encode() not in as_public(town, f"/peta/laporan/{number_of(1)}")[1]


def test_a_clerk_lets_a_photo_be_shown_and_takes_that_back(town: Office) -> None:
    town.enter("petugas-tebet")
    assert decide(town, pilihan="tampil") == 303
    assert as_public(town, f"/foto/{PHOTO}") == (200, stripes())
    assert PHOTO.encode() in as_public(town, f"/peta/laporan/{number_of(1)}")[1]
    town.enter("petugas-tebet")
    assert decide(town, pilihan="jangan", seen="1") == 303
    assert as_public(town, f"/foto/{PHOTO}")[0] == 404


def test_the_public_gets_the_blurred_copy_and_staff_the_whole(town: Office) -> None:
    town.enter("petugas-tebet")
    assert decide(town, pilihan="samarkan", bagian=CELL) == 303
    assert town.browser.get(f"/foto/{PHOTO}").content == stripes()
    status, body = as_public(town, f"/foto/{PHOTO}")
    assert status == 200
    copy = Image.open(io.BytesIO(body)).convert("L")
    corner, rest = copy.crop((2, 2, 36, 36)), copy.crop((300, 200, 340, 240))
    assert spread(corner) < 60
    assert spread(rest) > 200
    assert as_public(town, f"/foto/{PHOTO}?kecil=1")[0] == 200


def test_nothing_marked_is_told_and_two_clerks_do_not_overwrite_each_other(town: Office) -> None:
    town.enter("petugas-tebet")
    assert decide(town, pilihan="samarkan") == 422
    assert decide(town, pilihan="samarkan", bagian="x,1,2,3") == 422
    assert decide(town, pilihan="tampil") == 303
    assert decide(town, pilihan="jangan") == 409


def test_others_may_not_look_nor_decide(town: Office) -> None:
    town.enter("camat-setiabudi")
    assert town.browser.get(f"/foto/{PHOTO}/samarkan").status_code == 404
    town.enter("operator")
    assert decide(town, pilihan="tampil") == 403


def test_what_came_in_private_is_never_shown(town: Office) -> None:
    town.enter("petugas-tebet")
    assert decide(town, PRIVATE, pilihan="tampil") == 303
    assert as_public(town, f"/foto/{PRIVATE}")[0] == 404


def test_an_erased_photo_takes_its_copy_along(town: Office) -> None:
    town.enter("petugas-tebet")
    decide(town, pilihan="samarkan", bagian=CELL)
    copy = town.read(lambda c: c.execute(select(tables.blurs.c.content)).scalar_one())
    assert town.hub.store.blobs.get(copy)
    town.write(lambda c: erase(c, town.hub.house, [1, 103], "admin", NOW))
    assert town.browser.portal is not None
    town.browser.portal.call(Sweeper(town.hub.store).run_once)
    with pytest.raises(FileNotFoundError):
        town.hub.store.blobs.get(copy)
    assert as_public(town, f"/foto/{PHOTO}")[0] == 410


def test_two_pictures_that_differ_only_in_a_marked_part_have_one_copy() -> None:
    first, second = Image.new("RGB", (160, 120), "white"), Image.new("RGB", (160, 120), "white")
    for x in range(0, 160, 2):
        first.paste("black", (x, 0, x + 1, 120))
        second.paste("black", (x + 1, 0, x + 2, 120))
    spelled = []
    for picture in (first, second):
        out = io.BytesIO()
        picture.save(out, "PNG")
        spelled.append(pixelate(out.getvalue(), [(0, 0, 1000, 1000)]))
    assert spelled[0] == spelled[1]
