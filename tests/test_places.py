"""Places: every input alone, together, and in contradiction."""

from __future__ import annotations

import csv
import gzip
import json
import os
import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalizer.complaint import Place
from normalizer.places import Placer
from tests.places_fixtures import DEPOK, KUNINGAN_BARAT, area, complaint, kecamatan, place, placer, region

MONAS = (-6.17541430761225, 106.82710647583)
AT_THE_BORDER = (-6.2349, 106.8244)
"""Three metres west of the border of Kuningan Barat and Kuningan Timur."""
OFF_ANCOL = (-6.119, 106.84)
"""In the bay, some 200 m from the coast."""
HARAPAN_INDAH = (-6.1861, 106.9750)
"""In Bekasi, some 200 m from the border."""


# --------------------------------------------------------------------------------------------------------- positions


@pytest.mark.parametrize("name", ["jakarta", "karo"])
def test_a_point_of_every_area_is_in_that_area(name: str) -> None:
    for known in region(name).areas:
        found = placer(name).place(complaint("", (known.lat, known.lon)))
        assert (found.result, found.level, found.kelurahan) == ("found", "point", known.code)
        assert found.kecamatan == known.kecamatan


@pytest.mark.parametrize("name", ["jakarta", "karo"])
def test_a_corner_shared_by_areas_is_in_exactly_one_of_them(name: str) -> None:
    owners: dict[tuple[float, float], set[str]] = {}
    for known in region(name).areas:
        for polygon in known.polygons:
            for lon, lat in polygon[0]:
                owners.setdefault((lat, lon), set()).add(known.code)
    shared = sorted(position for position, codes in owners.items() if len(codes) > 2)[:60]
    assert len(shared) == 60
    for position in shared:
        found = placer(name).place(complaint("", position))
        assert found.kelurahan in owners[position]
        assert found.metres_to_border == 0
        assert found.confidence < 0.6


@settings(deadline=None)  # the first example builds the placer
@given(st.floats(-5, 5), st.floats(-5, 5))
def test_a_point_far_off_is_in_no_area(north: float, east: float) -> None:
    found = place("", (1.5 + north / 10, 112 + east))
    assert (found.result, found.kelurahan, found.kecamatan) == ("outside", "", "")


@settings(deadline=None)  # the first example builds the placer
@given(st.floats(-90, 90), st.floats(-180, 180), st.text(max_size=60))
def test_any_input_gives_a_sound_place(lat: float, lon: float, text: str) -> None:
    found = place(text, (lat, lon))
    assert found.kecamatan == found.kelurahan[:8] or not found.kelurahan
    assert (found.result == "found") == (found.level != "none") or found.result == "outside"


def test_the_border_is_told_and_lowers_the_confidence() -> None:
    middle = place("", KUNINGAN_BARAT)
    assert middle.metres_to_border
    assert middle.metres_to_border > 100
    assert middle.runner_up == area("Kuningan Timur").code
    near = place("", AT_THE_BORDER)
    assert near.metres_to_border is not None
    assert near.metres_to_border < 25
    assert near.confidence < middle.confidence


def test_a_poor_accuracy_lowers_the_confidence() -> None:
    assert place("", KUNINGAN_BARAT, accuracy=400).confidence < place("", KUNINGAN_BARAT, accuracy=10).confidence


def test_at_a_blurred_border_the_citizens_word_decides() -> None:
    names = ("Kuningan Barat", "Kuningan Timur")
    for name, other in (names, names[::-1]):
        found = place(f"kel. {name}", AT_THE_BORDER)
        assert (found.kelurahan, found.runner_up, found.conflict) == (area(name).code, area(other).code, False)


def test_a_lost_sign_is_put_right() -> None:
    found = place("", (-KUNINGAN_BARAT[0], KUNINGAN_BARAT[1]))
    assert (found.kelurahan, found.lat) == (area("Kuningan Barat").code, KUNINGAN_BARAT[0])
    assert found.confidence < place("", KUNINGAN_BARAT).confidence


def test_a_swapped_pair_is_put_right() -> None:
    found = placer("jakarta").place(complaint(), photo=KUNINGAN_BARAT[::-1])
    assert (found.kelurahan, found.lat, found.lon) == (area("Kuningan Barat").code, *KUNINGAN_BARAT)


