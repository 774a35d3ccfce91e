"""What the drop folder makes of cells and of tables: by example, and for any content."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.file import jsons
from plugins.file.book import Book
from plugins.file.columns import Columns
from plugins.file.jsons import ListRows
from plugins.file.problems import REASONS, Unreadable
from plugins.file.record import pairs_of
from plugins.file.table import TableRows
from plugins.file.values import degrees, flag, links, time_of

# --------------------------------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("21/11/2026 13.45", "2026-11-21T13:45:00"),
        ("21-11-2026 13:45:30", "2026-11-21T13:45:30"),
        ("1.2.26", "2026-02-01T00:00:00"),
        ("21 November 2026", "2026-11-21T00:00:00"),
        ("Sabtu, 21 Nopember 2026 pukul 13.45 WIB", "2026-11-21T13:45:00+07:00"),
        ("Jum'at 20 Nov. 2026, 07.05 wita", "2026-11-20T07:05:00+08:00"),
        ("17 agustus 2026 jam 9.30", "2026-08-17T09:30:00"),
        ("5 Mei 2026", "2026-05-05T00:00:00"),
        ("2026-11-21", "2026-11-21T00:00:00"),
        ("2026-11-21T13:45:00Z", "2026-11-21T13:45:00+00:00"),
        (1_795_243_500, "2026-11-21T06:45:00+00:00"),
        ("1795243500000", "2026-11-21T06:45:00+00:00"),
    ],
)
def test_times(text: Any, time: str) -> None:
    assert time_of(text) == time


@pytest.mark.parametrize(
    "text",
    ["kemarin", "11/21/2026", "31/02/2026", "21/11/2026 25.00", "21/11/2026 10.75", "46347", "46347,57", "", 5, True],
)
def test_no_times(text: Any) -> None:
    with pytest.raises(ValueError, match="not a date"):
        time_of(text)


@pytest.mark.parametrize(
    ("text", "number"), [("-6,2088", -6.2088), ("106.8", 106.8), (" −6.2° ", -6.2), (-6, -6.0), ("0", 0.0)]
)
def test_degrees(text: Any, number: float) -> None:
    assert degrees(text) == number


@pytest.mark.parametrize("text", ["selatan", "106.823,456", "1,2,3", "nan", "inf", True, [1]])
def test_no_degrees(text: Any) -> None:
    with pytest.raises(ValueError, match="not a number"):
        degrees(text)


@pytest.mark.parametrize(("text", "yes"), [("Ya", True), ("TIDAK", False), (True, True), (0, False), ("x", True)])
def test_flags(text: Any, yes: bool) -> None:  # noqa: FBT001 - a table
    assert flag(text) is yes


@pytest.mark.parametrize("text", ["mungkin", "", "-", "t"])
def test_no_flags(text: str) -> None:
    with pytest.raises(ValueError, match="not yes or no"):
        flag(text)


@pytest.mark.parametrize(
    "cell",
    [
        "https://a.test/1,https://a.test/2",
        "https://a.test/1; https://a.test/2",
        ["https://a.test/1", "https://a.test/2"],
    ],
)
def test_links(cell: Any) -> None:
    assert links(cell) == ["https://a.test/1", "https://a.test/2"]


def test_a_link_may_hold_a_comma() -> None:
    assert links("https://a.test/1,2") == ["https://a.test/1,2"]


# -------------------------------------------------------------------------------------------------------------- tables


def rows_of(content: bytes, columns: Columns | None = None) -> list[list[str]]:
    rows = TableRows(lambda: io.BytesIO(content), columns or Columns({}))
    found = []
    while record := rows.next():
        assert not record.reason, record.reason
        found.append([cell for _, cell in pairs_of(record.body)])
    assert rows.position == len(content)
    return found


def written(rows: Sequence[Sequence[str]], delimiter: str, end: str, encoding: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return stream.getvalue().encode(encoding)


cell_text = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20)
latin_text = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=20)
cells = st.lists(st.tuples(st.just("x"), cell_text, cell_text), min_size=1, max_size=6)


@settings(max_examples=200)
@given(cells, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_any_table_comes_back_as_it_was_written(rows: list[Any], delimiter: str, end: str, encoding: str) -> None:
    content = written([("text", "title", "apa"), *rows], delimiter, end, encoding)
    assert rows_of(content) == [list(row) for row in rows]


@given(st.lists(st.tuples(st.just("x"), latin_text), min_size=1, max_size=6))
def test_any_old_table_comes_back_too(rows: list[Any]) -> None:
    """A line that happens to be UTF-8 as well cannot be told apart, so one letter that never is goes along."""
    marked = [(first, f"é {second}") for first, second in rows]
    content = written([("text", "apa"), *marked], ";", "\r\n", "latin-1")
    assert [row[1].replace("\ufffd", "?") for row in rows_of(content)] == [
        second.encode("latin-1").decode("windows-1252", "replace").replace("\ufffd", "?") for _, second in marked
    ]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json", "a.csv.gz"]),
    st.lists(
        st.sampled_from([b"text", b",", b";", b'"', b"\n", b"\r", b"{", b"}", b"[", b"]", b":", b"\\", b"\xff", b"5"])
    ),
    st.binary(max_size=40),
)
def test_no_content_breaks_reading(tmp_path: Path, name: str, pieces: list[bytes], tail: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(b"text,lat\n" + b"".join(pieces) + tail)
    with suppress(Unreadable), closing(Book(path, Columns({}))) as book:
        portion = book.take()
        assert all(problem.reason in REASONS for problem in portion.problems)
        assert portion.is_last


def test_a_quote_that_nobody_closes_costs_its_own_line_only() -> None:
    lines = "".join(f"{number},baik\n" for number in range(1000))
    rows = TableRows(lambda: io.BytesIO(b'id,text\nx,"buka\n' + lines.encode()), Columns({}))
    first = rows.next()
    assert first
    assert (first.reason, first.line) == ("broken row", 2)
    rest = [record for record in iter(rows.next, None) if record]
    assert len(rest) == 1000
    assert all(not record.reason for record in rest)


def test_the_delimiter_is_the_one_that_makes_columns() -> None:
    assert rows_of(b"text;title\nsatu, dua;x\n") == [["satu, dua", "x"]]
    assert rows_of(b"text\nsatu, dua; tiga\n") == [["satu, dua; tiga"]]


# ---------------------------------------------------------------------------------------------------------------- json


json_rows = st.lists(
    st.dictionaries(
        st.text(max_size=5), st.none() | st.text(max_size=9) | st.integers() | st.lists(st.text()), max_size=3
    )
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_rows, st.sampled_from([None, 1]), st.booleans(), st.integers(1, 40))
def test_any_list_comes_back_whatever_the_pieces(
    monkeypatch: pytest.MonkeyPatch,
    rows: list[Any],
    indent: int | None,
    plain: bool,  # noqa: FBT001 - drawn
    piece: int,
) -> None:
    monkeypatch.setattr(jsons, "PIECE", piece)
    content = json.dumps(rows, indent=indent, ensure_ascii=plain).encode()
    reader = ListRows(io.BytesIO(content))
    assert [dict(record.pairs) for record in iter(reader.next, None)] == rows
    assert (reader.position, reader.line) == (len(content), content.count(b"\n"))


def test_a_list_goes_on_from_any_row() -> None:
    content = json.dumps([{"n": number, "s": "é"} for number in range(5)], ensure_ascii=False).encode()
    whole = ListRows(io.BytesIO(content))
    for done in range(1, 5):
        whole.next()
        rest = ListRows(io.BytesIO(content), whole.position, whole.line)
        assert [dict(record.pairs)["n"] for record in iter(rest.next, None)] == list(range(done, 5))


# ------------------------------------------------------------------------------------------------------------- columns


def test_a_named_member_no_longer_has_its_own_name() -> None:
    columns = Columns({"Isi  Aduan": "text"})
    assert columns.name_of(" isi aduan ") == "text"
    assert columns.name_of("text") is None
    assert columns.name_of("TITLE") == "title"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["id", "text", "lat", "created_at", "photos", "anonim", "x"]),
            st.none() | st.text() | st.integers() | st.floats() | st.booleans() | st.lists(st.integers()),
        )
    )
)
def test_no_row_breaks_understanding(pairs: list[Any]) -> None:
    entry = Columns({}).understand(1, pairs)
    assert entry.id
    assert all(problem.reason in REASONS for problem in entry.problems)
