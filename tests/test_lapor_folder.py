"""The export folder: what an office program writes is read once, whatever its spelling, and nothing of it is lost."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin import Item, TryAgain
from hub.testing import SourceCase, World, check_source
from plugins.lapor.channel import Lapor
from plugins.lapor.tables import NoTable, decode, read_table
from tests.lapor_fixtures import FOLDER_ONLY, OPTIONS, Day, Folder, complaints, follow_ups, lapor, moves, report

HEADER = ["Tracking ID", "Judul", "Isi Laporan", "Tanggal", "Status", "Pelapor", "Rahasia"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def table(*rows: list[str], header: list[str] = HEADER, delimiter: str = ";") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue()


def row(number: int, text: str = "Lubang", status: str = "Belum", rahasia: str = "0") -> list[str]:
    return [f"#{9_160_000 + number}", f"Judul {number}", text, "2026-11-19 08:15", status, "Anonim", rahasia]


# ------------------------------------------------------------------------------------------------------------ contract


@pytest.mark.anyio
async def test_contract(tmp_path: Path) -> None:
    there = Folder(tmp_path)
    there.drop("a.csv", table(*(row(number) for number in range(510))))
    there.drop("b.csv", "tracking_id,status,note\n#9160001,Proses,Dikerjakan\n")
    options = OPTIONS | FOLDER_ONLY | {"export_folder": tmp_path}
    applied = await check_source(SourceCase(kind=Lapor, options=options, world=World))
    assert {"kill-loses-nothing", "ids-are-stable", "pages-are-bounded", "bad-items-end"} <= set(applied)


# ------------------------------------------------------------------------------------------------------------ spelling


@pytest.mark.anyio
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
async def test_every_delimiter_and_encoding(folder: Folder, delimiter: str, encoding: str) -> None:
    words = 'Kafé di ujung; "Jalan Contoh", baris satu\nbaris dua – 50 %'
    folder.drop("ekspor.csv", table(row(1, words), row(2), delimiter=delimiter).encode(encoding))
    first, second = complaints(await folder.pull())
    assert first.text == words
    assert (first.native_id, first.title, first.rahasia) == ("9160001", "Judul 1", False)
    assert first.created_at == datetime(2026, 11, 19, 1, 15, tzinfo=UTC)
    assert second.text == "Lubang"


@pytest.mark.anyio
async def test_json_as_a_list_or_inside_an_object(folder: Folder) -> None:
    folder.drop("a.json", json.dumps([report(1), "rubbish"]))
    folder.drop("b.json", json.dumps({"data": {"items": [report(2, rahasia="1")]}}))
    one, two = complaints(await folder.pull())
    assert (one.native_id, two.native_id, two.rahasia) == ("9160001", "9160002", True)
    assert folder.host.bad == ["a.json line 2: not an object"]


@pytest.mark.anyio
async def test_relative_times_count_from_the_files_date(folder: Folder) -> None:
    monday = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)  # half past midnight of a Monday in the region
    rows = [
        [*row(n)[:3], said, *row(n)[4:]] for n, said in enumerate(("9 jam yang lalu", "Kemarin, 02:19", "Senin, 00:15"))
    ]
    folder.drop("a.csv", table(*rows), at=monday)
    found = complaints(await folder.pull())
    assert [one.created_at for one in found] == [
        datetime(2026, 11, 15, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 14, 19, 19, tzinfo=UTC),
        datetime(2026, 11, 15, 17, 15, tzinfo=UTC),
    ]


# ---------------------------------------------------------------------------------------------------------------- once


@pytest.mark.anyio
async def test_each_row_once_and_a_changed_one_again(folder: Folder) -> None:
    folder.drop("a.csv", table(row(1), row(2)))
    assert len(complaints(await folder.pull())) == 2
    assert await folder.pull() == []
    folder.drop("copy of a.csv", table(row(1), row(2)))
    assert await folder.pull() == []
    folder.drop("a.csv", table(row(1), row(2, status="Selesai"), row(3)), at=folder.clock.now)
    found = await folder.pull()
    assert [one.native_id for one in complaints(found)] == ["9160002", "9160003"]
    assert moves(found) == ["selesai"]


@pytest.mark.anyio
@pytest.mark.parametrize("pages", [1, 2])
async def test_killed_between_pages_nothing_is_lost_and_nothing_comes_twice(folder: Folder, pages: int) -> None:
    folder.drop("a.csv", table(*(row(number, status="Proses") for number in range(1200))))
    folder.drop("b.csv", "tracking_id,status\n" + "".join(f"{9_160_000 + n},Selesai\n" for n in range(600)))
    first = await folder.host.pull(pages)
    found = [*first, *await folder.pull()]
    assert len(complaints(found)) == 1200
    assert (moves(found).count("proses"), moves(found).count("selesai")) == (1200, 600)
    assert await folder.pull() == []


@pytest.mark.anyio
async def test_the_folder_is_never_changed(folder: Folder) -> None:
    folder.drop("a.csv", table(row(1)))
    before = (folder.path / "a.csv").read_bytes()
    folder.path.chmod(0o500)
    try:
        assert len(complaints(await folder.pull())) == 1
    finally:
        folder.path.chmod(0o700)
    assert [(file.name, file.read_bytes()) for file in folder.path.iterdir()] == [("a.csv", before)]


@pytest.mark.anyio
async def test_other_files_are_left_alone(folder: Folder) -> None:
    for name in ("a.csv.part", ".a.csv", "~$a.csv", "notes.txt", "a.xlsx"):
        folder.drop(name, table(row(1)))
    (folder.path / "folder.csv").mkdir()
    assert await folder.pull() == []
    assert folder.host.items == []


@pytest.mark.anyio
async def test_a_link_to_a_file_elsewhere_is_not_read(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "settings.toml"
    elsewhere.write_text(table(row(1)))
    (folder.path / "a.csv").symlink_to(elsewhere)
    assert await folder.pull() == []
    assert (folder.host.items, folder.host.bad) == ([], [])


@pytest.mark.anyio
async def test_a_lost_folder_is_told_after_the_list_was_read(tmp_path: Path) -> None:
    day = Day(export_folder=tmp_path / "gone")
    day.stream.show(report())
    assert len(complaints(await day.poll())) == 1
    assert isinstance(day.host.error, TryAgain)


# ----------------------------------------------------------------------------------------------------------- bad lines


@pytest.mark.anyio
async def test_bad_lines_wait_with_their_number_and_the_others_are_taken(folder: Folder) -> None:
    good = table(row(1)).splitlines()
    lines = [
        good[0],
        "#9160002;zu kurz",
        good[1],
        '#9160003;"quote never closed;x;x;x;x;x',
        good[1].replace("9160001", "9160004"),
        good[1].replace("#9160001", "tanpa nomor"),
        good[1].replace("9160001", "9160005") + ";one more",
        '#9160006;a"b;"c"d;x;x;x;x',
        good[1].replace("9160001", "9160007"),
    ]
    folder.drop("a.csv", "\r\n".join(lines))
    found = complaints(await folder.pull())
    assert [one.native_id for one in found] == ["9160001", "9160004", "9160007"]
    fit = "the row does not fit the header, or a quote in it is wrong"
    assert folder.host.bad == [
        f"a.csv line 2: {fit}",
        f"a.csv line 4: {fit}",
        "a.csv line 6: no tracking id",
        f"a.csv line 7: {fit}",
        f"a.csv line 8: {fit}",
    ]
    folder.drop("a.csv", "\r\n".join(["", *lines]), at=folder.clock.now)
    await folder.pull()
    assert folder.host.items == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", "Judul;Isi\nx;y\n", "no column holds a tracking id"),
        ("a.csv", "", "empty"),
        ("a.json", "{", "not JSON"),
        ("a.json", "[" * 100_000, "not JSON"),
        ("a.json", '{"data": 5}', "no list of rows"),
        ("a.csv", "tracking_id,status\n" + "1234,Proses\n" * 2001, "more than 2000"),
    ],
    ids=["no id", "empty", "half", "deep", "no list", "too many"],
)
async def test_a_file_that_is_no_table_is_told_once(folder: Folder, name: str, content: str, problem: str) -> None:
    folder.drop(name, content)
    folder.drop("good.csv", table(row(1)))
    assert len(complaints(await folder.pull())) == 1
    assert [reason for reason in folder.host.bad if problem in reason]
    await folder.pull()
    assert folder.host.items == []


def test_many_open_quotes_end() -> None:
    rows = list(read_table(b"id;isi\n" + b'1;"x\n' * 50_001, is_json=False).lines)
    assert rows[-1].problem.startswith("too many bad lines")
    assert len(rows) <= 1001


@given(st.lists(st.tuples(st.integers(1000, 10**9), st.text(max_size=40)), max_size=20), st.sampled_from(";,\t|"))
def test_what_is_written_is_read(rows: list[tuple[int, str]], delimiter: str) -> None:
    cells = [[str(number), words.replace("\0", "").replace("\ufeff", "")] for number, words in rows]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["id", "isi"], *cells])
    content = text.getvalue().encode("utf-8", "surrogatepass")
    if decode(content) != text.getvalue():
        return  # half a character is no UTF-8
    read = list(read_table(content, is_json=False).lines)
    assert [[line.cells["id"], line.cells["isi"]] for line in read] == cells


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_reading(content: bytes, is_json: bool) -> None:  # noqa: FBT001 - drawn
    try:
        list(read_table(content, is_json=is_json).lines)
    except NoTable:
        return


# ------------------------------------------------------------------------------------------------------ typed statuses


@pytest.mark.anyio
async def test_a_typed_status_is_a_follow_up(folder: Folder) -> None:
    at = folder.clock.now - timedelta(hours=1)
    folder.drop("status.csv", "tracking_id,status,note\n#9160001,Selesai,Sudah ditambal\n9160002,,Menunggu alat\n", at)
    one, two = follow_ups(await folder.pull())
    assert (one.about, one.status, one.note, one.at) == ("9160001", "selesai", "Sudah ditambal", at)
    assert (two.about, two.status, two.note) == ("9160002", "", "Menunggu alat")


@pytest.mark.anyio
async def test_rows_added_and_corrected_count_and_the_others_do_not(folder: Folder) -> None:
    async def save(*lines: str) -> list[tuple[str, str]]:
        folder.drop("status.csv", "\n".join(["tracking_id,status,note", *lines]))
        return [(one.about[-1], one.status) for one in follow_ups(await folder.pull())]

    assert await save("9160001,Proses,a", "nomor,Proses,b") == [("1", "proses")]
    assert folder.host.bad == ["status.csv line 3: no tracking id"]
    assert await save("9160001,Proses,a", "9160002,Proses,b", "9160001,Selesai,") == [("2", "proses"), ("1", "selesai")]
    assert await save("9160001,Proses,a", "9160002,Proses,b", "9160001,Selesai,") == []
    assert await save("9160001,Proses,a") == []
    assert await save("9160001,Selesai,") == [("1", "selesai")]
    assert await save("9160001,Selesai,", "9160001,Selesai,") == [("1", "selesai")]


@pytest.mark.anyio
async def test_the_same_words_in_a_new_file_count_anew(folder: Folder) -> None:
    seen: list[str] = []
    for name, status in (("mon.csv", "Proses"), ("tue.csv", "Selesai"), ("wed.csv", "Proses")):
        folder.drop(name, f"tracking_id;status;note\n9160001;{status};\n")
        seen += [one.native_id for one in follow_ups(await folder.pull())]
    assert len(set(seen)) == 3


def test_a_typed_status_with_neither_words_nor_number_is_set_aside() -> None:
    channel = lapor()
    assert channel.typed({"tracking_id": "#9160001", "status": ""}, "x").quarantine == "neither status nor note"
    assert channel.typed({"tracking_id": "x", "status": "Proses"}, "x").quarantine == "no tracking id"


def test_a_mangled_item_of_the_page_is_refused() -> None:
    body: Any = json.dumps({"typed_status": {"tracking_id": "9160001"}}).encode()
    with pytest.raises(KeyError):
        lapor().read(Item("status/9160001/x", body, meta={"collected": "2026-11-20T03:00:00+00:00"}))
