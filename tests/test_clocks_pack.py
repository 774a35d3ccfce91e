"""A region pack's own terms and holidays: read over the defaults, and a mistake is named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

import pytest

from hub.clocks.keeper import Keeper
from hub.regions import RegionError, load_region
from normalizer.clocks import ClockRules, read_term
from normalizer.region import Region

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Ten in the morning in Jakarta."""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    with resources.as_file(resources.files("normalizer") / "data" / "regions" / "karo") as folder:
        return Path(shutil.copytree(folder, tmp_path / "pack"))


def clocks(pack: Path, text: str) -> Region:
    (pack / "clocks.toml").write_text(text)
    return load_region(str(pack))


def test_jakarta_writes_down_the_defaults(region: Region) -> None:
    assert region.clocks == ClockRules()
    assert region.day_changes == ()


def test_a_category_comes_before_a_unit_and_a_unit_before_its_kind(pack: Path) -> None:
    keeper = Keeper(
        clocks(
            pack,
            """
            [answer]
            agency = "5 working hours"
            [unit.bpbd]
            answer = "2 hours"
            [category.banjir]
            answer = "1 hour"
            """,
        )
    )
    found = [keeper.term("answer", unit, kind) for unit, kind in (("bpbd", "banjir"), ("bpbd", "pohon"))]
    assert [str(term) for term in found] == ["1 hours", "2 hours"]
    found = [keeper.term("answer", unit, "pohon") for unit in ("dinas-lh", "pln", "tidak-dikenal")]
    assert [str(term) for term in found] == ["5 working hours", "6 working hours", "3 working days"]
    assert keeper.term("done", "bpbd", "banjir") == read_term("7 days")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("besok = 1", "unknown member 'besok'"),
        ('[answer]\nagency = "6 jam"', "answer.agency: .*write a term like"),
        ('[answer]\nkantor = "6 hours"', "answer.kantor: not known here"),
        ('[category.awan]\nanswer = "6 hours"', "category.awan: not known here"),
        ('[unit.tidak-ada]\ndone = "6 hours"', "unit.tidak-ada: not known here"),
        ('[category.banjir]\nreply = "6 hours"', "category.banjir"),
        ("[legal]\nringan = 0", "legal.ringan: "),
        ("[legal]\nberat = 3", "legal.berat: not known here"),
        ('joint_leave = "ya"', "joint_leave: "),
        ('office_hours = ["16:00", "08:00"]', "office_hours: they end before they begin"),
        ('office_hours = ["8", "16"]', "office_hours"),
    ],
)
def test_a_mistake_is_named(pack: Path, text: str, problem: str) -> None:
    with pytest.raises(RegionError, match=rf"^clocks.toml[,:].*{problem}"):
        clocks(pack, text)


def test_holidays_of_a_region(pack: Path) -> None:
    (pack / "holidays.csv").write_text("date,name,kind,source\n2026-11-24,Libur kota,libur,keputusan contoh\n")
    assert Keeper(load_region(str(pack))).calendar.working_day_after(date(2026, 11, 23), 1) == date(2026, 11, 25)
    (pack / "holidays.csv").write_text("date,name,kind,source\n2026-11-24,Libur kota,pesta,keputusan contoh\n")
    with pytest.raises(RegionError, match=r"holidays\.csv, line 2: kind"):
        load_region(str(pack))


OFFICE = '["08:00", "16:00"]'


@pytest.mark.parametrize(
    ("days", "hours"), [("[]", OFFICE), ("[7]", OFFICE), ("[0]", '["16:00", "08:00"]'), ("[0]", '["8", "16:00"]')]
)
def test_a_unit_that_never_opens_is_a_mistake(pack: Path, days: str, hours: str) -> None:
    text = (pack / "units.toml").read_text()
    (pack / "units.toml").write_text(f"[hours.kecamatan]\nopen_days = {days}\nopen_hours = {hours}\n" + _no_hours(text))
    with pytest.raises(RegionError, match=r"open_days are numbers|open_hours are two times"):
        load_region(str(pack))


def _no_hours(text: str) -> str:
    return text[text.index("[[unit]]") :]


# --------------------------------------------------------------------------------------------------- legal terms


@pytest.mark.parametrize(("legal_class", "due"), [("ringan", "25"), ("normatif", "30")])
def test_the_day_of_receipt_does_not_count(region: Region, legal_class: str, due: str) -> None:
    assert Keeper(region).legal_due(legal_class, MONDAY) == datetime(2026, 11, int(due), 9, 0, tzinfo=UTC)
    counted = Keeper(replace(region, clocks=replace(region.clocks, receipt_day=True)))
    assert counted.legal_due("ringan", MONDAY) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_what_comes_on_a_sunday_counts_from_monday(region: Region) -> None:
    sunday = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    for counts in (True, False):
        keeper = Keeper(replace(region, clocks=replace(region.clocks, receipt_day=counts)))
        assert keeper.legal_due("ringan", sunday) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_the_version_follows_whatever_moves_a_deadline(region: Region) -> None:
    rules = replace(region.clocks, joint_leave=False)
    units = (replace(region.units[0], open_hours=("09:00", "16:00")), *region.units[1:])
    others = [replace(region, clocks=rules), replace(region, units=units), replace(region, zone="Asia/Makassar")]
    versions = {Keeper(one).version for one in (region, replace(region, title="Lain"), *others)}
    assert len(versions) == 4
