"""Places in words: areas, streets and landmarks by name, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from normalizer.places import Placer
from normalizer.region import Spot, Street
from tests.places_fixtures import DEPOK, KUNINGAN_BARAT, area, complaint, kecamatan, place, region


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kantor Lurah Rawa Barat", "Rawa Barat"),
        ("kelurahan Kalibata kec. Pancoran", "Kalibata"),
        ("macet Pancoran Kalibata", "Kalibata"),
        ("jatipadang banjir", "Jati Padang"),
        ("kel. jati padang", "Jati Padang"),
        ("kel.jatipdang", "Jati Padang"),
        ("Kel. Pd. Klp.", "Pondok Kelapa"),
        ("Kel Tj. Duren Sel.", "Tanjung Duren Selatan"),
        ("di pulau gadung, kel pulau gadung", "Pulo Gadung"),
        ("kel. Jatinegara", "Jatinegara"),
        ("Guntur, Setiabudi", "Guntur"),
        ("kel baru kec pasar rebo", "Baru"),
        ("kedaung kaliangke banjir", "Kedaung Kali Angke"),
        ("Srengseng Sawah gelap", "Srengseng Sawah"),
        ("kode pos 10310", "Menteng"),
    ],
)
def test_a_kelurahan_is_read(text: str, name: str) -> None:
    found = place(text)
    assert (found.kelurahan, found.kecamatan) == (area(name).code, area(name).kecamatan)
    assert found.level == "street" or found.lat is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jl. Cilangkap Raya gelap", "Cilangkap"),
        ("Jalan Rorotan 5 rusak", "Rorotan"),
        ("kel. rawa terat", "Rawa Terate"),
        ("banjir di tegal paranng", "Tegal Parang"),
        ("Kel. Kpauk Muara", "Kapuk Muara"),
    ],
)
def test_a_street_called_after_a_kelurahan_and_a_slip_of_the_finger_are_read(text: str, name: str) -> None:
    assert place(text).kecamatan == area(name).kecamatan


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("keluar tol Cempaka Putih", "Cempaka Putih"),
        ("lampu merah Condet padam", "Kramatjati"),
        ("Pantai Indah Kapuk banjir", "Penjaringan"),
        ("blok m macet", "Kebayoran Baru"),
        ("banjir di Jatinegara", "Jatinegara"),
        ("Tebet", "Tebet"),
        ("kec. tebet", "Tebet"),
        ("kel. tebet", "Tebet"),
        ("banjir sunter", "Tanjung Priok"),
        ("Menteng macet", "Menteng"),
        ("kali deres, jakbar", "Kalideres"),
        ("Jakarta Barat 11610", "Kembangan"),
    ],
)
def test_a_kecamatan_is_read_and_has_no_point(text: str, name: str) -> None:
    found = place(text)
    assert (found.level, found.kelurahan, found.kecamatan) == ("kecamatan", "", kecamatan(name))
    assert (found.lat, found.lon) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Baru",
        "ada jalan baru rusak",
        "di tengah jalan ada lubang",
        "jembatan rusak",
        "Jln SMPN 12",
        "Pak Menteng belum datang",
        "bayar 10310 rupiah",
        "bus arah Tebet",
        "macet di tol Cawang-Tomang",
        "kali Cakung meluap",
        "warga Perumahan Contoh Villa Kapuk Mas mengeluh",
        "Jl. Pasar Minggu 12",
        "pintu air macet",
        "buku Gunung, Kartini dan Bangka",
    ],
)
def test_ordinary_words_are_no_place(text: str) -> None:
    found = place(text)
    assert (found.result, found.kelurahan, found.kecamatan) == ("unplaced", "", "")


def test_a_bare_name_that_several_areas_bear_stays_open() -> None:
    found = place("Cipinang banjir")
    assert (found.kelurahan, found.kecamatan, found.runner_up) == ("", "", area("Cipinang").code)


def test_two_names_in_contradiction_are_not_picked_from() -> None:
    found = place("kel. Kapuk atau kel. Kebagusan")
    assert (found.result, found.kelurahan, found.runner_up != "") == ("unplaced", "", True)


@pytest.mark.parametrize("text", ["kel. Kapuk kec. Pancoran", "Kapuk, Pancoran", "Jln Pramuka macet"])
def test_hints_that_disagree_are_no_answer(text: str) -> None:
    assert place(text).kecamatan == ""


def test_hints_that_agree_are_surer_than_one() -> None:
    alone, both = place("banjir di Klender"), place("banjir di Klender, Duren Sawit")
    assert (alone.kelurahan, both.kelurahan) == (area("Klender").code,) * 2
    assert both.confidence > alone.confidence


def test_the_channels_kelurahan_is_evidence_by_name_or_code() -> None:
    for reported in ("KELURAHAN JATI PADANG", "jatipadang", area("Jati Padang").code):
        found = place("banjir", kelurahan_reported=reported)
        assert found.kelurahan == area("Jati Padang").code
        assert found.evidence == (f"reported:{found.kelurahan}",)
    assert place("kel. Menteng kec. Menteng", kelurahan_reported="Kapuk").kelurahan == area("Menteng").code


def test_a_city_in_short_is_a_kota() -> None:
    found = place("lampu mati di jaksel")
    assert (found.level, found.kecamatan) == ("kota", "")


def test_rt_rw_and_street_are_kept_whatever_the_position() -> None:
    for position in (None, KUNINGAN_BARAT, DEPOK):
        found = place("Jl. Contoh Raya rt 03/05", position)
        assert (found.street, found.rt, found.rw) == ("contoh raya", (3,), (5,))


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("Jln Pramuka macet", "pramuka"),
        ("jalan rusak parah", ""),
        ("banjir di jl mampang XVI no 3", "mampang 16"),
        ("Jln SMPN 12", ""),
        ("di Jalan Gatot Subroto arah Cawang", "gatot subroto"),
        ("gg. Kelinci rt05", "kelinci"),
    ],
)
def test_the_street_named(text: str, street: str) -> None:
    assert place(text).street == street


# ------------------------------------------------------------------------------------------- streets and spots, made up


@cache
def made_up(**members: Any) -> Placer:
    home, other = area("Cideng"), area("Kapuk")
    points = {"lat": home.lat, "lon": home.lon}
    known = {
        "streets": (
            Street("Jalan Contoh Panjang", home.code, **points),
            Street("Jalan Kembar Dua", home.code, **points),
            Street("Jalan Kembar Dua", other.code, other.lat, other.lon),
        ),
        "spots": (
            Spot("Pasar Contoh Satu", "market", kelurahan=home.code, **points),
            Spot("Anggrek", "bus_stop", kelurahan=home.code, **points),
        ),
    }
    return Placer(replace(region("jakarta"), **{**known, **members}))


@pytest.mark.parametrize(
    "text", ["Jl. Contoh Panjang no 3", "JLN CONTOH PANJANG", "dekat pasar contoh satu", "halte anggrek"]
)
def test_a_known_street_or_spot_gives_its_point(text: str) -> None:
    found, home = made_up().place(complaint(text)), area("Cideng")
    assert (found.level, found.kelurahan, found.lat, found.lon) == ("street", home.code, home.lat, home.lon)
    assert found.radius is not None
    assert found.radius >= 200


def test_a_one_word_spot_needs_its_kind() -> None:
    assert made_up().place(complaint("anggrek layu")).result == "unplaced"


def test_a_street_in_two_places_needs_a_second_word() -> None:
    assert made_up().place(complaint("jl kembar dua")).kecamatan == ""
    found = made_up().place(complaint("jl kembar dua, kapuk"))
    assert (found.level, found.kelurahan, found.lat) == ("street", area("Kapuk").code, area("Kapuk").lat)


@pytest.mark.parametrize("cue", ["halte", "perempatan", "pertigaan", "simpang", "lampu merah"])
def test_a_junction_goes_by_the_name_of_its_stop(cue: str) -> None:
    assert made_up().place(complaint(f"gelap di {cue} anggrek")).kelurahan == area("Cideng").code


def test_a_spot_at_a_border_is_surer_where_it_is_called_after_the_area() -> None:
    border: dict[str, Any] = {
        "kind": "bus_stop",
        "lat": -6.2349,
        "lon": 106.8244,
        "kelurahan": area("Kuningan Barat").code,
    }
    placer = made_up(spots=(Spot("Contoh Satu", **border), Spot("Contoh Kuningan Timur", **border)))
    plain, named = (placer.place(complaint(f"di {said}")) for said in ("contoh satu", "contoh kuningan timur"))
    assert (plain.kecamatan, named.kecamatan) == ("", "")
    assert (plain.runner_up, named.runner_up) == (area("Kuningan Barat").code, area("Kuningan Timur").code)


def test_what_two_streets_names_begin_with_is_where_both_are() -> None:
    points: dict[str, Any] = {"kelurahan": area("Cideng").code, "lat": area("Cideng").lat, "lon": area("Cideng").lon}
    family = (Street("Jalan Melati Contoh Barat", **points), Street("Jalan Melati Contoh Timur", **points))
    assert made_up(streets=family).place(complaint("jl melati contoh 7")).kecamatan == area("Cideng").kecamatan
    assert made_up(streets=family[:1]).place(complaint("jl melati contoh 7")).kecamatan == ""


def test_a_one_word_street_is_not_the_longer_one_that_begins_like_it() -> None:
    cideng = area("Cideng")
    placer = made_up(streets=(Street("Jalan Batu", cideng.code, cideng.lat, cideng.lon),))
    assert placer.place(complaint("jl batu wadas banjir")).evidence == ()
    assert placer.place(complaint("jl batu, banjir")).evidence == ("street:Jalan Batu",)


def test_the_address_counts_like_the_text() -> None:
    assert made_up().place(complaint("rusak", address="Jl. Contoh Panjang 3")).level == "street"
