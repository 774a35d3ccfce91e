"""The drop folder: each row once whatever happens to its file, and a word about every row that cannot be taken."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import anyio
import pytest
from pydantic import ValidationError

from hub.plugin import Complaint, Item, PluginError, TryAgain, Unauthorized
from hub.testing import Fault, SourceCase, World, check_source, make_context
from plugins.file import channel as module
from plugins.file import columns
from plugins.file.channel import File
from plugins.file.ledger import MOST_FILES, Ledger, Look, Mark
from plugins.file.problems import MOST

pytestmark = pytest.mark.anyio


class Host:
    """Drops repeats and keeps the cursor, as the hub does; can be killed at a page."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.options = {"settle": 0} | options
        self.cursor: Any = None
        self.marks: dict[str, str] = {}
        self.given = 0
        """Items of all pulls, repeats too."""
        self.news: list[Item] = []
        self.error: PluginError | None = None

    def channel(self) -> File:
        return File(File.Options.model_validate({"folder": self.folder} | self.options), make_context())

    async def pull(self, kill_at: int = 0, *, committed: bool = True) -> list[Item]:
        """Pull by a fresh channel; give what is new or changed. Killed at that page, before or after it is stored."""
        self.news, self.error, count = [], None, 0
        try:
            async with aclosing(self.channel().pull(self.cursor)) as pages:  # type: ignore[type-var]
                async for page in pages:
                    count += 1
                    if count == kill_at and not committed:
                        break
                    self._store(page.items, page.cursor)
                    if count == kill_at:
                        break
        except PluginError as error:
            self.error = error
        return self.news

    def _store(self, items: Any, cursor: Any) -> None:
        self.given += len(items)
        for item in items:
            if self.marks.get(item.native_id) != item.mark:
                self.marks[item.native_id] = item.mark
                self.news.append(item)
        self.cursor = json.loads(json.dumps(cursor))
        assert len(json.dumps(cursor)) < 256_000

    def complaints(self) -> list[Complaint]:
        """Read what the last pull brought."""
        channel = self.channel()
        readings = [one for item in self.news if not item.quarantine for one in channel.read(item)]
        return [reading for reading in readings if isinstance(reading, Complaint)]

    def texts(self) -> list[str]:
        return [complaint.text for complaint in self.complaints()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "masuk").mkdir()
    return tmp_path / "masuk"


