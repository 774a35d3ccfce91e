"""The city's form through the real pages: one form is one complaint, errors lose nothing, nobody is turned away."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

import plugins.balaiwarga
from hub.plugin import Delivery, Item, Received, Reply, Request
from hub.settings.model import ChannelSettings
from hub.store.engine import StoreBusy
from hub.store.tables import complaints, deliveries, photos, raw_items, reporters, reports
from hub.testing import NOW as KIT_NOW
from hub.testing import SinkCase, SourceCase, World, check_sink, check_source, make_context, make_delivery, sample_reply
from hub.uploads import MAX_BYTES, picture_type
from hub.web.language import FOLDER, LANGUAGES
from normalizer.number import read_number
from plugins.balaiwarga import BalaiWarga
from plugins.balaiwarga.guard import KEPT, MANY, WINDOW, Visits
from plugins.balaiwarga.submission import Submission, as_item, tidy_contact
from plugins.balaiwarga.ticket import Stamp, Ticket
from tests.balaiwarga_fixtures import NOW, WORDS, City, hidden, open_city, photo, read_receipt

HOME = Path(plugins.balaiwarga.__file__).parent
TICKET = Ticket("kunci-contoh-aaaaaaaaa", "JKT-RSV00001", 0)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as made:
        yield made


# ------------------------------------------------------------------------------------------------------- the contract


class Pushed(BalaiWarga):
    """The kit knows no forms: here a push takes the form's place."""

    async def receive(self, request: Request) -> Received:
        words = request.body.decode("utf-8", "replace")
        return Received([as_item(TICKET, Submission(text=words, contact="warga@example.org"), KIT_NOW)])


@pytest.mark.anyio
async def test_the_contract_of_a_source_is_kept() -> None:
    push = Request("POST", {}, {}, WORDS.encode())
    case = SourceCase(kind=Pushed, options={}, world=World, pushes=[push], readme=HOME / "README.md")
    assert {"read-is-pure", "bad-items-end", "readme-complete"} <= set(await check_source(case))


class Page(World):
    """What a citizen sees is in the store before a delivery is tried: each key stands there once."""

    keys: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.keys = DELIVERED
        self.keys.clear()

    def effects(self) -> int:
        return len(self.keys)


DELIVERED: set[str] = set()


def put_on_page(parcel: Reply, key: str) -> Delivery:
    DELIVERED.add(key)
    return make_delivery(parcel, key)


@pytest.mark.anyio
async def test_the_contract_of_a_sink_is_kept() -> None:
    case = SinkCase(
        kind=BalaiWarga,
        options={},
        world=Page,
        parcels=[sample_reply()],
        deliver=put_on_page,  # type: ignore[arg-type]  # only replies are given
        readme=HOME / "README.md",
    )
    await check_sink(case)


def test_nothing_can_be_pushed_past_the_form(city: City) -> None:
    for method in ("GET", "POST", "PUT"):
        assert city.browser.request(method, "/hooks/balaiwarga", content=b"{}").status_code == 404
    assert city.count("raw_items") == 0


def test_without_a_channel_there_is_no_form(tmp_path: Path) -> None:
    with open_city(tmp_path, channels=[]) as city:
        assert city.browser.get("/lapor").status_code == 404


# ---------------------------------------------------------------------------------------------- one form, one complaint


def test_a_complaint_comes_in_whole(city: City) -> None:
    number, link = city.complain(
        alamat="Jalan Contoh 5",
        kelurahan="31.74.01.1001",
        nama="Warga Contoh",
        kontak="0800-1234 5678",
        lat="-6,2261",
        lon="106.8588",
        teliti="12",
        photos=[photo(), photo("navy")],
    )
    city.settle()
    row = city.read(lambda c: c.execute(select(complaints)).one())
    person = city.read(lambda c: c.execute(select(reporters)).one())
    report = city.read(lambda c: c.execute(select(reports)).one())
    assert (row.text, row.address, row.kelurahan_reported) == (WORDS, "Jalan Contoh 5", "31.74.01.1001")
    assert (row.lat, row.lon, row.accuracy) == (-6.2261, 106.8588, 12)
    assert (row.anonim, row.rahasia, row.audience) == (True, False, "private")
    assert (person.handle, person.name) == ("+6280012345678", "Warga Contoh")
    assert (report.number, report.kecamatan) == (number, "31.74.01")
    assert city.read(lambda c: {p.state for p in c.execute(select(photos))}) == {"ready"}
    assert link == f"/lacak/{row.track}"


