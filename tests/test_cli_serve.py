"""`aduan serve`: one hub on one file, and what may run beside it."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.cli_fixtures import WITHOUT_CHANNELS, Desk, row


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("serve"))
    desk.settings(f'{WITHOUT_CHANNELS}[web]\nport = {free_port()}\n[[channel]]\nkind = "posko"\n')
    desk.write("day.jsonl", [row(1, "Banjir sepaha di depan pasar", lat=-6.16489, lon=106.81067)])
    return desk


@pytest.fixture(scope="module")
def served(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    process = desk.start("serve")
    try:
        assert process.stderr is not None
        assert any("Aduan Hub is at" in line for line in process.stderr), "it did not start"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


@pytest.mark.parametrize("words", [["serve"], ["run", "--once"]])
def test_a_second_hub_on_one_file_refuses_and_names_the_holder(
    desk: Desk, served: subprocess.Popen[str], words: list[str]
) -> None:
    done = desk.run(*words)
    assert done.code == 3
    assert f"process {served.pid}, aduan hub" in done.err
    assert "aduan.db" in done.err


def test_what_is_imported_beside_it_is_delivered_by_it(desk: Desk, served: subprocess.Popen[str]) -> None:
    done = desk.run("import", "day.jsonl", "--json")
    assert (done.code, done.json["complaints"]) == (0, 1)
    assert served.poll() is None
    assert _states(desk) == ["sent"]


def _states(desk: Desk) -> list[str]:
    for _ in range(20):
        states = [one["state"] for one in desk.run("export", "deliveries").rows]
        if "due" not in states and "running" not in states:
            break
    return states


@pytest.mark.parametrize("words", [["channels"], ["dead", "list"], ["dead", "retry"], ["export", "reports"]])
def test_commands_work_beside_it(desk: Desk, served: subprocess.Popen[str], words: list[str]) -> None:
    assert desk.run(*words).code == 0
    assert served.poll() is None


def test_it_answers_and_stops_when_it_is_told_to(desk: Desk, served: subprocess.Popen[str]) -> None:
    port = (desk.folder / "aduan.toml").read_text().split("port = ")[1].split()[0]
    assert httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    served.send_signal(signal.SIGTERM)
    assert served.wait(timeout=20) in {0, -signal.SIGTERM}
    assert desk.run("run", "--once").code == 0


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        desk.settings(f"{WITHOUT_CHANNELS}[web]\nport = {port}\n")
        done = desk.run("serve")
    assert done.code in {1, 2, 3}
    assert str(port) in done.err
    assert "Traceback" not in done.err
