"""`aduan gazetteer`: names out of others' files come into the pack, are found in texts, and nothing else changes."""

from __future__ import annotations

import csv
import gzip
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import osmium
import pytest

from hub.commands.gazetteer import Order, count_kinds, find_name, guess_format, import_places
from hub.commands.screen import Misuse
from hub.regions import RegionError, load_region
from normalizer.places import Placer
from tests.cli_fixtures import Desk
from tests.places_fixtures import complaint
from tests.region_fixtures import made_up_city

NOW = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
"""The 22nd already in the city's zone."""
WEST, EAST = "99.71.01.1001", "99.71.01.1002"
Tags = Mapping[str, str]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return made_up_city(tmp_path / "pack")


@pytest.fixture
def take(pack: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Import a file with this name and content into the made-up city."""

    def import_(name: str, content: str | bytes, **more: Any) -> dict[str, Any]:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        form = more.pop("form", "") or guess_format(file)
        return import_places(Order(file, form, str(pack), pack, **more), lambda: NOW)

    return import_


def table(*rows: str, head: str = "name,lat,lon,kind") -> str:
    return "\n".join([head, *rows]) + "\n"


def spots(pack: Path) -> list[tuple[str, str, str]]:
    return [(spot.name, spot.kind, spot.kelurahan) for spot in load_region(str(pack)).spots]


def streets(pack: Path) -> list[tuple[str, str]]:
    return [(street.name, street.kelurahan) for street in load_region(str(pack)).streets]


# ------------------------------------------------------------------------------------------------------------- tables


def test_what_was_imported_is_found_in_a_text(take: Callable[..., Any], pack: Path) -> None:
    text = "lampu mati di perumahan griya melayang asri"
    assert Placer(load_region(str(pack))).place(complaint(text)).result == "unplaced"
    take("new.csv", table("Griya Melayang Asri,0.011,124.012,housing", "Jl. Percobaan Raya,0.005,124.03,street"))
    placer = Placer(load_region(str(pack)))
    found = placer.place(complaint(text))
    assert (found.level, found.kelurahan, found.lat, found.lon) == ("street", WEST, 0.011, 124.012)
    found = placer.place(complaint("banjir di jalan percobaan raya"))
    assert (found.level, found.kelurahan) == ("street", EAST)


def test_a_table_of_a_spreadsheet_is_read(take: Callable[..., Any], pack: Path) -> None:
    done = take("tabel.csv", "\ufeffNama;Lintang;Bujur\nPasar Percobaan;0,011;124,012\n", kind="market")
    assert done["added"] == {"places": 1, "streets": 0, "kinds": {"market": 1}}
    assert spots(pack) == [("Pasar Percobaan", "market", WEST)]


def test_bad_lines_are_named_and_the_rest_goes_in(take: Callable[..., Any], pack: Path) -> None:
    rows = [
        "Taman Satu Contoh,0.011,124.012,park",
        "Taman Dua Contoh,0.011,124.012",
        "Taman Tiga Contoh,north,124.012,park",
        "Taman Empat Contoh,nan,124.012,park",
        "Taman Lima Contoh,124.012,0.011,park",
        '"Taman\nEnam Contoh",0.011,124.012,park',
        "Taman T\udcffjuh Contoh,0.011,124.012,park",
    ]
    done = take("bad.csv", table(*rows).encode("utf-8", "surrogateescape"))
    assert done["bad"] == 5
    assert [problem.partition(":")[0] for problem in done["problems"]] == [f"line {at}" for at in (3, 4, 5, 6, 9)]
    assert "swapped" in done["problems"][3]
    assert [name for name, _kind, _code in spots(pack)] == ["Taman Satu Contoh", "Taman Enam Contoh"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Pasar Nun Jauh,0.5,124.5,market", "outside the region"),
        ("Mawar Utara,0.011,124.012,neighbourhood", "named like an area"),
        ("Praktek dr. Contoh Sehat,0.011,124.012,clinic", "named after a person who practises there"),
        ("Klinik Gigi drg. Contoh,0.011,124.012,clinic", "named after a person who practises there"),
        ("Pos Satpam RW 05,0.011,124.012,place", "only words that any such place bears"),
        ("Sbr. SMPN,0.011,124.012,bus_stop", "only words that any such place bears"),
        ("Gang 3,0.011,124.012,street", "only words that any such place bears"),
        ("Anggrek,0.011,124.012,park", "a single word, which could be anything"),
        (",0.011,124.012,park", "no name, or none to be said"),
    ],
)
def test_what_is_of_no_use_is_counted_and_left_out(take: Callable[..., Any], pack: Path, row: str, reason: str) -> None:
    done = take("useless.csv", table(row))
    assert (done["dropped"], done["bad"], done["added"]["places"]) == ({reason: 1}, 0, 0)
    assert not (pack / "gazetteer.csv").exists()


def test_a_name_ends_where_its_address_begins(take: Callable[..., Any], pack: Path) -> None:
    take(
        "names.csv",
        table('"Taman Percobaan, Kel. Mawar Utara",0.011,124.012,park', "(Eks) Mal Contoh,0.01,124.01,mall"),
    )
    assert [name for name, _kind, _code in spots(pack)] == ["Taman Percobaan", "Mal Contoh"]


def test_names_of_history_stay(take: Callable[..., Any], pack: Path) -> None:
    take("names.csv", table("RSUD dr. Contoh,0.011,124.012,hospital", "Jalan dr. Percobaan,0.011,124.012,street"))
    assert spots(pack) == [("RSUD dr. Contoh", "hospital", WEST)]
    assert streets(pack) == [("Jalan dr. Percobaan", WEST)]


def test_one_place_is_added_once(take: Callable[..., Any], pack: Path) -> None:
    near = table("Pasar Percobaan,0.011,124.012,market", "pasar  percobaan,0.0112,124.012,market")
    assert take("one.csv", near)["known"] == 1
    assert take("again.csv", near)["known"] == 2
    far = take("far.csv", table("Pasar Percobaan,0.018,124.012,market", "Pasar Percobaan,0.011,124.0301,market"))
    assert (far["known"], far["added"]["places"]) == (0, 2)
    assert [code for _name, _kind, code in spots(pack)] == [WEST, WEST, EAST]


def test_a_newer_edition_takes_the_place_of_its_kinds(take: Callable[..., Any], pack: Path) -> None:
    take("first.csv", table("Pasar Lama Sekali,0.011,124.012,market", "Taman Percobaan,0.011,124.012,park"))
    done = take("second.csv", table("Pasar Baru Sekali,0.011,124.012,market"), replace=True)
    assert done["replaced"] == 1
    assert [name for name, _kind, _code in spots(pack)] == ["Taman Percobaan", "Pasar Baru Sekali"]


def test_an_operators_own_columns_stay(take: Callable[..., Any], pack: Path) -> None:
    (pack / "gazetteer.csv").write_text(
        f"note,name,kind,lat,lon,kelurahan\nours,Taman Kami Sendiri,park,0.01,124.01,{WEST}\n"
    )
    take("new.csv", table("Pasar Percobaan,0.011,124.012,market"))
    with (pack / "gazetteer.csv").open() as lines:
        assert [row["note"] for row in csv.DictReader(lines)] == ["ours", ""]


def test_the_source_is_noted_with_the_citys_date(take: Callable[..., Any], pack: Path) -> None:
    take("one.csv", table("Pasar Percobaan,0.011,124.012,market"))
    take("two.csv", table("Taman Percobaan,0.011,124.012,park"))
    text = (pack / "SOURCES.md").read_text()
    assert text.count("## Imported") == 1
    assert text.endswith(
        "- 2026-11-22: one.csv (csv), 1 places, 0 streets\n- 2026-11-22: two.csv (csv), 1 places, 0 streets\n"
    )


# -------------------------------------------------------------------------------------------------------- the folder


def test_a_dry_run_changes_nothing(take: Callable[..., Any], pack: Path) -> None:
    before = sorted(pack.iterdir())
    assert take("one.csv", table("Pasar Percobaan,0.011,124.012,market"), dry=True)["added"]["places"] == 1
    assert sorted(pack.iterdir()) == before


def test_a_pack_that_would_not_be_whole_stays_as_it_was(
    take: Callable[..., Any], pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take("one.csv", table("Pasar Percobaan,0.011,124.012,market"))
    before = {file.name: file.read_bytes() for file in pack.iterdir()}

    def refuse(name: str) -> Any:
        if Path(name) != pack:
            raise RegionError("gazetteer.csv, line 3: made up")
        return load_region(name)

    monkeypatch.setattr("hub.gazetteer.pack.load_region", refuse)
    with pytest.raises(RegionError):
        take("two.csv", table("Taman Percobaan,0.011,124.012,park"))
    assert {file.name: file.read_bytes() for file in pack.iterdir()} == before
    assert [entry.name for entry in pack.parent.iterdir() if entry.is_dir()] == ["pack"]


def test_a_pack_is_not_mixed_with_another_region(pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text(table("Pasar Percobaan,3.0956,98.4878,market"))
    with pytest.raises(RegionError, match="'contoh' already, not of 'karo'"):
        import_places(Order(file, "csv", "karo", pack), lambda: NOW)


def test_what_another_import_wrote_meanwhile_is_not_lost(
    take: Callable[..., Any], pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(*_reading: Any, **_how: Any) -> Any:
        monkeypatch.undo()
        take("other.csv", table("Taman Percobaan,0.011,124.012,park"))
        return harvest(*_reading, **_how)

    from hub.gazetteer.collecting import harvest  # noqa: PLC0415 - before it is exchanged

    monkeypatch.setattr("hub.commands.gazetteer.harvest", other)
    with pytest.raises(RegionError, match="meanwhile"):
        take("one.csv", table("Pasar Percobaan,0.011,124.012,market"))
    assert [name for name, _kind, _code in spots(pack)] == ["Taman Percobaan"]


# -------------------------------------------------------------------------------------------------------------- GTFS


STOPS = """stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
B1,Pasar Percobaan 1,0.011,124.012,,
B2,Pasar Percobaan 2,0.0111,124.012,0,
B3,Sbr. Pasar Percobaan,0.0112,124.012,0,
B4,SMPN 3,0.011,124.03,0,
B5,Jln. Percobaan Raya,0.011,124.03,0,
H1,Simpang Contoh Dua,0.012,124.012,1,
G1,Simpang Contoh Dua,0.012,124.012,0,H1
E1,Pintu Keluar A,0.012,124.012,2,H1
B6,Jauh Sekali,9,9,0,
"""


def archive(path: Path, name: str, content: str) -> bytes:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(name, content)
    return path.read_bytes()


def test_stops_of_a_feed_become_places(take: Callable[..., Any], pack: Path, tmp_path: Path) -> None:
    done = take("gtfs.zip", archive(tmp_path / "made.zip", "feed/stops.txt", STOPS))
    assert spots(pack) == [
        ("Pasar Percobaan", "bus_stop", WEST),
        ("SMPN 3", "bus_stop", EAST),
        ("Simpang Contoh Dua", "halte_brt", WEST),
    ]
    assert streets(pack) == [("Jalan Percobaan Raya", EAST)]
    assert (done["known"], done["bad"]) == (2, 0)
    assert done["dropped"]["platforms and entrances of a station"] == 2
    assert done["dropped"]["outside the region"] == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("gtfs.zip", b"", "not to be told by its name"),
        ("empty.csv", b"", "no column 'name'"),
        ("other.csv", b"a,b\n1,2\n", "no column 'name'"),
        ("short.osm", b'<osm><node id="1"', "breaks off"),
        ("page.osm", b"<html></html>", "<html>"),
        ("packed.osm.gz", gzip.compress(b"<osm></osm>", mtime=0)[:-8], "damaged"),
        ("plain.osm.gz", b"<osm></osm>", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(take: Callable[..., Any], name: str, content: bytes, told: str) -> None:
    with pytest.raises(Misuse, match=told):
        take(name, content)


def test_an_archive_without_stops_is_told(take: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"no stops\.txt"):
        take("gtfs.zip", archive(tmp_path / "made.zip", "routes.txt", "route_id\n"))


# ----------------------------------------------------------------------------------------------------- OpenStreetMap


def node(number: int, lat: float, lon: float, **tags: str) -> str:
    return f'<node id="{number}" lat="{lat}" lon="{lon}">{written(tags)}</node>'


def way(number: int, refs: Sequence[int], **tags: str) -> str:
    return f'<way id="{number}">{"".join(f"<nd ref={str(ref)!r}/>" for ref in refs)}{written(tags)}</way>'


def written(tags: Tags) -> str:
    return "".join(f'<tag k="{name}" v="{value}"/>' for name, value in tags.items())


def osm(*elements: str) -> str:
    return "\n".join(('<?xml version="1.0"?>', '<osm version="0.6">', *elements, "</osm>", ""))


CORNERS = [node(1, 0.005, 124.002), node(2, 0.005, 124.019), node(3, 0.005, 124.026), node(4, 0.005, 124.039)]
ESTATE = [node(5, 0.012, 124.01), node(6, 0.012, 124.012), node(7, 0.014, 124.012), node(8, 0.014, 124.01)]
EXTRACT = osm(
    *CORNERS,
    *ESTATE,
    node(9, 0.011, 124.012, name="Masjid Al Contoh", amenity="place_of_worship"),
    node(10, 0.011, 124.03, name="Percobaan", railway="station"),
    node(11, 0.011, 124.03, name="Toko Percobaan Jaya", shop="convenience"),
    node(12, 0.011, 124.03, name="Griya Sehat Contoh;GSC Contoh", alt_name="Griya Lama Contoh", amenity="hospital"),
    way(21, [1, 2, 3], highway="residential", name="Jl. Percobaan"),
    way(22, [3, 4], highway="residential", name="Jalan Percobaan"),
    way(23, [3, 4], highway="proposed", name="Jalan Nanti Saja"),
    way(24, [1, 2], highway="tertiary", name="Contoh Raya"),
    way(25, [5, 6, 7, 8, 5], landuse="residential", name="Anggrek"),
    way(26, [77, 78], highway="residential", name="Jalan Entah Mana"),
    way(27, [1, 2], highway="residential"),
    '<relation id="31"><member type="way" ref="25" role="outer"/><tag k="name" v="Tidak Dibaca"/></relation>',
)


def test_an_extract_brings_places_and_streets(take: Callable[..., Any], pack: Path) -> None:
    done = take("city.osm", EXTRACT)
    assert sorted(spots(pack)) == [
        ("GSC Contoh", "hospital", EAST),
        ("Griya Lama Contoh", "hospital", EAST),
        ("Griya Sehat Contoh", "hospital", EAST),
        ("Masjid Al Contoh", "place_of_worship", WEST),
        ("Perumahan Anggrek", "housing", WEST),
        ("Stasiun Percobaan", "rail_station", EAST),
    ]
    assert streets(pack) == [("Jalan Percobaan", WEST), ("Jalan Percobaan", EAST), ("Jalan Contoh Raya", WEST)]
    assert done["bad"] == 0
    assert "OpenStreetMap" in (pack / "SOURCES.md").read_text()


def test_a_street_is_known_by_the_middle_of_its_longest_stretch_in_each_kelurahan(
    take: Callable[..., Any], pack: Path
) -> None:
    take("city.osm", EXTRACT)
    points = {street.kelurahan: (street.lat, street.lon) for street in load_region(str(pack)).streets[:2]}
    assert points[WEST] == pytest.approx((0.005, 124.011))
    assert points[EAST] == pytest.approx((0.005, 124.0295))


def test_a_way_that_the_extract_cuts_is_not_bridged(take: Callable[..., Any], pack: Path) -> None:
    far_apart = way(21, [1, 77, 4], highway="residential", name="Jalan Percobaan")
    take("city.osm", osm(*CORNERS, far_apart))
    assert not (pack / "streets.csv").exists()


def test_an_estate_in_two_kelurahan_is_in_both_and_one_outside_in_none(take: Callable[..., Any], pack: Path) -> None:
    corners = [node(1, 0.01, 124.015), node(2, 0.01, 124.025), node(3, 0.014, 124.025), node(4, 0.014, 124.015)]
    away = [node(5, 0.01, 124.039), node(6, 0.01, 124.05), node(7, 0.014, 124.05), node(8, 0.014, 124.039)]
    across = way(21, [1, 2, 3, 4, 1], landuse="residential", name="Griya Dua Sisi")
    beyond = way(22, [5, 6, 7, 8, 5], landuse="residential", name="Griya Tetangga Kita")
    take("city.osm", osm(*corners, *away, across, beyond))
    assert spots(pack) == [("Griya Dua Sisi", "housing", WEST), ("Griya Dua Sisi", "housing", EAST)]


def test_packed_and_binary_extracts_say_the_same(take: Callable[..., Any], pack: Path, tmp_path: Path) -> None:
    take("city.osm", EXTRACT)
    plain = spots(pack), streets(pack)
    (pack / "gazetteer.csv").unlink()
    (pack / "streets.csv").unlink()
    take("city.osm.gz", gzip.compress(EXTRACT.encode()))
    assert (spots(pack), streets(pack)) == plain
    with osmium.SimpleWriter(str(tmp_path / "made.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(tmp_path / "city.osm")):
            writer.add(thing)
    binary = (tmp_path / "made.osm.pbf").read_bytes()
    assert take("city.osm.pbf", binary, replace=True)["replaced"] == len(plain[0]) + len(plain[1])
    assert (spots(pack), streets(pack)) == plain
    with pytest.raises(Misuse, match="breaks off"):
        take("short.osm.pbf", binary[:60])


# ------------------------------------------------------------------------------------------------------- the commands


def test_a_bundled_pack_is_copied_and_the_settings_line_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.settings('[hub]\nregion = "karo"\n')
    desk.write("new.csv", table("Pasar Percobaan Satu,3.0956,98.4878,market", "Entah Apa,x,y,market"))
    ran = desk.run("gazetteer", "import", "new.csv", "--json")
    assert ran.code == 1
    assert "new.csv: line 3: latitude or longitude is no number" in ran.err
    assert ran.json["setting"] == 'region = "regions/karo"'
    assert ran.json["setting"] in ran.err
    desk.settings(f"[hub]\n{ran.json['setting']}\n")
    found = desk.run("gazetteer", "find", "pasar percobaan", "--json").json
    assert [(row["name"], row["code"]) for row in found] == [("Pasar Percobaan Satu", "12.06.01.1009")]
    assert load_region("karo").spots == ()


def test_a_name_is_looked_up_in_any_spelling(pack: Path) -> None:
    rows = [(row["kind"], row["name"]) for row in find_name(str(pack), "MELATI-")]
    assert rows == [("kelurahan", "Melati"), ("kecamatan", "Melati Raya")]
    with pytest.raises(Misuse):
        find_name(str(pack), "!?")


def test_kinds_are_counted() -> None:
    counts = {row["kind"]: row["count"] for row in count_kinds("jakarta")}
    assert (counts["kecamatan"], counts["kelurahan"]) == (44, 267)
    assert counts["street"] == len(load_region("jakarta").streets)