def test_the_place_may_come_from_words_alone_and_nobody_need_be_named(city: City) -> None:
    city.complain(anonim="")
    city.settle()
    row = city.read(lambda c: c.execute(select(complaints)).one())
    assert (row.lat, row.address, row.anonim) == (None, "", False)
    person = city.read(lambda c: c.execute(select(reporters)).one())
    assert person.handle == f"formulir:{row.native_id}"


def test_a_double_enter_is_one_complaint_with_one_receipt(city: City) -> None:
    fields = city.form() | {"cerita": WORDS}
    first, second = city.send(fields), city.send(fields)
    pages = [city.browser.get(answer.headers["location"]).text for answer in (first, second)]
    assert read_receipt(pages[0]) == read_receipt(pages[1])
    city.settle()
    assert (city.count("raw_items"), city.count("complaints")) == (1, 1)
    assert city.read(lambda c: c.execute(select(reports.c.number)).scalar_one()) == read_receipt(pages[0])[0]


def test_a_form_outlives_the_process_that_showed_it(tmp_path: Path) -> None:
    with open_city(tmp_path) as city:
        fields = city.form() | {"cerita": WORDS}
        before = read_receipt(city.browser.get(city.send(fields).headers["location"]).text)
        cookies = dict(city.browser.cookies)
    with open_city(tmp_path) as other:
        other.browser.cookies.update(cookies)
        answer = other.send(fields)
        assert read_receipt(other.browser.get(answer.headers["location"]).text) == before
        assert other.complain()[0] != before[0]
        other.settle()
        assert other.count("complaints") == 2


def test_other_words_on_the_same_form_revise_the_complaint(city: City) -> None:
    fields = city.form() | {"cerita": WORDS}
    city.send(fields)
    city.send(fields | {"cerita": f"{WORDS}, sejak subuh"})
    city.settle()
    row = city.read(lambda c: c.execute(select(complaints)).one())
    assert (row.revision, row.text) == (2, f"{WORDS}, sejak subuh")


def test_every_form_has_a_number_of_its_own(city: City) -> None:
    numbers = {city.form()["tiket"].split(".")[1] for _ in range(45)}
    assert len(numbers) == 45
    assert all(read_number(number) for number in numbers)


def test_a_receipt_may_be_reloaded_and_is_for_nobody_else(city: City) -> None:
    fields = city.form()
    place = city.send(fields | {"cerita": WORDS}).headers["location"]
    assert city.browser.get(place).text == city.browser.get(place).text
    answer = city.browser.get(place)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "no-store"
    assert "3 Feb 2026, 12.00" in answer.text
    forged = ["", "x", "a.b.c", f"{place.partition('=')[2]}x", fields["tiket"]]
    assert {city.browser.get("/lapor/tanda-terima", params={"t": t}).status_code for t in forged} == {404}


def test_an_answer_is_there_without_being_sent(city: City) -> None:
    city.complain(rahasia="1")
    city.settle()
    rows = city.read(lambda c: c.execute(select(deliveries.c.kind, deliveries.c.state, deliveries.c.channel)).all())
    assert ("reply", "sent", "balaiwarga") in [tuple(row) for row in rows]


# -------------------------------------------------------------------------------------------------- errors lose nothing