def put(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(count: int, start: int = 0) -> str:
    return "id,text\n" + "".join(f"{number},Lampu {number} mati\n" for number in range(start, start + count))


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def problems_of(path: Path) -> list[list[str]]:
    text = path.with_name(path.name + ".problems.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines()))[1:]


# ------------------------------------------------------------------------------------------------------------ contract


class Folder(World):
    """A folder with a table of three pages and a list of JSON."""

    def __init__(self, path: Path, *bad: str) -> None:
        super().__init__()
        self.path = path
        self.bad = bad

    async def __aenter__(self) -> Self:
        self._empty()
        self.path.mkdir()
        put(self.path / "a.csv", table(1100) + "".join(self.bad))
        put(self.path / "b.jsonl", '{"text": "Jalan rusak"}\n{"id": 5, "text": "x", "created_at": "2026-11-20"}\n')
        if self.bad:
            put(self.path / "0.csv", b"PK\x03\x04 a spreadsheet")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._empty()

    async def fail(self, fault: Fault) -> bool:
        if fault is Fault.REFUSED:
            self._empty()
        return fault is Fault.REFUSED

    def _empty(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


async def test_contract(tmp_path: Path) -> None:
    path = tmp_path / "world"
    case = SourceCase(
        kind=File,
        options={"folder": str(path), "settle": 0},
        world=lambda: Folder(path),
        bad_world=lambda: Folder(path, "9000,a,b,c\n", '9001,"open\n'),
        mangled=[Item("x", b'[["text"]]', meta={"zone": "Asia/Jakarta", "at": "2026-11-20T00:00:00Z"})],
    )
    applied = await check_source(case)
    assert {"kill-loses-nothing", "bad-item-stays-alone", "ids-are-stable", "outages-retried"} <= set(applied)


@pytest.mark.parametrize(
    "wrong", [{}, {"fields": {"Uraian": "words"}}, {"done": "delete"}, {"settle": -1}, {"fields": {"x": "channel"}}]
)
def test_wrong_options(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        File.Options.model_validate(({"folder": "x"} | wrong) if wrong else {})


async def test_a_folder_that_may_not_be_read_waits_for_its_operator(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> Any:
        raise PermissionError

    monkeypatch.setattr(module, "survey", refuse)
    host = Host(folder)
    await host.pull()
    assert isinstance(host.error, Unauthorized)


# -------------------------------------------------------------------------------------------------------- the same row


FIELDS = {"Uraian": "text", "Tanggal": "created_at", "Jam": "created_at", "Lintang": "lat", "Bujur": "lon"}
ROW = {"Uraian": "Café banjir; “dalam”\nsekali", "Tanggal": "21/11/2026", "Jam": "13.45", "Lintang": "-6,2088"}
CELLS = {**ROW, "Bujur": "106,8456"}


def spelled(kind: str) -> bytes:
    """Write the row as one of many programs would."""
    if kind == "json":
        return json.dumps([CELLS], indent=1).encode()
    if kind == "jsonl":
        return json.dumps(CELLS).encode()
    delimiter = {"tab": "\t", "comma": ","}.get(kind, ";")
    quoted = [f'"{cell}"' for cell in CELLS.values()]
    text = f"{delimiter.join(CELLS)}\r\n{delimiter.join(quoted)}\r\n"
    if kind == "titled":
        text = f"sep=;\r\nLAPORAN KELURAHAN;;;;\r\n;;;;\r\n{text};;;;\r\n\r\n"
    if kind == "ansi":
        return text.encode("windows-1252")
    return text.encode("utf-8-sig" if kind == "bom" else "utf-8")


@pytest.mark.parametrize("kind", ["json", "jsonl", "tab", "comma", "semicolon", "titled", "ansi", "bom"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
async def test_one_row_in_any_spelling_is_one_complaint(folder: Path, kind: str, packed: bool) -> None:  # noqa: FBT001 - a table
    host = Host(folder, fields=FIELDS)
    put(folder / "first.csv", spelled("comma"))
    await host.pull()
    (first,) = host.complaints()
    assert first.text == CELLS["Uraian"]
    assert first.created_at.isoformat() == "2026-11-21T06:45:00+00:00"
    assert (first.lat, first.lon) == (-6.2088, 106.8456)
    assert first.native_id.startswith("row-")
    assert first.anonim
    name = f"second.{kind if kind.startswith('json') else 'csv'}"
    put(folder / (name + ".gz" if packed else name), gzip.compress(spelled(kind)) if packed else spelled(kind))
    assert await host.pull() == []
    assert list(host.marks) == [first.native_id]


async def test_every_member_of_a_row(folder: Path) -> None:
    put(
        folder / "a.csv",
        "ID,Text,Title,Address,Category,Reporter,Thread,Anonim,Rahasia,Photos\n"
        'A-1,Lampu mati,PJU,Jl. Contoh,Lampu,warga@example.org,t1,Tidak,ya,"https://a.test/1, https://a.test/2"\n',
    )
    host = Host(folder)
    await host.pull()
    (found,) = host.complaints()
    assert (found.native_id, found.title, found.address, found.category_reported, found.thread) == (
        "A-1",
        "PJU",
        "Jl. Contoh",
        "Lampu",
        "t1",
    )
    assert found.reporter
    assert found.reporter.handle == "warga@example.org"
    assert (found.anonim, found.rahasia) == (False, True)
    assert [photo.url for photo in found.attachments] == ["https://a.test/1", "https://a.test/2"]


async def test_a_dash_is_nothing_and_nothing_is_anonymous(folder: Path) -> None:
    put(folder / "a.csv", "text,anonim,rahasia,lat,lon\nLampu mati,-,-,-,-\n")
    host = Host(folder)
    await host.pull()
    (found,) = host.complaints()
    assert (found.anonim, found.rahasia, found.lat) == (True, False, None)


# --------------------------------------------------------------------------------------------------------- exactly once


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json", "a.csv.gz"])
@pytest.mark.parametrize("committed", [True, False], ids=["stored", "not stored"])
async def test_a_kill_between_pages_loses_and_repeats_nothing(folder: Path, name: str, committed: bool) -> None:  # noqa: FBT001 - a table
    rows = [{"id": str(number), "text": f"Lampu {number} mati"} for number in range(1300)]
    content = {
        "a.csv": table(1300).encode(),
        "a.jsonl": "\n".join(map(json.dumps, rows)).encode(),
        "a.json": json.dumps(rows).encode(),
        "a.csv.gz": gzip.compress(table(1300).encode()),
    }
    put(folder / name, content[name])
    host = Host(folder)
    await host.pull(kill_at=2, committed=committed)
    assert len(host.marks) == (1000 if committed else 500)
    await host.pull()
    assert sorted(map(int, host.marks)) == list(range(1300))
    assert host.given == 1300
    assert await host.pull() == []


async def test_a_file_that_is_renamed_copied_or_touched_is_not_read_again(folder: Path) -> None:
    path = put(folder / "a.csv", table(700))
    host = Host(folder)
    await host.pull()
    path.rename(folder / "b.csv")
    assert await host.pull() == []
    put(folder / "c.csv", (folder / "b.csv").read_bytes())
    assert await host.pull() == []
    os.utime(folder / "b.csv", (1, 1))
    assert await host.pull() == []
    assert host.given == 700
    assert len(host.cursor["files"]) == 2


async def test_only_what_was_added_is_read(folder: Path) -> None:
    path = put(folder / "a.csv", table(600).removesuffix("\n"))
    host = Host(folder)
    await host.pull()
    with path.open("a") as stream:
        stream.write("\n600,Baru\n")
    await host.pull()
    assert host.texts() == ["Baru"]
    assert host.given == 601


async def test_a_last_line_that_goes_on_is_read_anew(folder: Path) -> None:
    path = put(folder / "a.csv", "id,text\n1,Lampu\n2,Jalan ru")
    host = Host(folder)
    await host.pull()
    with path.open("a") as stream:
        stream.write("sak\n")
    await host.pull()
    assert host.texts() == ["Jalan rusak"]


async def test_a_corrected_row_is_a_revision_and_the_rest_is_not(folder: Path) -> None:
    path = put(folder / "a.csv", table(600))
    host = Host(folder)
    await host.pull()
    put(path, table(600).replace("Lampu 3 mati", "Lampu 3 hidup") + "600,Baru\n")
    assert [item.native_id for item in await host.pull()] == ["3", "600"]


async def test_files_that_are_gone_are_forgotten(folder: Path) -> None:
    host = Host(folder)
    for number in range(3):
        put(folder / f"{number}.csv", table(2, start=number))
    await host.pull()
    assert len(host.cursor["files"]) == 3
    (folder / "1.csv").unlink()
    await host.pull()
    assert len(host.cursor["files"]) == 2


# ------------------------------------------------------------------------------------------------------ still written


async def test_a_file_is_read_when_it_looks_the_same_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(folder / "a.csv", "text\nLampu mati\n")
    put(folder / "b.csv", "text\nPohon tumbang\n")
    writing = iter(["Jalan rusak\n"])
    rests: list[float] = []

    async def write_meanwhile(seconds: float) -> None:
        rests.append(seconds)
        with path.open("a") as stream:
            stream.writelines(islice_one(writing))

    monkeypatch.setattr(anyio, "sleep", write_meanwhile)
    host = Host(folder, settle=30)
    await host.pull()
    assert host.texts() == ["Pohon tumbang"]
    await host.pull()
    assert host.texts() == ["Lampu mati", "Jalan rusak"]
    await host.pull()
    assert rests == [30, 30]


def islice_one(lines: Iterator[str]) -> list[str]:
    return [line for line in [next(lines, "")] if line]


async def test_half_a_line_that_arrives_while_the_file_is_read_waits(folder: Path) -> None:
    path = put(folder / "a.csv", table(600))
    host = Host(folder)
    async with aclosing(host.channel().pull(None)) as pages:  # type: ignore[type-var]
        async for page in pages:
            host._store(page.items, page.cursor)
            with path.open("a") as stream:
                stream.write("600,Jalan ru")
    assert len(host.marks) == 500
    with path.open("a") as stream:
        stream.write("sak\n")
    await host.pull()
    assert host.texts()[-1] == "Jalan rusak"
    assert len(host.marks) == 601


async def test_a_folder_that_goes_away_meanwhile_is_an_outage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder / "a.csv", table(1))

    async def unmount(_: float) -> None:
        shutil.rmtree(folder)

    monkeypatch.setattr(anyio, "sleep", unmount)
    host = Host(folder, settle=30)
    await host.pull()
    assert isinstance(host.error, TryAgain)


@pytest.mark.parametrize("name", [".a.csv", "~$a.csv", "a.csv.part", "a.csv.tmp", "a.xlsx", "a.csv.problems.csv"])
async def test_files_that_are_none_of_ours(folder: Path, name: str) -> None:
    put(folder / name, table(2))
    host = Host(folder)
    assert (await host.pull(), host.error) == ([], None)


async def test_links_and_folders_are_left_alone(folder: Path, tmp_path: Path) -> None:
    (folder / "link.csv").symlink_to(put(tmp_path / "elsewhere.csv", table(2)))
    (folder / "folder.csv").mkdir()
    assert await Host(folder).pull() == []


async def test_no_report_is_written_through_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("keep = true\n")
    (folder / ".a.csv.problems.csv.part").symlink_to(tmp_path / "settings.toml")
    put(folder / "a.csv", "id,text,created_at\n1,Rusak,kemarin sore\n")
    await Host(folder).pull()
    assert (tmp_path / "settings.toml").read_text() == "keep = true\n"
    assert "tanggal tidak terbaca" in (folder / "a.csv.problems.csv").read_text(encoding="utf-8-sig")


# ------------------------------------------------------------------------------------------------------------ bad rows


BAD_TABLE = """\
id,text,created_at,lat,lon,anonim
1,Baik,21/11/2026,-6.2,106.8,ya
2,Rahasia Bapak Contoh,kemarin sore,-6.2,106.8,ya
3,Rahasia,21/11/2026,selatan,106.8,ya
4,Rahasia,21/11/2026,-96.2,106.8,ya
5,Rahasia,21/11/2026,-6.2,106.8,mungkin
6,,21/11/2026,-6.2,106.8,ya
7,Rahasia,21/11/2026,-6.2,106.8,ya,lebih
8,"Rahasia,21/11/2026,-6.2,106.8,ya
9,Baik juga,21/11/2026,-6.2,106.8,ya
"""
SAID = [
    ["3", "created_at", "tanggal tidak terbaca"],
    ["4", "lat", "bukan angka"],
    ["5", "lat", "angka di luar rentang"],
    ["6", "anonim", "bukan ya atau tidak"],
    ["7", "", "tidak ada isi aduan"],
    ["8", "", "sel lebih banyak daripada judul kolom; periksa tanda kutip dan pemisah"],
    ["9", "", "baris tidak dapat diurai; periksa tanda kutip"],
]


async def test_bad_rows_stay_alone_and_are_told_without_their_content(folder: Path) -> None:
    path = put(folder / "a.csv", BAD_TABLE)
    host = Host(folder)
    found = await host.pull()
    assert host.texts() == ["Baik", "Baik juga"]
    assert len([item for item in found if item.quarantine]) == 7
    assert problems_of(path) == SAID
    report = (folder / "a.csv.problems.csv").read_text()
    assert not any(word in report for word in ("Rahasia", "Contoh", "kemarin", "selatan", "mungkin"))
    assert not any("ahasia" in item.quarantine or "kemarin" in item.quarantine for item in found)
    assert names_in(folder) == ["a.csv", "a.csv.problems.csv"]


async def test_the_report_is_whole_after_a_kill(folder: Path) -> None:
    path = put(folder / "a.csv", "id,text,lat\n1,x,bad\n" + "".join(f"{n},x,\n" for n in range(2, 800)) + "800,x,bad\n")
    host = Host(folder)
    await host.pull(kill_at=1)
    assert not (folder / "a.csv.problems.csv").exists()
    await host.pull()
    assert [line for line, _, _ in problems_of(path)] == ["2", "801"]


async def test_a_corrected_row_comes_in_and_the_report_is_empty(folder: Path) -> None:
    path = put(folder / "a.csv", BAD_TABLE)
    host = Host(folder)
    await host.pull()
    put(path, "id,text,created_at\n2,Rahasia,20/11/2026\n")
    await host.pull()
    assert [item.native_id for item in host.news] == ["2"]
    assert host.texts() == ["Rahasia"]
    assert problems_of(path) == []


async def test_a_row_that_is_understood_later_counts_as_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder / "a.csv", "id,text,created_at\n1,Lampu mati,21/11/2026\n")
    host = Host(folder)

    def refuse(_: Any) -> str:
        raise ValueError("not a date")

    with monkeypatch.context() as patch:
        patch.setattr(columns, "READERS", {"created_at": refuse})
        assert [item.quarantine for item in await host.pull()] == ["created_at: not a date"]
    host.cursor = None
    await host.pull()
    assert host.texts() == ["Lampu mati"]


async def test_a_report_is_bounded(folder: Path) -> None:
    path = put(folder / "a.jsonl", "x\n" * (MOST + 7))
    await Host(folder).pull()
    said = problems_of(path)
    assert len(said) == MOST + 1
    assert said[-1] == ["", "", "dan 7 masalah lain"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "bukan JSON"),
        (b"[1]", "bukan objek JSON"),
        (b"[" * 100_000, "bukan JSON"),
        (b'{"text": "' + b"x" * 1_000_001 + b'"}', "terlalu panjang"),
        (b'{"text": {"a": 1}}', "bukan teks"),
        (b'{"text": "x", "photos": [1]}', "bukan teks"),
        (b'{"id": "' + b"x" * 600 + b'", "text": "x"}', "terlalu panjang"),
        (b'{"text": "x", "created_at": true}', "tanggal tidak terbaca"),
    ],
    ids=range(8),
)
async def test_bad_lines_of_json(folder: Path, line: bytes, reason: str) -> None:
    path = put(folder / "a.jsonl", b'{"text": "satu"}\n' + line + b'\n{"text": "dua"}\n')
    host = Host(folder)
    await host.pull()
    assert host.texts() == ["satu", "dua"]
    assert [(number, said) for number, _, said in problems_of(path)] == [("2", reason)]


async def test_a_report_that_cannot_be_written_holds_up_nothing(folder: Path) -> None:
    put(folder / "a.csv", BAD_TABLE)
    (folder / "a.csv.problems.csv").mkdir()
    host = Host(folder)
    assert len(await host.pull()) == 9
    assert host.error is None


# ---------------------------------------------------------------------------------------------------- unreadable files


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"PK\x03\x04rest", "bukan berkas teks"),
        ("a.csv", "text\nx\n".encode("utf-16"), "bukan berkas teks"),
        ("a.csv", b"nama;umur\nx;5\n", "tidak ada kolom isi aduan"),
        ("a.csv", b"", "tidak ada kolom isi aduan"),
        ("a.csv.gz", b"no gzip at all", "berkas gz rusak"),
        ("a.json", b'{"text": ', "bukan JSON"),
    ],
)
async def test_an_unreadable_file_is_told_once_and_the_others_go_on(
    folder: Path, name: str, content: bytes, reason: str
) -> None:
    path = put(folder / name, content)
    put(folder / "b.csv", "text\nLampu mati\n")
    host = Host(folder)
    found = await host.pull()
    assert host.texts() == ["Lampu mati"]
    assert [item.quarantine.split(":")[0] for item in found if item.quarantine] == ["the whole file"]
    assert problems_of(path)[0][2].startswith(reason)
    assert await host.pull() == []
    assert host.given == 2


