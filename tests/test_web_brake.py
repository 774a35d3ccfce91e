"""The brake as a button, what it shows before it lets go, and the meters and waiting replies beside each channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import Connection

from hub.pipeline.supervisor import RunningChannel
from hub.plugin import Context, Delivery, Meter, Receipt, Sink
from hub.settings import ChannelSettings
from tests.way_back_fixtures import KICAU, PAGE, add_delivery, open_way_back, rows_of, seed
from tests.web_fixtures import NOW, TEBET, Office


class Pigeon(Sink):
    """Counts its flights."""

    kind: ClassVar[str] = "merpati"
    title: ClassVar[str] = "Merpati pos"
    broken = False

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Fly."""
        return Receipt(remote_id=delivery.key)

    def meters(self) -> Sequence[Meter]:
        """Flights this month."""
        if self.broken:
            raise RuntimeError("no feather left")
        return [Meter("Terbang", 90, 100, "kali", NOW + timedelta(hours=3)), Meter("Biaya", 12.5)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_way_back(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    house.write(seed)
    house.write(wait)
    context = Context(**{**dict.fromkeys(Context.__slots__), "channel": "merpati"})
    pigeon = Pigeon(Pigeon.Options(), context)
    settings = ChannelSettings(kind="merpati", name="merpati")
    house.hub.channels["merpati"] = RunningChannel(settings, pigeon, house.hub.store, state="running")
    house.enter("admin")
    return house


def wait(connection: Connection) -> None:
    for key in range(3):
        add_delivery(connection, f"surat-{key}")
    link = "http://kota.test/lacak/jejakrahasia"
    letter = f'{{"text": "Laporan selesai. Pantau: {link}", "link": "{link}"}}'.encode()
    add_delivery(connection, "kicau", channel="kicau", complaint=KICAU, parcel=letter)
    sealed = b'{"text": "TANDA-RAHASIA", "link": ""}'
    add_delivery(connection, "tertutup", report=4, complaint=4, urgent=True, parcel=sealed)


def test_all_replies_are_held_and_every_page_says_so(office: Office) -> None:
    assert office.post("/rem/replies/tahan", {}, page="/kanal").headers["location"] == "/kanal"
    (hold,) = rows_of(office, "holds")
    assert (hold.name, hold.by, hold.at) == ("replies", "admin", NOW)
    office.enter("petugas-tebet")
    for path in (f"/antrean/{TEBET}", PAGE, "/kanal"):
        text = office.browser.get(path).text
        assert "Balasan ditahan sejak 12.00" in text
        assert "/rem/" not in text
    office.browser.cookies.clear()
    assert "ditahan" not in office.browser.get("/").text


def test_before_it_lets_go_it_shows_what_goes_out(office: Office) -> None:
    office.post("/rem/replies/tahan", {}, page="/kanal")
    text = office.browser.get("/rem/replies").text
    assert "5 kiriman ditahan" in text
    assert "Laporan sedang dikerjakan." in text
    assert text.count("Laporan sedang dikerjakan.") == 1
    assert "jejakrahasia" not in text
    assert "TANDA-RAHASIA" not in text
    office.post("/rem/replies/lepas", {}, page="/rem/replies")
    assert rows_of(office, "holds") == []
    actions = [(row.actor, row.action, row.subject) for row in rows_of(office, "audit")]
    assert actions == [("admin", "hold", "replies"), ("admin", "release", "replies")]


def test_one_channel_is_held_by_itself(office: Office) -> None:
    office.post("/rem/merpati/tahan", {}, page="/kanal")
    text = office.browser.get("/kanal").text
    assert "Merpati pos ditahan sejak 12.00" in text
    assert "/rem/replies/tahan" in text
    assert "Balasan ditahan" not in text
    office.post("/rem/merpati/lepas", {}, page="/rem/merpati")
    assert "ditahan sejak" not in office.browser.get("/kanal").text


def test_pulling_twice_changes_nothing(office: Office) -> None:
    for _ in range(2):
        assert office.post("/rem/replies/tahan", {}, page="/kanal").status_code == 303
        office.clock._now = NOW + timedelta(hours=1)
    assert rows_of(office, "holds")[0].at == NOW


@pytest.mark.parametrize("who", ["petugas-tebet", "camat-setiabudi", "integritas"])
def test_only_those_who_run_the_hub_brake(office: Office, who: str) -> None:
    office.enter(who)
    assert office.browser.get("/rem/replies").status_code == 403
    for deed in ("tahan", "lepas"):
        assert office.post(f"/rem/replies/{deed}", {}, page="/kanal").status_code == 403
    assert "/rem/" not in office.browser.get("/kanal").text


def test_nothing_unknown_can_be_held(office: Office) -> None:
    assert office.browser.get("/rem/tidak-ada").status_code == 404
    assert office.post("/rem/tidak-ada/tahan", {}, page="/kanal").status_code == 404
    assert office.browser.post("/rem/replies/tahan").status_code == 403


def test_meters_stand_beside_their_channel(office: Office) -> None:
    text = " ".join(office.browser.get("/kanal").text.split())
    assert 'max="100" low="80.0" high="95.0" optimum="0" value="90"' in text
    assert "mulai lagi 15.00" in text
    assert "12,5" in text


def test_a_channel_that_cannot_count_spoils_no_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pigeon, "broken", True)
    answer = office.browser.get("/kanal")
    assert answer.status_code == 200
    assert "Merpati pos" in answer.text
    assert "no feather left" not in answer.text


def test_waiting_replies_are_counted_apart_by_reason(office: Office) -> None:
    def write(connection: Connection) -> None:
        for key, whom in enumerate(("citizen", "citizen", "clerk")):
            add_delivery(connection, f"w{key}", state="waiting", waits_for=whom)
        for key, reason in enumerate(("no private route", "this channel takes no replies", "no private route")):
            add_delivery(connection, f"u{key}", state="undeliverable", reason=reason)

    office.write(write)
    text = office.browser.get("/kanal").text
    assert "2 menunggu warga menulis lagi" in text
    assert "1 menunggu petugas memeriksa" in text
    assert "3 warga tidak dapat dikabari" in text
    assert "tidak ada jalur pribadi <b>× 2</b>" in text
    assert "kanal ini tidak menerima balasan <b>× 1</b>" in text


def test_a_deed_held_by_the_brake_can_still_be_called_back(office: Office) -> None:
    office.write(lambda c: add_delivery(c, "deed", act="d" * 32, next_at=NOW))
    assert 'name="act"' not in office.browser.get(PAGE).text
    office.post("/rem/replies/tahan", {}, page="/kanal")
    assert "1 balasan sedang ditahan." in office.browser.get(PAGE).text