@pytest.mark.parametrize(
    ("said", "flaw"),
    [
        ({"cerita": "  banjir!"}, "words-short"),
        ({"cerita": "a" * 4001}, "words-long"),
        ({"kontak": "bukan nomor"}, "contact"),
        ({"alamat": "j" * 301}, "long-alamat"),
        ({"nama": "w" * 101}, "long-nama"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stands_there(city: City, said: dict[str, str], flaw: str) -> None:
    good = {
        "cerita": WORDS,
        "alamat": "Jalan <Contoh> 5",
        "nama": "Warga",
        "kontak": "warga@example.org",
        "lat": "-6.2",
    }
    sent = city.form() | good | said | {"rahasia": "1", "kelurahan": "31.74.01.1001"}
    answer = city.send(sent)
    assert answer.status_code == 422
    assert f'id="flaw-{flaw}"' in answer.text
    assert '31.74.01.1001" selected' in answer.text
    text = unescape(answer.text)
    for name in ("cerita", "alamat", "nama", "kontak", "lat"):
        assert sent[name] in text, name
    ticks = re.findall(r'type="checkbox"[^>]* name="(\w+)" value="1"( checked)?', answer.text)
    assert ticks == [("anonim", ""), ("rahasia", " checked")]
    assert hidden(answer.text)["tiket"] == sent["tiket"]
    assert city.count("raw_items") == 0


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([photo()] * 5, "Fotonya terlalu banyak"),
        ([photo() + b"\0" * MAX_BYTES], "Fotonya terlalu besar"),
        ([photo() + b"\0" * (MAX_BYTES - 2000)] * 3, "Fotonya terlalu besar"),
        ([b"<svg xmlns='http://www.w3.org/2000/svg'/>"], "bukan foto"),
        ([b"%PDF-1.7"], "bukan foto"),
        ([b""], "bukan foto"),
    ],
    ids=["many", "large", "together", "svg", "pdf", "empty"],
)
def test_files_are_limited_and_known_by_their_content(city: City, files: list[bytes], code: str) -> None:
    answer = city.send(city.form() | {"cerita": WORDS}, files)
    assert answer.status_code == 422
    assert code in answer.text
    assert "Hanya fotonya yang harus dipilih lagi" in answer.text
    assert WORDS in answer.text
    assert city.count("raw_items") == 0


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"\x00\x00\x00\x18ftypisom", ""),
        (b"GIF89a", ""),
    ],
)
def test_pictures_are_known_by_their_first_bytes(head: bytes, kind: str) -> None:
    assert picture_type(head) == kind


def test_a_position_that_is_none_is_left_out(city: City) -> None:
    city.complain(lat="91", lon="106.8")
    city.complain(lat="nan", lon="106.8")
    city.complain(lat="-6.2", lon="", kelurahan="'; drop table")
    city.settle()
    rows = city.read(lambda c: c.execute(select(complaints.c.lat, complaints.c.kelurahan_reported)).all())
    assert {tuple(row) for row in rows} == {(None, "")}


def test_an_unknown_ticket_costs_a_second_click_and_no_words(city: City) -> None:
    answer = city.send(city.form() | {"cerita": WORDS, "tiket": "a.b.1.zzz"})
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert city.send(hidden(answer.text) | {"cerita": WORDS}).status_code == 303


def test_while_the_store_is_full_the_same_form_may_be_sent_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = city.form() | {"cerita": WORDS}

    async def full(*_: object) -> None:
        raise StoreBusy("too much at once")

    with monkeypatch.context() as patched:
        patched.setattr(city.hub.channels["balaiwarga"], "take", full)
        busy = city.send(fields)
    assert busy.status_code == 503
    assert busy.headers["retry-after"]
    assert WORDS in busy.text
    number = fields["tiket"].split(".")[1]
    assert read_receipt(city.browser.get(city.send(fields).headers["location"]).text)[0] == number


def test_a_form_of_another_site_is_refused(city: City) -> None:
    fields = city.form()
    assert city.send(fields | {"cerita": WORDS, "csrf": "x"}).status_code == 403
    city.browser.cookies.clear()
    assert city.send(fields | {"cerita": WORDS}).status_code == 403
    assert city.count("raw_items") == 0


# --------------------------------------------------------------------------------------------------------------- guards


def answer_to(text: str) -> str:
    numbers = re.search(r"Berapa (\d+) ditambah (\d+)\?", text)
    assert numbers is not None, "no question was asked"
    return str(int(numbers[1]) + int(numbers[2]))


def test_whoever_fills_the_trap_is_asked_and_let_in(city: City) -> None:
    fields = city.form() | {"cerita": WORDS, "situs": "http://x.invalid"}
    asked = city.send(fields, [photo()])
    assert asked.status_code == 422
    assert WORDS in asked.text
    assert "Hanya fotonya yang harus dipilih lagi" in asked.text
    assert city.send(fields | {"jumlah": "99"}).status_code == 422
    assert city.send(fields | {"jumlah": f" {answer_to(asked.text)} "}).status_code == 303


