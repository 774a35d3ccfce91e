"""Plugins of strangers, installed beside the hub: a good one works, a broken one is shown and stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_fixtures import WITHOUT_CHANNELS, Desk, row

GOOD = '''
"""A channel that always has the same complaint."""

from hub.plugin import Complaint, Item, Page, Source, hookimpl


class Stall(Source):
    """A stall."""

    kind = "stall"

    async def pull(self, cursor):
        """Give what there is."""
        yield Page([Item("1", b"Sampah menumpuk di pasar")], {"seen": 1})

    def read(self, item):
        """Read a complaint."""
        return [Complaint(native_id=item.native_id, created_at=self.context.clock(), text=item.body.decode())]


@hookimpl
def register_channels(register):
    """Offer the kind."""
    register(Stall)
'''
BROKEN = 'raise RuntimeError("no such thing as a stall")\n'


def install(folder: Path, name: str, code: str) -> dict[str, str]:
    """Lay a distribution out in a folder, as an installer would; give the environment that finds it."""
    (folder / f"{name}_plugin.py").write_text(code, encoding="utf-8")
    info = folder / f"{name}_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-plugin\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[aduan.plugins]\n{name} = {name}_plugin\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.settings(f'{WITHOUT_CHANNELS}[[channel]]\nkind = "stall"\n[[channel]]\nkind = "posko"\n')
    desk.write("day.jsonl", [row(1, "Lampu jalan mati")])
    return desk


def test_a_strangers_plugin_is_found_and_pulled(desk: Desk) -> None:
    env = install(desk.folder, "stall", GOOD)
    assert desk.run("check", env=env).code == 0
    done = desk.run("run", "--once", "--json", env=env)
    assert done.code == 0
    assert done.json["channels"]["stall"]["complaints"] == 1
    again = desk.run("run", "--once", "--json", env=env)
    assert (again.json["channels"]["stall"]["items"], again.json["channels"]["stall"]["repeats"]) == (0, 1)


def test_a_broken_plugin_is_quarantined_with_its_reason(desk: Desk) -> None:
    env = install(desk.folder, "stall", BROKEN)
    done = desk.run("check", "--json", env=env)
    assert done.code == 2
    assert any("RuntimeError: no such thing as a stall" in line and '"stall"' in line for line in done.json["wrong"])
    stall, posko = desk.run("channels", "--json", env=env).json
    assert stall["state"] == "wrong"
    assert "quarantined: RuntimeError" in stall["reason"]
    assert posko["state"] == "new"


def test_a_broken_plugin_stops_nothing_else(desk: Desk) -> None:
    env = install(desk.folder, "stall", BROKEN)
    assert desk.run("import", "day.jsonl", env=env).code == 0
    done = desk.run("run", "--once", "--json", env=env)
    assert done.code == 1
    assert "channel stall" in done.err
    assert done.json["deliveries"]["sent"] == 1
