"""The page of the channels, what is pushed in, and what watches the hub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from sqlalchemy import insert, select

from hub.pipeline.supervisor import RunningChannel
from hub.plugin import Context, Item, Reading, Received, Rejected, Request, Skip, Source, TryAgain, Unauthorized
from hub.registry import Quarantined
from hub.settings import ChannelSettings
from hub.store import tables
from hub.store.engine import StoreBusy
from hub.web.hooks import MAX_BODY
from tests.web_fixtures import NOW, PASSWORD, TEBET, Office, add_report, open_office


class Postbox(Source):
    """Takes what is pushed and answers as the body says."""

    kind: ClassVar[str] = "postbox"
    title: ClassVar[str] = "Kotak surat"
    attribution: ClassVar[str] = "Data dari Kotak Surat"

    async def receive(self, request: Request) -> Received:
        """Answer by the body."""
        errors: dict[bytes, Exception] = {
            b"unauthorized": Unauthorized("x"),
            b"rejected": Rejected("/id is missing"),
            b"later": TryAgain("x"),
            b"busy": StoreBusy("full"),
        }
        if request.body in errors:
            raise errors[request.body]
        if request.method == "GET":
            return Received((), 200, request.query["challenge"].encode(), "text/plain")
        return Received([Item("1", request.body)], 202, b"{}", headers={"X-Told": request.headers["x-mark"]})

    def read(self, item: Item) -> Sequence[Reading]:
        """Nothing."""
        return [Skip("x")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("kantor")) as made:
        yield made


@pytest.fixture
def office(house: Office) -> Office:
    house.clear()
    settings = ChannelSettings(kind="postbox", name="surat")
    context = Context(**dict.fromkeys(Context.__slots__))
    instance = Postbox(Postbox.Options(), context)
    running = RunningChannel(settings, instance, house.hub.store, state="parked", reason="rusak")
    house.hub.channels["surat"] = running
    house.hub.registry.quarantined.clear()
    house.hub.faults.clear()
    return house


def quarantine(connection: Any) -> None:
    row = {"channel": "surat", "revision": 1, "mark": "", "body": b"kata warga", "meta": {}, "received_at": NOW}
    for key in range(3):
        values = row | {"native_id": str(key), "state": "quarantined", "reason": "tanggal rusak"}
        connection.execute(insert(tables.raw_items).values(values))


def add_dead(connection: Any) -> None:
    row = {"key": "k", "channel": "surat", "kind": "report", "report": 1, "version": 1, "cause": "x", "digest": ""}
    row |= {"parcel": b"kata warga", "urgent": False, "state": "dead", "reason": "HTTP 500", "created_at": NOW}
    connection.execute(insert(tables.deliveries).values(row))


def test_the_page_tells_how_channels_are_and_nothing_personal(office: Office) -> None:
    office.write(lambda c: (quarantine(c), add_dead(c)))
    office.hub.registry.quarantined.append(Quarantined("contoh", "ImportError: contoh"))
    office.hub.faults["lain"] = "url is missing"
    office.enter("petugas-tebet")
    text = office.browser.get("/kanal").text
    for part in ("Kotak surat", "berhenti karena galat", "rusak", "tanggal rusak", "HTTP 500", "ImportError: contoh"):
        assert part in text
    assert "url is missing" in text
    assert "Data dari Kotak Surat" in text
    assert "kata warga" not in text
    assert "/kanal/surat/jeda" not in text


def test_what_a_source_asks_to_be_shown_stands_beside_its_complaints(office: Office) -> None:
    number = office.write(lambda c: add_report(c, 1, channel_counts={"surat": 1}))
    office.enter("petugas-tebet")
    for path in (f"/antrean/{TEBET}", f"/laporan/{number}"):
        text = office.browser.get(path).text
        assert "Kotak surat" in text
        assert "Data dari Kotak Surat" in text


@pytest.mark.parametrize("name", ["operator", "admin"])
def test_pause_and_resume_are_kept_and_written_down(office: Office, name: str) -> None:
    office.enter(name)
    paused = select(tables.channels.c.paused).where(tables.channels.c.name == "surat")
    for deed, state in (("jeda", True), ("lanjut", False)):
        assert office.post(f"/kanal/surat/{deed}", {}, page="/kanal").headers["location"] == "/kanal"
        assert office.read(lambda c: c.execute(paused).scalar_one()) is state
    rows = office.read(lambda c: c.execute(select(tables.audit.c["actor", "action", "subject"])).all())
    assert (name, "channel-jeda", "surat") in [tuple(row) for row in rows]
    assert office.hub.channels["surat"].wake.is_set()


def test_what_failed_is_tried_again(office: Office) -> None:
    office.write(lambda c: (quarantine(c), add_dead(c)))
    office.enter("operator")
    office.post("/kanal/surat/baca-ulang", {}, page="/kanal")
    office.post("/kanal/surat/kirim-ulang", {}, page="/kanal")
    assert set(office.read(lambda c: c.execute(select(tables.raw_items.c.state)).scalars().all())) == {"new"}
    assert office.read(lambda c: c.execute(select(tables.deliveries.c.state)).scalar_one()) == "due"


@pytest.mark.parametrize("path", ["/kanal/surat/hapus", "/kanal/tidak-ada/jeda"])
def test_unknown_deeds_and_channels_are_not_found(office: Office, path: str) -> None:
    office.enter("operator")
    assert office.post(path, {}, page="/kanal").status_code == 404


# --------------------------------------------------------------------------------------------------------- pushed in


def test_a_push_is_stored_before_it_is_answered(office: Office) -> None:
    answer = office.browser.post("/hooks/surat", content=b"\x00\xff", headers={"X-Mark": "ya"})
    assert (answer.status_code, answer.content, answer.headers["x-told"]) == (202, b"{}", "ya")
    assert office.read(lambda c: c.execute(select(tables.raw_items.c.body)).scalar_one()) == b"\x00\xff"


def test_a_challenge_is_answered(office: Office) -> None:
    answer = office.browser.get("/hooks/surat", params={"challenge": "123"})
    assert (answer.status_code, answer.text) == (200, "123")


@pytest.mark.parametrize(
    ("body", "status"), [(b"unauthorized", 401), (b"rejected", 422), (b"later", 503), (b"busy", 503)]
)
def test_refusals_are_told_as_problems(office: Office, body: bytes, status: int) -> None:
    answer = office.browser.post("/hooks/surat", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("retry-after" in answer.headers) == (status == 503)


def test_unknown_channels_and_huge_bodies_are_refused(office: Office) -> None:
    assert office.browser.post("/hooks/lain", content=b"x").status_code == 404
    assert office.browser.post("/hooks/surat", content=b"x" * (MAX_BODY + 1)).status_code == 413


# ------------------------------------------------------------------------------------------------------------ health


def test_readiness_tells_the_truth(office: Office) -> None:
    assert office.browser.get("/healthz").json() == {"status": "ok"}
    answer = office.browser.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, {"hub": "starting"})
    office.hub._tasks.append(SimpleNamespace(done=lambda: False, cancel=lambda: None))  # type: ignore[arg-type]
    assert office.browser.get("/readyz").json() == {"status": "ready"}
    office.hub._tasks.clear()


def test_figures_are_for_those_who_run_the_hub(office: Office) -> None:
    answer = office.browser.get("/metrics", auth=("operator", PASSWORD))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "aduan_channel_state" in answer.text
