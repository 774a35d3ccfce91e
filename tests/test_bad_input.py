"""Whatever stands in a line, it is taken in or named as bad, on both engines, and no other line is harmed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.commands.importing import MAX_LINE, Import, Imported
from hub.host import Hub
from hub.rows import parse_row, read_row
from hub.settings import HubSettings, Settings
from hub.store.export import complaint_rows
from tests.cli_fixtures import row
from tests.store_fixtures import Database

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
META = {"zone": "Asia/Jakarta", "at": NOW.isoformat()}
DEEP = 20_000

BAD = {
    "half a character": rb'{"id": "1", "channel": "sms", "text": "\ud800"}',
    "not UTF-8": b'{"id": "1", "channel": "sms", "text": "\xff"}',
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"id": "1", "channel": "sms", "text": "x", "more": ' + b'{"a":' * DEEP + b"1" + b"}" * (DEEP + 1),
    "an endless number": b'{"id": 1' + b"0" * 6000 + b', "channel": "sms", "text": "x"}',
    "cut off": b'{"id": "1", "channel": "sms", "text": "',
    "a list": b"[1]",
    "nothing": b"null",
    "no id": b'{"channel": "sms", "text": "x"}',
    "an empty id": b'{"id": "", "channel": "sms", "text": "x"}',
    "an id of nothing": rb'{"id": "\u0000", "channel": "sms", "text": "x"}',
    "a path for a channel": b'{"id": "1", "channel": "../../etc", "text": "x"}',
    "no text": b'{"id": "1", "channel": "sms"}',
    "text that is a list": b'{"id": "1", "channel": "sms", "text": ["x"]}',
    "north of the pole": b'{"id": "1", "channel": "sms", "text": "x", "lat": 91, "lon": 0}',
    "nowhere": b'{"id": "1", "channel": "sms", "text": "x", "lat": NaN, "lon": 0}',
    "before the calendar": b'{"id": "1", "channel": "sms", "text": "x", "created_at": "0001-01-01T00:00:00+07:00"}',
    "after the calendar": b'{"id": "1", "channel": "sms", "text": "x", "created_at": "9999-12-31T23:59:59-07:00"}',
    "a time that is none": b'{"id": "1", "channel": "sms", "text": "x", "created_at": "kemarin"}',
    "one photo, not a list": b'{"id": "1", "channel": "sms", "text": "x", "photos": "x"}',
    "too long": b'{"id": "1", "channel": "sms", "text": "' + b"x" * MAX_LINE + b'"}',
}
ODD: list[dict[str, Any]] = [
    row("nul", "banjir \0 di pasar", title="\0", address="a\0b", reporter="\0", thread="t\0"),
    row("empty", ""),
    row("long", "banjir " * 20_000),
    row("digits", "1" * 100_000),
    row("at", "@" * 100_000),
    row("streets", "jl. " * 20_000),
    row("emoji", "banjir 🌊‍👩‍👩‍👧 \u202e\u200b"),
    row("unwell", "x", photos=["javascript:alert(1)", "file:///etc/passwd", ""]),
    row("number", "x", lat="-6.2", lon="106.8", anonim="false"),
    row("half", "x", lat=-6.2),
    row("spaces in an id \t\n", "x"),
    row("markup", "<script>alert(1)</script> {{ 7*7 }} '; DROP TABLE reports; --"),
    row("nulls", "x") | dict.fromkeys(["title", "lat", "lon", "reporter", "photos", "created_at"]),
]


@pytest.mark.parametrize("line", [pytest.param(line, id=name) for name, line in BAD.items() if name != "too long"])
def test_a_bad_line_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_row(line, WIB, NOW)


JSON = some.recursive(
    some.none() | some.booleans() | some.floats() | some.integers() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = "title lat lon address category created_at reporter thread anonim rahasia photos more".split()
ROWS = some.fixed_dictionaries(
    {
        "id": some.text() | some.integers() | some.floats(),
        "channel": some.just("sms") | JSON,
        "text": some.text() | JSON,
    },
    optional=dict.fromkeys(MEMBERS, JSON),
)


@given(some.binary() | ROWS.map(json.dumps))
def test_any_line_is_a_complaint_or_a_value_error(line: bytes | str) -> None:
    body = line if isinstance(line, bytes) else line.encode()
    try:
        parsed = parse_row(body, WIB, NOW)
    except ValueError:
        return
    complaint = read_row(body, META)
    assert (complaint.native_id, complaint.text) == (parsed.id, parsed.text)
    assert complaint.created_at.tzinfo is UTC


async def taken(database: Database, file: Path) -> tuple[Imported, list[dict[str, Any]]]:
    settings = Settings(hub=HubSettings(database=database.url, blobs=database.blobs), web={"secret_key": "made up"})
    hub = Hub(settings)
    try:
        await hub.open()
        done = await Import(hub, file).run()
        return done, await hub.store.read(lambda connection: complaint_rows(connection, 0, full=False))
    finally:
        await hub.close()


@pytest.mark.anyio
async def test_bad_and_odd_lines_harm_no_other(database: Database, tmp_path: Path) -> None:
    good = [row(f"good-{number}", "Lampu jalan mati") for number in range(3)]
    odd = [json.dumps(line).encode() for line in ODD]
    lines = [json.dumps(good[0]).encode(), *BAD.values(), json.dumps(good[1]).encode(), *odd]
    file = tmp_path / "day.jsonl"
    file.write_bytes(b"\n".join([*lines, json.dumps(good[2]).encode()]))
    done, stored = await taken(database, file)
    assert [int(problem.split(":")[1]) for problem in done.bad] == list(range(2, len(BAD) + 2))
    assert {one["id"] for one in stored} == {line["id"] for line in [*good, *ODD]}
    assert done.lines == len(lines) + 1
