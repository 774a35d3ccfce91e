from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection, insert, update

from hub.store import tables
from tests.public_fixtures import show
from tests.web_fixtures import NOW, Office, add_complaint, add_report, open_office, seal

PUBLIC, PRIVATE, CONFIDENTIAL, SEALED, DOCUMENT = (letter * 32 for letter in "abcde")
EVERY = (PUBLIC, PRIVATE, CONFIDENTIAL, SEALED, DOCUMENT)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "#456").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()

    content = house.hub.store.blobs.put(picture())

    def photo(connection: Connection, name: str, complaint: int, **values: Any) -> None:
        row = {"kind": "photo", "state": "ready", "content": content, "media_type": "image/jpeg", "url": ""}
        row |= {"id": name, "complaint": complaint, "raw_item": complaint, "position": ord(name[0])}
        connection.execute(insert(tables.photos).values(row | values))

    def seed(connection: Connection) -> None:
        add_report(connection, 1)
        add_report(connection, 2)
        add_complaint(connection, 10, 1, audience="private")
        add_complaint(connection, 11, 1, rahasia=True)
        for name, complaint in ((PUBLIC, 1), (PRIVATE, 10), (CONFIDENTIAL, 11), (SEALED, 2)):
            photo(connection, name, complaint)
        photo(connection, DOCUMENT, 1, kind="document", state="kept")
        seal(connection, 2)
        show(connection)

    house.write(seed)
    house.browser.cookies.clear()
    return house


def seen(office: Office) -> set[str]:
    return {name for name in EVERY if office.browser.get(f"/foto/{name}").status_code == 200}


def look_at(office: Office, name: str, state: str = "shown") -> None:
    row = {"photo": name, "state": state, "areas": [], "content": "", "version": 1, "by": "p", "at": NOW}
    office.write(lambda c: c.execute(insert(tables.blurs).values(row)))


def test_the_public_sees_public_photos_only_and_those_once_somebody_has_looked(office: Office) -> None:
    assert seen(office) == set()
    for name in EVERY:
        look_at(office, name)
    assert seen(office) == {PUBLIC}
    office.write(lambda c: c.execute(update(tables.blurs).values(state="kept")))
    assert seen(office) == set()


@pytest.mark.parametrize(
    ("name", "photos"),
    [
        ("petugas-tebet", {PUBLIC, PRIVATE, CONFIDENTIAL}),
        ("camat-setiabudi", set()),
        ("integritas", {SEALED}),
        ("admin", {PUBLIC, PRIVATE, CONFIDENTIAL}),
    ],
)
def test_staff_see_the_photos_of_their_reports_and_nobody_a_document(
    office: Office, name: str, photos: set[str]
) -> None:
    office.enter(name)
    assert seen(office) == photos


def test_a_signed_link_opens_its_photo_and_no_other(office: Office) -> None:
    link = office.hub.photo_link(PRIVATE).removeprefix(office.hub.settings.web.public_url)
    assert office.browser.get(link).status_code == 200
    assert office.browser.get(link.replace(PRIVATE, CONFIDENTIAL)).status_code == 404
    assert office.browser.get(f"/foto/{PRIVATE}?s=").status_code == 404
    assert office.browser.get(f"/foto/{PRIVATE}?s=%C3%A9").status_code == 404
    sealed = office.hub.photo_link(SEALED).removeprefix(office.hub.settings.web.public_url)
    assert office.browser.get(sealed).status_code == 404


def test_an_erased_photo_is_gone_for_good(office: Office) -> None:
    where = tables.photos.c.id == PUBLIC
    office.write(lambda c: c.execute(update(tables.photos).where(where).values(state="erased", content="")))
    assert office.browser.get(f"/foto/{PUBLIC}").status_code == 410
    assert office.browser.get(f"/foto/{PUBLIC}?kecil=1").status_code == 410


def test_a_file_erased_before_its_row_is_gone_too(office: Office) -> None:
    look_at(office, PUBLIC)
    for file in office.hub.store.blobs.folder.rglob("*"):
        if file.is_file():
            file.unlink()
    assert office.browser.get(f"/foto/{PUBLIC}").status_code == 410


def test_a_photo_being_fetched_is_not_there_yet(office: Office) -> None:
    where = tables.photos.c.id == PUBLIC
    office.write(lambda c: c.execute(update(tables.photos).where(where).values(state="due", content="")))
    assert office.browser.get(f"/foto/{PUBLIC}").status_code == 404


def test_small_ones_are_small_and_kept_by_the_browser(office: Office) -> None:
    look_at(office, PUBLIC)
    whole, small = (office.browser.get(f"/foto/{PUBLIC}{query}") for query in ("", "?kecil=1"))
    assert len(small.content) < len(whole.content)
    assert max(Image.open(io.BytesIO(small.content)).size) == 256
    assert small.headers["cache-control"].startswith("private, max-age=")
    again = office.browser.get(f"/foto/{PUBLIC}?kecil=1", headers={"If-None-Match": small.headers["etag"]})
    assert again.status_code == 304


def test_what_is_no_picture_is_handed_over_as_a_file(office: Office) -> None:
    look_at(office, PUBLIC)
    where = tables.photos.c.id == PUBLIC
    office.write(lambda c: c.execute(update(tables.photos).where(where).values(media_type="text/html")))
    answer = office.browser.get(f"/foto/{PUBLIC}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert "sandbox" in answer.headers["content-security-policy"]