def test_a_form_sent_at_once_is_asked_a_slower_one_is_not(city: City) -> None:
    fields = city.form() | {"cerita": WORDS}
    assert "Berapa" in city.send(fields, wait=timedelta(seconds=1)).text
    assert city.send(fields, wait=timedelta(seconds=3)).status_code == 303


def test_many_from_one_address_are_asked_and_none_is_refused(city: City) -> None:
    for _ in range(MANY):
        city.complain()
    fields = city.form() | {"cerita": WORDS}
    asked = city.send(fields)
    assert asked.status_code == 422
    assert city.send(fields | {"jumlah": answer_to(asked.text)}).status_code == 303
    city.clock.advance(WINDOW)
    city.complain()


def test_sending_the_same_form_again_is_not_many(city: City) -> None:
    fields = city.form() | {"cerita": WORDS}
    assert [city.send(fields).status_code for _ in range(MANY + 3)] == [303] * (MANY + 3)


def test_the_memory_of_addresses_is_bounded() -> None:
    visits = Visits()
    for number in range(KEPT + 5):
        visits.note(f"192.0.2.{number}", "a", NOW)
    assert len(visits._seen) == KEPT
    assert visits.count_others(f"192.0.2.{KEPT}", "b", NOW) == 1
    assert visits.count_others("192.0.2.0", "b", NOW) == 0


# ------------------------------------------------------------------------------------------------------- small promises


@given(st.text(max_size=140))
def test_a_contact_is_tidy_or_none(text: str) -> None:
    tidy = tidy_contact(text)
    assert tidy == "" or "@" in tidy or re.fullmatch(r"\+?\d{8,18}", tidy)
    assert tidy_contact(tidy) == tidy


@pytest.mark.parametrize("spelled", ["0812 3456 7890", "+62 812-3456-7890", "(0812) 3456.7890"])
def test_a_phone_number_has_one_spelling(spelled: str) -> None:
    assert tidy_contact(spelled) == "+6281234567890"


@given(st.text(max_size=80))
def test_no_text_is_a_ticket_but_ours(text: str) -> None:
    stamp = Stamp(lambda native_id: f"https://hub.test/{native_id}")
    assert stamp.open("formulir", text) is None
    sealed = stamp.seal("formulir", TICKET)
    assert stamp.open("formulir", sealed) == TICKET
    assert stamp.open("terima", sealed) is None
    assert Stamp(lambda native_id: f"https://other.test/{native_id}").open("formulir", sealed) is None


def test_photos_are_kept_byte_for_byte(city: City) -> None:
    picture = photo()
    city.complain(photos=[picture])
    item = city.read(lambda c: c.execute(select(raw_items)).one())
    body = item.body or city.hub.store.blobs.get(item.blob)
    kept = re.search(rb'"data":"([^"]+)"', body)
    assert kept is not None
    assert b64decode(kept[1]) == picture
    assert b"foto-0" not in body


def test_a_stored_form_that_is_broken_is_refused_without_its_words() -> None:
    channel = BalaiWarga(BalaiWarga.Options(), make_context())
    with pytest.raises(ValueError, match="validation error"):
        channel.read(Item("a", b'{"text": "kata rahasia"}'))


def test_the_emergency_number_is_an_option(tmp_path: Path) -> None:
    wanted = ChannelSettings(kind="balaiwarga", options={"emergency": "0800 110"})
    with open_city(tmp_path, channels=[wanted]) as city:
        assert 'href="tel:0800110">0800 110<' in city.browser.get("/lapor").text


def test_the_script_may_be_kept_and_nothing_is_inline(city: City) -> None:
    text = city.browser.get("/lapor").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)|javascript:", text)
    script = re.search(r'src="(/lapor/lapor\.js\?v=\w+)"', text)
    assert script is not None
    answer = city.browser.get(script[1])
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


def test_the_catalogs_hold_every_text_of_the_form() -> None:
    methods = [("**/templates/**.html", "jinja2")]
    found = {message for _, _, message, _, _ in extract_from_dir(HOME, methods, keywords={"_": None})}
    assert len(found) > 40
    for code in LANGUAGES:
        with (FOLDER / code / "LC_MESSAGES" / "aduan.po").open("rb") as file:
            known = {entry.id for entry in read_po(file)}
        assert not found - known, "run scripts/translate.sh"
