"""Promise 1: kill -9 at any point, run it again, and every complaint is there once, in the same report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kill import Trial, write_day

KILLS = int(os.environ.get("ADUAN_KILLS", "8"))


def test_an_import_killed_anywhere_ends_like_a_quiet_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial = Trial(tmp_path, seed=7)
    differences = trial.run(KILLS)
    with capsys.disabled():
        os.write(1, f"\n{trial.report()}\n{len(differences)} differences\n".encode())
    assert differences == []
    assert len(trial.killed_at) == KILLS
    assert any(0 < moment < 2 * trial.rows for moment in trial.killed_at), "no kill hit an import at work"


def test_the_comparison_sees_a_difference(tmp_path: Path) -> None:
    trial = Trial(tmp_path, seed=7, rows=40)
    other = trial._desk("other")  # the same day without its last line
    write_day(tmp_path / "day.jsonl", seed=7, rows=40)
    lines = (tmp_path / "day.jsonl").read_text().splitlines()[:-1]
    other.write("shorter.jsonl", "\n".join(lines))
    assert other.run("import", "shorter.jsonl").code == 0
    assert type(trial.expected).of(other).differences(trial.expected)
