"""Every address of the hub and who may go there: a line for each method and path, walked by `test_route_matrix.py`.

A new address needs one line in ROWS. `{number}` and `{unit}` in a path are filled in by themselves; whatever else a
path holds is named in its line: `name="{photo}"` for one of the THINGS, `deed="jeda"` for a plain word. Say `query=`,
`form=` or `json=` where the address reads a thing from there, `stream=True` where the answer never ends, `machine=True`
where a program calls with a token. What the pages of your noun show beside reports is put down by a function in SEEDS,
and marked with WORDS, so that the walk notices where it comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, update

from hub.plugin import Access
from hub.store import tables
from hub.store.audit import write_audit
from normalizer.number import make_number
from tests.web_fixtures import NOW, SETIABUDI, STAFF, TEBET, add_report, seal

TEBET_REPORT, OTHER_KELURAHAN, SETIABUDI_REPORT, SEALED, NOWHERE = 1, 2, 3, 4, 5
REPORTS = (TEBET_REPORT, OTHER_KELURAHAN, SETIABUDI_REPORT, SEALED, NOWHERE)
WORDS = dict(zip(REPORTS, ("katasatu", "katadua", "katatiga", "kataempat", "katalima"), strict=True))
"""A word that stands in this report and nowhere else."""
RAW = "katamentah"
"""A word that only the citizen said: pages show what was scrubbed."""

ROLES = {**STAFF, "petugas-dinas": ("petugas", "dinas-lh"), "": ("public", "")}
OPEN = {TEBET_REPORT, OTHER_KELURAHAN, SETIABUDI_REPORT, NOWHERE}
SEES: dict[str, set[int]] = {
    "petugas-tebet": {TEBET_REPORT, OTHER_KELURAHAN},
    "camat-setiabudi": {SETIABUDI_REPORT},
    "lurah-contoh": {TEBET_REPORT},
    "petugas-dinas": {OTHER_KELURAHAN},
    "integritas": {SEALED},
    "operator": OPEN,
    "admin": OPEN,
    "": set(),
}
"""Which reports an account may know of."""
UNITS = (TEBET, f"{TEBET}.1001", SETIABUDI, "dinas-lh", "triase", "integritas")
QUEUES: dict[str, set[str]] = {
    "petugas-tebet": {TEBET, f"{TEBET}.1001"},
    "camat-setiabudi": {SETIABUDI},
    "lurah-contoh": {f"{TEBET}.1001"},
    "petugas-dinas": {"dinas-lh"},
    "integritas": {"integritas"},
    "operator": set(UNITS) - {"integritas"},
    "admin": set(UNITS) - {"integritas"},
    "": set(),
}
"""Whose work lists an account may open."""


@dataclass(frozen=True)
class Thing:
    """What an address may name: what stands for it, what was never given out, and who may know of it."""

    spelled: Mapping[Any, str]
    unknown: str
    seen_by: Callable[[str], set[Any]]
    """By the name of the account; "" is the public."""


OBJECTIONS = {10_001: f"{TEBET}.1001", 10_002: f"{TEBET}.1002", 10_003: f"{SETIABUDI}.1001"}
"""What lurah object to, by kelurahan."""


def _within(code: str, name: str) -> bool:
    """Say whether a kelurahan lies in the area of an account."""
    role, area = ROLES[name]
    return role in {"operator", "admin"} or (bool(area) and f"{code}.".startswith(f"{area}."))


def of_reports(spell: Callable[[int], str], seen_by: Callable[[str], set[Any]] = SEES.__getitem__) -> Thing:
    """Something that each report has one of."""
    return Thing({key: spell(key) for key in REPORTS}, spell(99), seen_by)


THINGS = {
    "number": of_reports(lambda key: make_number(key, "JKT")),
    "tracked": of_reports(lambda key: make_number(key, "JKT"), lambda _name: OPEN),
    "published": of_reports(lambda key: make_number(key, "JKT"), lambda _name: set()),
    "photo": of_reports(lambda key: f"{key:032x}"),
    "key": of_reports(str),
    "objection": Thing(
        {key: str(key) for key in OBJECTIONS},
        "10099",
        lambda name: {key for key, code in OBJECTIONS.items() if _within(code, name)},
    ),
    "unit": Thing({code: code for code in UNITS}, "31.74.99", QUEUES.__getitem__),
}


@dataclass(frozen=True)
class Row:
    """How to call one address."""

    access: Access
    query: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    stream: bool = False
    machine: bool = False


def row(access: Access, query: str = "", form: Mapping[str, str] | None = None, **others: Any) -> Row:
    """Say who may; what is no member of a row fills the path."""
    members = {name: others.pop(name) for name in ("headers", "json", "stream", "machine") if name in others}
    return Row(access, query, form or {}, others, **members)


FRAGMENT = {"hx-request": "true"}
VERSION = {"version": "1"}


def deed(**form: str) -> Row:
    """Something done to a report."""
    return row("staff", form=VERSION | form)


ROWS: dict[str, Row | tuple[Row, ...]] = {
    "GET /": row("public"),
    "GET /masuk": row("public"),
    "POST /masuk": row("public"),
    "POST /keluar": row("public"),
    "GET /masuk/kode": row("public"),
    "POST /masuk/kode": row("public"),
    "GET /masuk/luar": row("public"),
    "GET /masuk/kembali": row("public"),
    "GET /akun": row("staff"),
    "POST /akun/sandi": row("staff"),
    "POST /akun/sesi": row("staff", form={"session": "x"}),
    "POST /akun/kode": row("staff"),
    "GET /akun/kode": row("staff"),
    "POST /akun/kode/pakai": row("staff"),
    "POST /akun/kode/cadangan": row("staff"),
    "POST /akun/kode/lepas": row("staff"),
    "GET /pengguna": row("admin"),
    "POST /pengguna": row("admin"),
    "POST /pengguna/{key}/{deed}": row("admin", key="99", deed="keluarkan"),
    "GET /audit": row("admin"),
    "GET /audit/berkas": (row("admin"), row("admin", "bentuk=csv")),
    "GET /bahasa/{code}": row("public", code="en"),
    "GET /antrean": row("staff"),
    "GET /antrean/{unit}": (row("staff"), row("staff", "lajur=baru", headers=FRAGMENT), row("staff", "lajur=rt-rw")),
    "POST /antrean/{unit}/validasi": (
        row("staff", form={"decision": "accepted"}),
        row("staff", form={"decision": "accepted", "pilih": "{number}.1"}, unit="{own unit}"),
    ),
    "POST /antrean/{unit}/tampilan": row("staff", form={"name": "contoh"}),
    "POST /antrean/{unit}/tampilan/{view}": row("staff", form={"deed": "hapus"}, view="9"),
    "GET /arus": row("staff", "antrean={unit}", stream=True, headers={"accept-encoding": "identity"}),
    "GET /antrean/{unit}/serah-terima": row("staff"),
    "POST /antrean/{unit}/massal": (
        row("staff", form={"deed": "category", "category": "sampah", "step": "check", "pilih": "{number}.1"}),
        row("staff", form={"deed": "forward", "step": "do", "bulk": "0" * 32, "pilih": "{number}.1"}),
    ),
    "GET /antrean/{unit}/massal/{bulk}": row("staff", bulk="1" * 32),
    "POST /antrean/{unit}/massal/{bulk}/urungkan": row("staff", bulk="1" * 32),
    "GET /templat": row("staff"),
    "POST /templat": row("staff", form={"name": "contoh", "text": "contoh"}),
    "POST /templat/{key}": row("staff", form={"name": "contoh", "text": "contoh"}, key="9"),
    "POST /templat/{key}/hapus": row("staff", key="9"),
    "GET /laporan": row("staff", "nomor={number}"),
    "GET /laporan/{number}/masih": row("staff"),
    "GET /laporan/{number}/sekitar": (row("staff"), row("staff", headers=FRAGMENT)),
    "GET /laporan/{number}": (row("staff"), row("staff", "sebelum=9", headers=FRAGMENT)),
    "POST /laporan/{number}/pratinjau": deed(status="proses", note="contoh"),
    "POST /laporan/{number}/tindak-lanjut": deed(status="proses", note="contoh"),
    "POST /laporan/{number}/perbaiki": deed(category="banjir", urgency="darurat"),
    "POST /laporan/{number}/kelas": deed(legal_class="ringan"),
    "POST /laporan/{number}/gabung": (
        deed(into="x"),
        row("staff", form=VERSION | {"into": "{number}"}, number="{own}"),
    ),
    "POST /laporan/{number}/lepas": deed(merge="{key}"),
    "POST /laporan/{number}/pisah": deed(complaint="1"),
    "POST /laporan/{number}/jawab": deed(suggestion="{key}", same="1"),
    "POST /laporan/{number}/buka": deed(),
    "POST /laporan/{number}/tanya": deed(complaint="1", question="contoh"),
    "POST /laporan/{number}/memang-sama": deed(complaint="1"),
    "POST /laporan/{number}/banding": deed(dispute="1", decision="refused"),
    "POST /laporan/{number}/validasi": deed(decision="accepted"),
    "POST /laporan/{number}/batal": deed(followup="1"),
    "POST /laporan/{number}/ambil": deed(),
    "POST /laporan/{number}/serahkan": deed(to_unit="pln"),
    "POST /laporan/{number}/terima": deed(),
    "POST /laporan/{number}/kembalikan": deed(return_reason="bukan kami"),
    "POST /laporan/{number}/tarik": deed(),
    "POST /laporan/{number}/lepas-tugas": deed(),
    "POST /laporan/{number}/tugaskan": deed(owner="admin"),
    "POST /laporan/{number}/melihat": deed(),
    "GET /loket": row("staff"),
    "GET /loket/bekal": row("staff"),
    "POST /loket/cocok": row("staff", json={"text": "air setinggi lutut"}),
    "GET /loket/pekerja.js": row("public"),
    "GET /loket/formulir": row("staff"),
    "POST /loket/formulir": row("staff", form={"jumlah": "1"}),
    "GET /loket/cari": row("staff", "nomor={number}"),
    "POST /loket/cari": row("staff", form={"nomor": "{number}", "report": "{number}"}),
    "POST /loket/nomor": row("staff", json={"count": 1, "desk": "contoh"}),
    "POST /loket/kirim": row("staff", json=[]),
    "GET /kanal": row("staff"),
    "POST /kanal/{name}/{deed}": row("admin", name="balaiwarga", deed="lanjut"),
    "GET /kanal/lapor/status": row("staff"),
    "POST /kanal/lapor/status/simpan": row("staff"),
    "GET /rem/{name}": row("admin", name="replies"),
    "POST /rem/{name}/tahan": row("admin", name="balaiwarga"),
    "POST /rem/{name}/lepas": row("admin", name="balaiwarga"),
    "GET /papan": row("staff"),
    "GET /papan/daftar": row("staff"),
    "GET /papan/tabel/{name}.csv": row("staff", name="unit"),
    "GET /papan.json": row("staff"),
    "GET /papan/peringkat": (row("staff"), row("staff", "periode=2026-01")),
    "GET /papan/peringkat.csv": (row("staff"), row("staff", "periode=2026-01")),
    "POST /papan/peringkat/sanggah": row("staff", form={"periode": "2026-01", "text": "contoh"}),
    "POST /papan/peringkat/sanggah/{key}/jawab": row("staff", form={"text": "contoh"}, key="{objection}"),
    "GET /foto/{name}": (row("public", name="{photo}"), row("public", "kecil=1", name="{photo}")),
    "GET /foto/{name}/samarkan": row("staff", name="{photo}"),
    "POST /foto/{name}/samarkan": row("staff", form={"pilihan": "jangan"}, name="{photo}"),
    "GET /lacak": row("public", "nomor={tracked}"),
    "GET /desain": row("public"),
    "GET /peta": row("public", "wilayah=31.74.01&kotak=106.6,-6.4,107.0,-6.0"),
    "GET /peta/batas": row("public"),
    "GET /peta/titik": row("public", "kotak=106.6,-6.4,107.0,-6.0&z=11"),
    "GET /peta/sematkan": row("public", "wilayah=31.74.01"),
    "GET /sematkan": row("public"),
    "GET /data": row("public"),
    "GET /data/laporan.csv": row("public", "sejak=2020-01-01"),
    "GET /data/laporan.geojson": row("public"),
    "GET /peta/{code}": row("public", code=TEBET),
    "GET /peta/laporan/{number}": row("public", number="{published}"),
    "GET /lacak/{code}": row("public", code="abcdefgh234567abcdefghij"),
    "POST /lacak/{code}": row("public", code="abcdefgh234567abcdefghij"),
    "GET /api/v1/reports": row("staff", machine=True),
    "POST /api/v1/token": row("staff", machine=True),
    "GET /api/v1/wilayah/{code}": row("public", code=SETIABUDI),
    "GET /hooks/{channel}": row("public", machine=True, channel="balaiwarga"),
    "POST /hooks/{channel}": row("public", machine=True, channel="balaiwarga"),
    "PUT /hooks/{channel}": row("public", machine=True, channel="balaiwarga"),
    "GET /healthz": row("public", machine=True),
    "GET /readyz": row("public", machine=True),
    "GET /metrics": row("admin", machine=True),
    "GET /lapor": row("public"),
    "POST /lapor": row("public"),
    "GET /lapor/tanda-terima": row("public"),
    "GET /lapor/lapor.js": row("public"),
}


# ------------------------------------------------------------------------------------------------- what there is to see


def put_reports(connection: Connection) -> None:
    """One report of each sort: its title, its complaint and its notes bear its word."""
    places = (f"{TEBET}.1001", f"{TEBET}.1002", f"{SETIABUDI}.1001", f"{SETIABUDI}.1001", "")
    for key, kelurahan in zip(REPORTS, places, strict=True):
        lead = "dinas-lh" if key == OTHER_KELURAHAN else "dinas-sda"
        add_report(connection, key, kelurahan=kelurahan, lead=lead, title=f"air setinggi lutut {WORDS[key]}")
        of_key = tables.complaints.c.id == key
        words = {"text": f"air {RAW} {WORDS[key]}", "audience": "private"}
        connection.execute(update(tables.complaints).where(of_key).values(**words))
    seal(connection, SEALED)


def put_photos(connection: Connection) -> None:
    """A photo of each report, whose file is not there: those who may see it are told that it is gone."""
    for key in REPORTS:
        values = {"id": f"{key:032x}", "complaint": key, "raw_item": key, "position": 0, "kind": "photo", "url": ""}
        connection.execute(
            insert(tables.photos).values(state="ready", content="0" * 64, media_type="image/png", **values)
        )


def put_doubts(connection: Connection) -> None:
    """Every report is perhaps the same as the first one: only some readers may know that the other exists."""
    for key in REPORTS[1:]:
        values = {"complaint": key, "report": key, "other": TEBET_REPORT, "score": 0.6, "evidence": [], "at": NOW}
        connection.execute(insert(tables.suggestions).values(id=key, **values))


def put_objections(connection: Connection) -> None:
    """Each with the word of a report of its area, which only its readers may see."""
    connection.execute(insert(tables.periods).values(name="2026-01", rules=1, made_at=NOW, by="machine", figures={}))
    words = {key: WORDS[report] for key, report in zip(OBJECTIONS, REPORTS, strict=False)}
    for key, code in OBJECTIONS.items():
        values = {"id": key, "period": "2026-01", "kelurahan": code, "text": words[key], "by": "lurah", "at": NOW}
        connection.execute(insert(tables.objections).values(values))


def put_looks(connection: Connection) -> None:
    """Somebody looked into the sealed report: admins may read that, and not which one it was."""
    write_audit(connection, NOW, "integritas", "look-sealed", make_number(SEALED, "JKT"))
    write_audit(connection, NOW, "console", "erase", "1", reports=[make_number(SEALED, "JKT")])


SEEDS: list[Callable[[Connection], None]] = [put_reports, put_photos, put_doubts, put_objections, put_looks]