def test_only_near_a_border_the_evidence_names_the_area_across() -> None:
    across = f"border:{area('Kuningan Timur').code}"
    assert place("", AT_THE_BORDER).evidence == ("coordinates", across)
    assert place("kel. Kuningan Timur", AT_THE_BORDER).evidence[1] == f"border:{area('Kuningan Barat').code}"
    assert across not in place("", KUNINGAN_BARAT).evidence


@pytest.mark.parametrize("decimals", [2, 3])
def test_a_rounded_position_is_as_vague_as_its_decimals(decimals: int) -> None:
    rounded = (round(KUNINGAN_BARAT[0], decimals), round(KUNINGAN_BARAT[1], decimals))
    found, exact = place("", rounded), place("", KUNINGAN_BARAT)
    assert found.radius is not None
    assert found.radius > 111_000 / 10**decimals / 3
    assert found.confidence <= exact.confidence


def test_a_position_rounded_to_a_whole_district_is_the_city_not_a_place() -> None:
    assert place("", (-6.3, 106.9)) == Place()
    assert place("", (-6.5, 106.9)).result == "outside"


@pytest.mark.parametrize("pin", region("jakarta").default_pins)
def test_a_default_pin_leaves_the_place_to_the_words(pin: tuple[float, float]) -> None:
    assert place("", pin) == Place()
    found = place("kel. Kapuk kec. Cengkareng", pin)
    assert (found.level, found.kelurahan, found.conflict) == ("kelurahan", area("Kapuk").code, False)


@pytest.mark.parametrize("position", [(0.0, 0.0), (0.0, 106.8), (-6.2, 0.0), (0.00001, 0.00002), MONAS])
def test_a_pin_that_nobody_set_is_no_position(position: tuple[float, float]) -> None:
    assert place("", position) == Place()
    assert place("kel. Sunter Agung", position).level == "kelurahan"


def test_an_island_and_the_sea_around_it() -> None:
    for position in ((-5.2025, 106.4631), (-5.19, 106.4631)):
        assert place("", position).kecamatan == kecamatan("Kepulauan Seribu Utara")
    assert place("", (-6.03, 106.88)).result == "outside"


def test_just_off_the_coast_is_the_coast_but_across_a_land_border_is_not() -> None:
    assert place("", OFF_ANCOL).kelurahan == area("Ancol").code
    assert place("", HARAPAN_INDAH).result == "outside"


def test_the_photo_stands_in_for_missing_or_coarse_coordinates() -> None:
    menteng = (area("Menteng").lat, area("Menteng").lon)
    alone = placer("jakarta").place(complaint(), photo=menteng)
    assert (alone.kelurahan, alone.evidence) == (area("Menteng").code, ("exif",))
    assert (
        placer("jakarta").place(complaint("", KUNINGAN_BARAT, accuracy=900), photo=menteng).kelurahan == alone.kelurahan
    )
    fine = placer("jakarta").place(complaint("", KUNINGAN_BARAT, accuracy=10), photo=menteng)
    assert (fine.kelurahan, fine.evidence) == (area("Kuningan Barat").code, ("coordinates", "exif"))


def test_of_two_positions_the_words_choose() -> None:
    menteng = (area("Menteng").lat, area("Menteng").lon)
    found = placer("jakarta").place(complaint("kel. Menteng kec. Menteng", KUNINGAN_BARAT), photo=menteng)
    assert found.kelurahan == area("Menteng").code


