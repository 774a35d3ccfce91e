"""`aduan hold` and `aduan release`, as an operator runs them, also beside a running hub."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.cli_fixtures import ADUAN, WITHOUT_CHANNELS, Desk, row, surroundings
from tests.test_cli_serve import free_port

SETTINGS = """[hub]
database = "sqlite:///aduan.db"
[web]
port = 0
[[channel]]
kind = "file"
name = "berkas"
[channel.options]
folder = "masuk"
"""
LINK = "http://k.test/lacak/jejak"
LETTER = f'{{"kind": "reply", "text": "Laporan selesai. Pantau: {LINK}", "link": "{LINK}"}}'
DELIVERIES = """INSERT INTO deliveries
(key, channel, kind, report, complaint, version, cause, digest, parcel, urgent, state, next_at, created_at)
SELECT 'k' || id, 'berkas', 'reply', report, id, 1, 'x', '', :parcel, 0, 'due', received_at, received_at FROM complaints
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two complaints and a reply to each that is due."""
    made = Desk(tmp_path_factory.mktemp("isi"))
    (made.folder / "masuk").mkdir()
    made.settings(SETTINGS)
    made.write("aduan.jsonl", [row(number, "banjir setinggi lutut", lat=-6.2349, lon=106.8221) for number in (1, 2)])
    assert made.run("import", "aduan.jsonl").code == 0
    sql(made, DELIVERIES, parcel=LETTER.encode())
    return made.folder


@pytest.fixture
def desk(filled: Path, tmp_path: Path) -> Desk:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path)


def sql(desk: Desk, statement: str, **values: object) -> list[tuple[object, ...]]:
    engine = create_engine(f"sqlite:///{desk.folder / 'aduan.db'}")
    with engine.begin() as connection:
        done = connection.execute(text(statement), values)
        found = [tuple(one) for one in done] if done.returns_rows else []
    engine.dispose()
    return found


def test_hold_prints_what_is_held_and_twice_is_once(desk: Desk) -> None:
    ran = desk.run("hold", "--json")
    assert ran.code == 0
    assert (ran.json["name"], ran.json["held"], ran.json["waiting"]) == ("replies", True, 2)
    assert ran.json["counts"] == [{"channel": "berkas", "kind": "reply", "count": 2}]
    again = desk.run("hold", "--json")
    assert again.json["since"] == ran.json["since"]
    assert "was held already" in again.err
    assert "berkas" in desk.run("hold", "replies").out


def test_release_shows_count_and_samples_without_secrets(desk: Desk) -> None:
    desk.run("hold")
    ran = desk.run("release", "--yes")
    assert ran.code == 0
    assert "2" in ran.out
    assert "berkas: Laporan selesai. Pantau: http://k.test/lacak/…" in ran.err
    assert "jejak" not in ran.out + ran.err
    assert sql(desk, "SELECT name FROM holds") == []
    assert [found[0] for found in sql(desk, "SELECT action FROM audit ORDER BY id")][-2:] == ["hold", "release"]


def test_a_sealed_report_s_words_are_no_sample(desk: Desk) -> None:
    sql(desk, "UPDATE reports SET handling = 'sealed'")
    desk.run("hold")
    ran = desk.run("release", "--json")
    assert (ran.json["waiting"], ran.json["samples"], ran.json["held"]) == (2, [], False)
    assert "Laporan selesai" not in ran.out + ran.err


def test_without_a_terminal_it_does_not_ask(desk: Desk) -> None:
    desk.run("hold", "berkas")
    ran = desk.run("release", "berkas")
    assert (ran.code, sql(desk, "SELECT name FROM holds")) == (0, [])
    assert "released" in ran.err


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", [("replies",)]), (b"y\n", [])])
def test_at_a_terminal_it_asks(desk: Desk, answer: bytes, left: list[tuple[str]]) -> None:
    desk.run("hold")
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    done = subprocess.run(  # noqa: S603 - our own script
        [ADUAN, "release"],
        cwd=desk.folder,
        env=surroundings(),
        stdin=theirs,
        capture_output=True,
        timeout=60,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert b"Let 2 deliveries go?" in done.stderr
    assert done.returncode == 0
    assert sql(desk, "SELECT name FROM holds") == left


def test_what_was_not_held_and_what_is_held_still_is_said(desk: Desk) -> None:
    desk.run("hold", "berkas")
    ran = desk.run("release")
    assert ran.code == 0
    assert "replies: was not held." in ran.err
    assert "Held still: berkas." in ran.err


@pytest.mark.parametrize("command", ["hold", "release"])
def test_an_unknown_name_is_a_usage_error(desk: Desk, command: str) -> None:
    ran = desk.run(command, "tidak-ada")
    assert (ran.code, ran.out) == (2, "")
    assert "berkas" in ran.err


def test_no_settings_is_a_usage_error(tmp_path: Path) -> None:
    assert Desk(tmp_path).run("hold").code == 2


def states(desk: Desk) -> set[object]:
    return {found[0] for found in sql(desk, "SELECT state FROM deliveries WHERE channel = 'posko'")}


def test_a_running_hub_heeds_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.settings(f'{WITHOUT_CHANNELS}[web]\nport = {free_port()}\n[[channel]]\nkind = "posko"\n')
    desk.write("day.jsonl", [row(1, "Banjir sepaha di depan pasar", lat=-6.16489, lon=106.81067)])
    process = desk.start("serve")
    try:
        assert process.stderr is not None
        assert any("Aduan Hub is at" in line for line in process.stderr), "it did not start"
        assert desk.run("hold", "posko").code == 0
        assert desk.run("import", "day.jsonl").code == 0
        assert states(desk) == {"due"}
        assert "1 deliveries go out" in desk.run("release", "posko", "--yes").err
        until = time.monotonic() + 20
        while states(desk) != {"sent"} and time.monotonic() < until:
            time.sleep(0.1)
        assert states(desk) == {"sent"}
    finally:
        process.kill()
        process.communicate(timeout=30)
