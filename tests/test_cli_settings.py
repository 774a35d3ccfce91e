"""What every command shares: settings and their mistakes, exit codes, help that teaches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from hub.cli import app
from tests.cli_fixtures import WITHOUT_CHANNELS, Desk

NEED_NO_SETTINGS = {"demo", "sandbox"}
MISTAKES = '[hub]\ndatabase = "sqlite:///aduan.db"\n[web]\nprot = 8000\n[[channel]]\nkind = "waze"\nevry = "2m"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.settings()
    return desk


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command or get_command(app)
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))
    if path and not getattr(command, "commands", {}):
        yield path, command


LEAVES = [pytest.param(path, command, id=" ".join(path)) for path, command in commands()]


@pytest.mark.parametrize(("path", "command"), LEAVES)
def test_every_command_takes_its_settings_after_its_name(path: tuple[str, ...], command: Any) -> None:
    options = {name for parameter in command.params for name in parameter.opts}
    assert NEED_NO_SETTINGS.intersection(path) or {"-c", "--config"} <= options


@pytest.mark.parametrize(("path", "command"), LEAVES)
def test_help_says_what_a_command_and_each_of_its_options_do(path: tuple[str, ...], command: Any) -> None:
    assert command.help.endswith((".", ".)")), path
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{' '.join(path)} {parameter.name}"


def test_help_names_the_exit_codes_and_every_command(desk: Desk) -> None:
    done = desk.run("--help")
    assert done.code == 0
    assert "2 usage or settings" in " ".join(done.out.split())
    assert all(path[0] in done.out for path, _ in commands())


def test_check_names_file_line_and_option_of_every_mistake(desk: Desk) -> None:
    desk.settings(MISTAKES, "bad.toml")
    done = desk.run("check", "-c", "bad.toml", "--json")
    assert done.code == 2
    assert done.out == ""
    assert 'bad.toml:4: [web] prot is unknown; did you mean "port"?' in done.err.splitlines()
    assert 'bad.toml:7: channel "waze" evry is unknown; did you mean "every"?' in done.err.splitlines()


def test_check_reads_the_options_of_channels_and_the_region(desk: Desk) -> None:
    desk.settings('[hub]\nregion = "mars"\n\n[[channel]]\nkind = "waze"\n[channel.options]\nfeed = []\n')
    done = desk.run("check", "--json")
    assert done.code == 2
    wrong = done.json["wrong"]
    assert any(line.startswith("aduan.toml:2: region 'mars'") for line in wrong)
    assert any(line.startswith('aduan.toml:7: channel "waze" option feed is unknown') for line in wrong)


def test_check_is_content_with_right_settings(desk: Desk) -> None:
    done = desk.run("check", "--json")
    assert (done.code, done.json) == (0, {"wrong": [], "unwise": []})


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["export", "nonsense"], "choose from complaints, reports, deliveries, followups"),
        (["export", "reports", "--format", "xml"], "choose from jsonl, csv, geojson"),
        (["import", "nowhere.jsonl"], "does not exist"),
        (["run"], "aduan serve"),
        (["channels", "pause", "waze"], "the settings have none"),
        (["channels", "-c", "aduan.toml", "pause", "waze"], "write it at the end"),
        (["reprocess", "--since", "yesterday"], "2026-11-21T06:00"),
        (["dead", "list", "-c", "nowhere.toml"], "nowhere.toml: cannot be read"),
        (["user", "add", "kecamatan-1", "--role", "chief", "--password-stdin"], "role"),
    ],
)
def test_misuse_is_exit_2_and_says_what_would_be_right(desk: Desk, words: list[str], says: str) -> None:
    done = desk.run(*words, stdin="a long enough pass phrase\n")
    assert (done.code, done.out) == (2, "")
    assert says in done.err


@pytest.mark.parametrize(
    ("database", "says"),
    [
        ("postgresql://hub:hush@127.0.0.1:1/aduan", "the database cannot be reached"),
        ("sqlite:///text.db", "the database file cannot be used"),
        ("sqlite:///folder.db", "the database file cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_exit_3(desk: Desk, database: str, says: str) -> None:
    desk.write("text.db", "no database\n" * 100)
    (desk.folder / "folder.db").mkdir()
    desk.settings(f'[hub]\ndatabase = "{database}"\n')
    done = desk.run("export", "reports")
    assert (done.code, done.out) == (3, "")
    assert says in done.err
    assert "hush" not in done.err
    assert "Traceback" not in done.err


def test_the_channels_are_listed_with_what_is_wrong_with_them(desk: Desk) -> None:
    desk.settings(f'{WITHOUT_CHANNELS}[[channel]]\nkind = "waze"\n[[channel]]\nkind = "posko"\n')
    done = desk.run("channels", "--json")
    assert done.code == 0
    waze, posko = done.json
    assert (waze["state"], waze["reason"]) == ("wrong", "option feeds is missing; add it")
    assert (posko["name"], posko["kind"], posko["state"]) == ("posko", "posko", "new")


def test_a_paused_channel_says_so_until_it_is_resumed(desk: Desk) -> None:
    desk.settings(f'{WITHOUT_CHANNELS}[[channel]]\nkind = "posko"\n', "hub.toml")
    states = []
    for word in ("pause", "resume"):
        assert desk.run("channels", word, "posko", "-c", "hub.toml").code == 0
        states.append(desk.run("channels", "--json", "-c", "hub.toml").json[0]["state"])
    assert states[0] == "paused"
    assert states[1] != "paused"


def test_an_account_is_added_and_a_bad_one_refused(desk: Desk) -> None:
    words = ["user", "add", "contoh", "--role", "petugas", "--area", "31.71.01", "--password-stdin"]
    assert desk.run(*words, stdin="a long enough pass phrase\n").code == 0
    short = desk.run(*words, stdin="x\n")
    assert short.code == 2
    assert (
        desk.run("user", "add", "contoh", "--role", "camat", "--area", "99", "--password-stdin", stdin="x\n").code == 2
    )