def test_a_position_inside_wins_over_one_outside() -> None:
    assert placer("jakarta").place(complaint("", DEPOK), photo=KUNINGAN_BARAT).kelurahan == area("Kuningan Barat").code


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/maps/@-6.2349,106.8221,17z",
        "lihat https://maps.google.com/?q=-6.2349,106.8221 tolong",
        "https://maps.example.org/?q=-6.2349%2C106.8221",
        "https://www.google.com/maps/place/x/@-6.3,106.9,17z/data=!3d-6.2349!4d106.8221",
        "posisi -6.2349, 106.8221",
        "geo:-6.2349,106.8221?z=17",
        "https://maps.example.org/?q=-6.2349,+106.8221",
        "https://waze.example.org/ul?ll=-6.2349%2C106.8221&navigate=yes",
        "6°14'05.6\"S 106°49'19.6\"E",
        "6°14’05.6”S, 106°49’19.6”T",
        "posisi 6.2349, 106.8221",
    ],
)
def test_coordinates_in_the_text_are_a_position(text: str) -> None:
    found = place(text)
    assert (found.level, found.kelurahan, found.evidence) == ("point", area("Kuningan Barat").code, ("link",))


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/maps/@-6.2349,106.8221,12z",
        "https://www.google.com/maps/place/x/@-6.2349,106.8221,12z/data=!8m2!3d-6.1944491!4d106.8229198",
        "https://maps.app.goo.gl/contoh12345",
    ],
)
def test_a_map_seen_from_far_off_is_no_position(text: str) -> None:
    assert place(text) == Place()


def test_a_pin_beats_what_its_map_is_seen_from() -> None:
    found = place("https://www.google.com/maps/place/x/@-6.3,106.9,17z/data=!3d-6.2349!4d106.8221")
    assert (found.kelurahan, found.evidence) == (area("Kuningan Barat").code, ("link",))


# ----------------------------------------------------------------------------------------------- outside, contradiction


@pytest.mark.parametrize(
    "text",
    [
        "banjir di Depok",
        "Cipayung, Depok",
        "kel. cipayung kota depok",
        "macet di bekasi barat",
        "Jl. Contoh no 3 kel. Cipayung kec. Cipayung, Depok",
        "kelurahan Cipayung Jaya kecamatan Cipayung Kota Depok",
        "Pekayon Jaya, Bekasi Selatan",
        "kel. Kelapa Dua kec. Kelapa Dua kab. Tangerang",
        "Kel. Karang Anyar, Kec. Contoh, Kota Surabaya",
        "sampah di kunciran indah",
        "jalan rusak kel. Kemiri Muka kec. Beji Depok",
    ],
)
def test_a_text_that_names_a_neighbour_only_is_outside_with_modest_confidence(text: str) -> None:
    found = place(text)
    assert (found.result, found.level) == ("outside", "none")
    assert found.confidence <= 0.6


@pytest.mark.parametrize(
    "text",
    ["macet Jl. Raya Bogor", "tol Tangerang macet", "bus ke Depok lama", "pemudik dari Bandung", "bus jurusan Bogor"],
)
def test_roads_and_travel_are_not_outside(text: str) -> None:
    assert place(text).result != "outside"


@pytest.mark.parametrize(
    "text",
    [
        "kelurahan Dukuh Contoh gelap",
        "kel. Kebagusan kec. Kotamaju",
        "Jalan Pekayon Jaya macet",
        "kel. Dukuh, Kota Surabaya",
    ],
)
def test_what_may_well_be_elsewhere_is_not_pulled_in(text: str) -> None:
    assert place(text).kecamatan == ""


def test_a_city_mentioned_beside_a_clear_address_takes_nothing_away() -> None:
    found = place("kel. Kapuk kec. Cengkareng, warung khas Surabaya menutup saluran")
    assert found.kelurahan == area("Kapuk").code


def test_a_position_outside_is_outside_and_the_named_area_is_kept() -> None:
    plain = place("banjir", DEPOK)
    assert (plain.result, plain.kelurahan, plain.conflict) == ("outside", "", False)
    named = place("kel. Cipayung", DEPOK)
    assert (named.result, named.runner_up, named.conflict) == ("outside", area("Cipayung").code, True)
    assert named.confidence < plain.confidence


def test_words_against_coordinates_are_a_conflict_and_both_are_kept() -> None:
    found = place("banjir di kel. Kapuk kec. Cengkareng", KUNINGAN_BARAT)
    assert (found.kelurahan, found.runner_up, found.conflict) == (area("Kuningan Barat").code, area("Kapuk").code, True)
    assert found.confidence < 0.7
    assert not place("banjir di mampang prapatan", KUNINGAN_BARAT).conflict


# -------------------------------------------------------------------------------------------------------- as a whole


