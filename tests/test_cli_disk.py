"""A full disk: said plainly, nothing half-written, and the same command goes on once there is room."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli_fixtures import Desk, row

LINES = [row(number, f"Lampu jalan mati di tiang nomor {number}. " + "Gelap sekali. " * 40) for number in range(900)]
ROOM = 2_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("day.jsonl", LINES)
    return desk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or not _mount(disk, "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs"):
        pytest.skip("only root may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["/bin/umount", disk], check=True)  # noqa: S603 - our own words


def test_a_full_disk_is_exit_3_and_loses_nothing(desk: Desk, small_disk: Path) -> None:
    desk.settings(f'[hub]\ndatabase = "sqlite:///{small_disk}/aduan.db"\nblobs = "{small_disk}/blobs"\n')
    full = desk.run("import", "day.jsonl", "--json")
    assert (full.code, full.out) == (3, "")
    assert "the disk is full" in full.err
    assert "Traceback" not in full.err
    assert _sound(small_disk / "aduan.db")
    assert _mount(small_disk, "-o", "remount,size=50000000")
    _goes_on(desk)


def test_a_file_that_may_not_grow_is_exit_3_and_loses_nothing(desk: Desk) -> None:
    desk.settings()
    limited = desk.run(
        "import", "day.jsonl", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM // 2, ROOM // 2))
    )
    assert limited.code == 3
    assert "Traceback" not in limited.err
    assert _sound(desk.folder / "aduan.db")
    _goes_on(desk)


def _goes_on(desk: Desk) -> None:
    again = desk.run("import", "day.jsonl", "--json")
    assert again.code == 0
    assert again.json["complaints"] == len(LINES)
    ids = [one["id"] for one in desk.run("export", "complaints").rows]
    assert sorted(ids) == sorted(line["id"] for line in LINES)


def _sound(file: Path) -> bool:
    with sqlite3.connect(file) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def _mount(disk: Path, *options: str) -> bool:
    return subprocess.run(["/bin/mount", *options, disk], check=False, capture_output=True).returncode == 0  # noqa: S603 - our own words
