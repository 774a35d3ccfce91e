"""Region packs: what comes with the hub is whole, and a mistake in a pack is named by file and place."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from hub.pipeline.routing import route
from hub.regions import RegionError, bundled, load_region
from normalizer.number import find_numbers, make_number
from normalizer.region import Area
from normalizer.taxonomy import CATEGORIES
from tests.cli_fixtures import Desk, row
from tests.places_fixtures import complaint, placer
from tests.region_fixtures import made_up_city

PACKS = ["jakarta", "karo"]
Spoil = Callable[[str, str, str], None]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    with resources.as_file(resources.files("normalizer") / "data" / "regions" / "karo") as folder:
        return Path(shutil.copytree(folder, tmp_path / "pack"))


@pytest.fixture
def spoil(pack: Path) -> Spoil:
    def replace(name: str, old: str, new: str) -> None:
        text = (pack / name).read_text()
        assert old in text
        (pack / name).write_text(text.replace(old, new, 1))

    return replace


def test_two_packs_come_with_the_hub() -> None:
    assert bundled() == PACKS


def test_jakarta_is_whole() -> None:
    region = load_region("jakarta")
    assert (region.letters, region.zone, len(region.areas)) == ("JKT", "Asia/Jakarta", 267)
    assert len({area.kecamatan for area in region.areas}) == 44
    assert all(len(area.postal_code) == 5 for area in region.areas)
    assert region.spots
    assert region.streets


# ------------------------------------------------------------------------------------------------- nothing is Jakarta's


def test_karo_has_desa_and_nothing_of_jakarta() -> None:
    region = load_region("karo")
    offices = {unit.code: unit for unit in region.units}
    assert (region.letters, len(region.areas)) == ("KRO", 269)
    assert offices["12.06.01.1009"].name == "Kelurahan Padang Mas"
    assert sum(unit.name.startswith("Desa ") for unit in region.units) == 259
    assert not any(code.startswith("31") for code in offices)


def test_karo_is_whole() -> None:
    region = load_region("karo")
    assert len({area.kecamatan for area in region.areas}) == 17
    assert {area.kota for area in region.areas} == {"12.06"}
    assert all(len(area.postal_code) == 5 for area in region.areas)
    assert not {name.lower() for name in region.outside_names} & {area.name.lower() for area in region.areas}


def test_every_desa_of_karo_is_read_from_a_text_that_names_it() -> None:
    found = Counter(_read(area, f"jalan rusak di desa {area.name} kec. {area.kecamatan_name}") for area in _karo())
    assert found["wrong"] == 0
    assert found["right"] >= 268


def test_a_desa_that_bears_the_name_of_others_is_not_guessed() -> None:
    names = Counter(area.name.replace(" ", "").lower() for area in _karo())
    shared = [area for area in _karo() if names[area.name.replace(" ", "").lower()] > 1]
    assert len(shared) > 20
    assert {_read(area, f"longsor di desa {area.name}") for area in shared} <= {"undecided", "right"}


def _karo() -> tuple[Area, ...]:
    return load_region("karo").areas


def _read(area: Area, text: str) -> str:
    found = placer("karo").place(complaint(text))
    if found.kelurahan == area.code:
        return "right"
    return "wrong" if found.kelurahan or found.result == "outside" else "undecided"


@pytest.mark.parametrize(
    ("text", "kecamatan"),
    [
        ("jalan berlubang di Brastagi", "12.06.02"),
        ("macet kec. Mardinding", "12.06.10"),
        ("sampah menumpuk, 22165", ""),
        ("sampah menumpuk, kode pos 22165", "12.06.10"),
        ("banjir di Sibolangit", ""),
        ("warga bernama Surbakti mengeluh", ""),
    ],
)
def test_karo_is_spoken_of_as_people_do(text: str, kecamatan: str) -> None:
    assert placer("karo").place(complaint(text)).kecamatan == kecamatan


@pytest.mark.parametrize("text", ["banjir di Medan", "longsor Sidikalang", "sampah di kec. Kutalimbaru"])
def test_karos_neighbours_are_outside(text: str) -> None:
    assert placer("karo").place(complaint(text)).result == "outside"


def test_a_report_of_karo_goes_to_its_own_desa_and_bears_its_letters() -> None:
    region = load_region("karo")
    desa = next(area for area in region.areas if area.name == "Dokan")
    found = placer("karo").place(complaint("parit mampet di desa Dokan kec. Merek"))
    way = route(region, category="saluran-air", place=found, handling="open")
    offices = {unit.code: unit.name for unit in region.units}
    assert [(offices[share.unit], share.role) for share in way.units] == [
        ("Desa Dokan", "lead"),
        ("Dinas Pekerjaan Umum dan Penataan Ruang", "supporting"),
    ]
    assert (found.kelurahan, way.queue) == (desa.code, desa.kecamatan)
    number = make_number(7, region.letters)
    assert number.startswith("KRO-")
    assert find_numbers(f"lihat {number}", region.letters) == (number,)
    assert find_numbers(f"lihat {number}", "JKT") == ()


def test_a_pack_made_by_the_page_loads_places_routes_and_numbers(tmp_path: Path) -> None:
    made_up_city(tmp_path / "regions" / "contoh")
    desk = Desk(tmp_path)
    desk.settings('[hub]\nregion = "regions/contoh"\n[[channel]]\nkind = "posko"\n')
    said = [
        row(1, "Jalan berlubang besar", lat=-0.012, lon=124.033),
        row(2, "Sampah menumpuk di desa Kuala Contoh kec. Melati Raya"),
        row(3, "Lampu jalan mati di Kota Tetangga"),
        row(4, "Pohon tumbang", lat=0.5, lon=124.5),
    ]
    desk.write("day.jsonl", said)
    assert desk.run("import", "day.jsonl").code == 0
    reports = desk.run("export", "reports").rows
    assert all(report["number"].startswith("KCT-") for report in reports)
    assert [report["queue"] for report in reports] == ["99.71.02", "99.71.02", "luar-wilayah", "luar-wilayah"]
    assert [share["unit"] for share in reports[0]["units"]] == ["dinas-pu", "99.71.02.2002"]
    assert [share["unit"] for share in reports[1]["units"]] == ["99.71.02.2002"]


def test_the_made_up_city_knows_its_desa_and_kelurahan(tmp_path: Path) -> None:
    region = load_region(str(made_up_city(tmp_path / "contoh")))
    offices = [unit.name for unit in region.units if unit.kind == "kelurahan"]
    assert offices == ["Kelurahan Mawar Utara", "Kelurahan Pasar", "Kelurahan Melati", "Desa Kuala Contoh"]


# ----------------------------------------------------------------------------------------------------- every pack


@pytest.mark.parametrize("name", PACKS)
def test_every_area_is_an_office_under_its_kecamatan_and_kota(name: str) -> None:
    region = load_region(name)
    offices = {unit.code: unit for unit in region.units}
    for area in region.areas:
        kelurahan, kecamatan, kota = offices[area.code], offices[area.kecamatan], offices[area.kota]
        assert (kelurahan.kind, kecamatan.kind, kota.kind) == ("kelurahan", "kecamatan", "kota")
        assert (kelurahan.parent, kecamatan.parent, kota.parent) == (area.kecamatan, area.kota, "")


def test_the_posko_of_a_kecamatan_is_open_on_saturdays() -> None:
    offices = {unit.code: unit for unit in load_region("jakarta").units}
    assert 5 in offices["31.71.01"].open_days
    assert 5 not in offices["31.71.01.1002"].open_days


@pytest.mark.parametrize("name", PACKS)
def test_sealed_categories_belong_to_the_integrity_unit_alone(name: str) -> None:
    region = load_region(name)
    sealed = {category.code for category in CATEGORIES if category.handling == "sealed"}
    rules = [rule for rule in region.routing if sealed & set(rule.categories)]
    assert [(rule.lead, rule.supporting, rule.fallback) for rule in rules] == [(region.integrity_unit, (), "")]


@pytest.mark.parametrize("name", PACKS)
def test_loading_is_quick(name: str) -> None:
    started = time.process_time()
    load_region(name)
    assert time.process_time() - started < 1


def test_the_version_follows_the_files(pack: Path, spoil: Spoil) -> None:
    before = load_region(str(pack)).version
    assert before == load_region("karo").version
    spoil("units.toml", "Dinas Sosial", "Dinas Sosial Karo")
    assert load_region(str(pack)).version != before


def test_a_pack_may_bring_places_of_its_own(pack: Path) -> None:
    (pack / "gazetteer.csv").write_text("name,kind,lat,lon,kelurahan\nPasar Contoh,market,3.1,98.49,12.06.01.1009\n")
    assert [spot.name for spot in load_region(str(pack)).spots] == ["Pasar Contoh"]


def test_an_unknown_pack_names_the_known_ones() -> None:
    with pytest.raises(RegionError, match="jakarta, karo"):
        load_region("atlantis")


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        (("region.toml", 'letters = "KRO"', "letters = 7"), "region.toml, letters"),
        (("region.toml", 'letters = "KRO"', 'leters = "KRO"'), "region.toml: unknown member 'leters'"),
        (("region.toml", 'zone = "Asia/Jakarta"', "zone = Asia/Jakarta"), r"region.toml: .*line 4"),
        (("region.toml", 'triage_unit = "triase"', 'triage_unit = "meja"'), "triage_unit 'meja' is not in units.toml"),
        (("areas.csv", "98.487827", "east"), "areas.csv, line 2: lon"),
        (("areas.csv", ",98.487827", ""), "areas.csv, line 2: not as many columns"),
        (("areas.csv", "12.06.01.1009", "12.06.01.9999"), "areas.csv, line 2: boundaries.geojson has no shape"),
        (("boundaries.geojson", '"type":"Polygon"', '"type":"Point"'), "boundaries.geojson, feature 1: a Point"),
        (("boundaries.geojson", '"features"', '"fitur"'), "not a GeoJSON FeatureCollection"),
        (("units.toml", 'code = "bpbd"', 'code = "bpbd"\nparent = "nobody"'), "unit 'bpbd': unknown parent 'nobody'"),
        (("units.toml", 'kind = "police"', 'kind = "sheriff"'), "units.toml, unit 'polisi': kind"),
        (("units.toml", 'code = "bpbd"', 'code = "pln"'), "unit 'pln' stands there twice"),
        (("routing.toml", '"banjir"', '"bandjir"'), "rule 'pekerjaan-umum': unknown category 'bandjir'"),
        (("routing.toml", '"dinas-lh"', '"dinas-xx"'), "rule 'lingkungan': unknown unit 'dinas-xx'"),
        (("routing.toml", '"{kelurahan}"', '"{desa}"'), "unknown unit '{desa}'"),
        (("routing.toml", 'lead = "integritas"', 'lead = "polisi"'), "rule 'pungli': 'pungli' is sealed"),
        (
            ("routing.toml", '"perizinan"]', '"perizinan"]\nareas = ["31.71"]'),
            "rule 'perizinan': no area lies in '31.71'",
        ),
        (("routing.toml", '["perizinan"]', '["pertanian"]'), "no rule without areas for category 'perizinan'"),
    ],
)
def test_a_mistake_is_named_by_file_and_place(
    pack: Path, spoil: Spoil, mistake: tuple[str, str, str], told: str
) -> None:
    spoil(*mistake)
    with pytest.raises(RegionError, match=told):
        load_region(str(pack))


def test_a_missing_file_is_named(pack: Path) -> None:
    (pack / "routing.toml").unlink()
    with pytest.raises(RegionError, match=r"routing\.toml is missing"):
        load_region(str(pack))


def test_a_place_in_no_area_is_named_by_its_line(pack: Path) -> None:
    (pack / "streets.csv").write_text("name,kelurahan,lat,lon\nJalan A,12.06.01.1009,3,98\nJalan B,31.71,3,98\n")
    with pytest.raises(RegionError, match=r"streets\.csv, line 3: no area has the code"):
        load_region(str(pack))


def test_a_file_in_another_encoding_is_named(pack: Path) -> None:
    (pack / "variants.csv").write_bytes(b"code,variant\n12.06.01.1009,Pad\xe9ng\n")
    with pytest.raises(RegionError, match=r"variants\.csv: byte \d+ is not UTF-8"):
        load_region(str(pack))