def test_a_placer_travels_to_another_process() -> None:
    travelled = pickle.loads(pickle.dumps(placer("karo")))  # noqa: S301 -- bytes made on this line
    sample = complaint("Desa Dokan, kec. Merek", (2.95, 98.52))
    assert travelled.place(sample) == placer("karo").place(sample)


def test_karo_reads_its_desa() -> None:
    found = placer("karo").place(complaint("longsor di desa Dokan kec. Merek"))
    assert (found.level, found.kelurahan[:8]) == ("kelurahan", "12.06.05")
    assert placer("karo").place(complaint("banjir di Medan")).result == "outside"


# ------------------------------------------------------------------------------------------- against what was measured


def shared(name: str) -> Path:
    path = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def test_real_flood_reports_are_placed_by_words_as_well_as_was_measured() -> None:
    with shared("petabencana/reports.jsonl").open() as lines:
        reports = [json.loads(line) for line in lines]
    figures = Counter[str]()
    for by_words, by_position in ((place(report["text"] or ""), place("", at(report))) for report in reports):
        if by_words.kecamatan and by_position.kecamatan:
            figures["kecamatan"] += 1
            figures["kecamatan right"] += by_words.kecamatan == by_position.kecamatan
        if by_words.kelurahan and by_position.kelurahan:
            figures["kelurahan"] += 1
            figures["kelurahan right"] += by_words.kelurahan == by_position.kelurahan
    assert figures["kecamatan"] > 125
    assert figures["kecamatan right"] / figures["kecamatan"] > 0.88
    assert figures["kelurahan right"] / figures["kelurahan"] > 0.78


def at(report: dict[str, Any]) -> tuple[float, float]:
    return report["lat"], report["lon"]


def offices() -> Iterator[tuple[str, str, tuple[float, float]]]:
    for spot in region("jakarta").spots:
        if spot.kind == "kantor_lurah":
            yield spot.name, spot.kelurahan, (spot.lat, spot.lon)


def shared_offices() -> Iterator[tuple[str, str, tuple[float, float]]]:
    with shared("geo/gazetteer.csv").open() as lines:
        for row in csv.DictReader(lines):
            if row["kind"] == "kantor_lurah":
                yield row["name"], row["kelurahan_code"], (float(row["lat"]), float(row["lon"]))


@pytest.mark.parametrize("source", [offices, shared_offices])
def test_every_office_of_a_lurah_is_inside_its_own_area(
    source: Callable[[], Iterator[tuple[str, str, tuple[float, float]]]],
) -> None:
    known = list(source())
    assert len(known) >= 250
    for name, code, position in known:
        assert (name, place("", position).kelurahan) == (name, code)


@pytest.mark.parametrize("source", [offices, shared_offices])
def test_the_offices_of_the_lurah_are_where_their_names_say(
    source: Callable[[], Iterator[tuple[str, str, tuple[float, float]]]],
) -> None:
    without = Placer(replace(region("jakarta"), spots=(), streets=()))
    found = [(without.place(complaint(name)).kelurahan, code) for name, code, _ in source()]
    assert all(said in {"", code} for said, code in found)
    assert sum(said == code for said, code in found) >= 245


def test_addresses_of_the_neighbours_are_never_pulled_in() -> None:
    with gzip.open(shared("geo/wilayah_nasional.csv.gz"), "rt", encoding="utf-8") as lines:
        names = {row["kode"]: row["nama"].strip() for row in csv.DictReader(lines)}
    around = ("32.01", "32.16", "32.71", "32.75", "32.76", "36.03", "36.71", "36.74")
    villages = [code for code in names if len(code) == 13 and code.startswith(around)]
    assert len(villages) > 1200
    for code in villages[::3]:
        kota = names[code[:5]].removeprefix("Kabupaten ").removeprefix("Kota ")
        assert place(f"sampah di kel. {names[code]} kec. {names[code[:8]]}, {kota}").kecamatan == ""


def test_hardly_any_text_of_another_city_is_placed_here() -> None:
    with shared("text/surabaya_wargaku_2022_first_half.csv").open(encoding="utf-8", newline="") as lines:
        texts = [row["keluhan"] for row in islice(csv.DictReader(lines), 1000)]
    assert sum(place(text).kecamatan != "" for text in texts) <= 20