async def test_what_stood_before_the_damage_is_taken(folder: Path) -> None:
    whole = gzip.compress(table(2000).encode())
    path = put(folder / "a.csv.gz", whole[: len(whole) * 3 // 4])
    host = Host(folder)
    await host.pull()
    taken = len(host.texts())
    assert taken >= 500
    put(path, whole)
    await host.pull()
    assert len(host.texts()) == 2000 - taken


async def test_other_names_of_columns_open_a_file_again(folder: Path) -> None:
    path = put(folder / "a.csv", "Uraian\nLampu mati\n")
    host = Host(folder)
    await host.pull()
    host.options["fields"] = {"uraian": "text"}
    await host.pull()
    assert host.texts() == ["Lampu mati"]
    assert problems_of(path) == []


async def test_a_file_that_fails_for_now_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder / "a.csv", table(1))
    put(folder / "b.csv", "text\nLampu mati\n")
    real = Path.open

    def fail(path: Path, *how: Any, **more: Any) -> Any:
        if path.name == "a.csv":
            raise OSError(5, "Input/output error")
        return real(path, *how, **more)

    host = Host(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", fail)
        await host.pull()
    assert host.texts() == ["Lampu mati"]
    assert isinstance(host.error, TryAgain)
    await host.pull()
    assert host.texts() == ["Lampu 0 mati"]


# ---------------------------------------------------------------------------------------------------------------- done


async def test_a_file_goes_away_only_when_all_of_it_is_stored(folder: Path) -> None:
    path = put(folder / "a.csv", table(600) + "x,\n")
    host = Host(folder, done="move")
    await host.pull(kill_at=2)
    assert path.exists()
    await host.pull()
    assert names_in(folder) == ["selesai"]
    assert names_in(folder / "selesai") == ["a.csv", "a.csv.problems.csv"]
    assert host.given == 601
    await host.pull()
    assert host.cursor["files"] == {}


async def test_nothing_in_the_done_folder_is_overwritten(folder: Path) -> None:
    host = Host(folder, done="move")
    for number in range(3):
        put(folder / "a.csv", table(1, start=number))
        await host.pull()
    moved = {each.name: each.read_text() for each in (folder / "selesai").iterdir()}
    assert moved == {name: table(1, start=n) for n, name in enumerate(["a.csv", "2-a.csv", "3-a.csv"])}


async def test_an_unreadable_file_stays_where_people_look(folder: Path) -> None:
    put(folder / "a.csv", "nama\nx\n")
    host = Host(folder, done="move")
    await host.pull()
    assert names_in(folder) == ["a.csv", "a.csv.problems.csv"]


# -------------------------------------------------------------------------------------------------------------- limits


async def test_too_many_files_wait_and_say_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 3)
    for number in range(5):
        put(folder / f"{number}.csv", table(1, start=number))
    host = Host(folder)
    assert len(await host.pull()) == 3
    assert isinstance(host.error, TryAgain)
    assert await host.pull() == []
    for number in range(3):
        (folder / f"{number}.csv").unlink()
    assert len(await host.pull()) == 2
    assert host.error is None


def test_the_cursor_is_bounded() -> None:
    ledger = Ledger(None, "0" * 16)
    for number in range(MOST_FILES):
        look = Look(Path(f"{number}-{'ü' * 80}.csv"), 10**12, 1_800_000_000_000_000_000)
        ledger.note(look, Mark(look.size, look.mtime, 10**12, 10**8, 10**7, "0" * 32, 1))
    assert len(json.dumps(ledger.dump())) < 256_000


# --------------------------------------------------------------------------------------------------------- real history


SHARED = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "petabencana"


async def test_a_real_history_comes_in_whole(folder: Path) -> None:
    if not (SHARED / "reports.jsonl").is_file():
        pytest.skip("reports.jsonl is not here: set ADUAN_SHARED")
    content = (SHARED / "reports.jsonl").read_bytes()
    put(folder / "2017.jsonl", content)
    host = Host(folder)
    await host.pull()
    found = host.complaints()
    assert len(found) == len(content.splitlines())
    assert all(one.lat and one.created_at.year == 2017 for one in found)
    assert not (folder / "2017.jsonl.problems.csv").exists()
