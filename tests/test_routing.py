"""Routing: who must act, and in which queue a report stands."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from hub.pipeline.routing import route
from hub.regions import load_region
from normalizer.complaint import Place
from normalizer.region import Region, Rule
from normalizer.taxonomy import CATEGORIES

CIDENG = Place(result="found", level="point", kelurahan="31.71.01.1002", kecamatan="31.71.01", lat=-6.17, lon=106.81)
GAMBIR = Place(result="found", level="kecamatan", kecamatan="31.71.01")
NOWHERE = Place()
SOUTH = Place(result="found", level="kota")
OUTSIDE = Place(result="outside", level="point", lat=-6.4, lon=106.8)


@cache
def jakarta() -> Region:
    return load_region("jakarta")


def units(category: str, place: Place, region: Region | None = None) -> dict[str, str]:
    shares = route(region or jakarta(), category=category, place=place, handling="open").units
    return {share.unit: share.role for share in shares}


def test_placeholders_are_filled_with_the_offices_of_the_place() -> None:
    assert units("saluran-air", CIDENG) == {"31.71.01.1002": "lead", "dinas-sda": "supporting"}


def test_a_placeholder_without_its_place_gives_way_to_the_fallback() -> None:
    assert units("saluran-air", GAMBIR) == {"dinas-sda": "lead"}


def test_the_fallback_may_be_an_office_of_the_place_too() -> None:
    assert units("fasilitas-umum", GAMBIR) == {"31.71.01": "lead"}


def test_without_any_place_the_triage_desk_leads_what_an_office_would() -> None:
    assert units("fasilitas-umum", NOWHERE) == {"triase": "lead"}


def test_supporting_units_without_their_place_are_left_out() -> None:
    assert units("banjir", NOWHERE) == {"dinas-sda": "lead", "bpbd": "supporting"}


@pytest.mark.parametrize("place", [CIDENG, GAMBIR, NOWHERE, OUTSIDE])
def test_a_sealed_report_is_known_to_the_integrity_unit_only(place: Place) -> None:
    way = route(jakarta(), category="jalan-rusak", place=place, handling="sealed")
    assert ([(share.unit, share.role) for share in way.units], way.queue) == ([("integritas", "lead")], "integritas")
    assert way.rule == "sealed"


def test_outside_goes_to_its_own_desk() -> None:
    way = route(jakarta(), category="banjir", place=OUTSIDE, handling="open")
    assert ([share.unit for share in way.units], way.queue, way.rule) == (["luar-wilayah"], "luar-wilayah", "outside")


@pytest.mark.parametrize(
    ("category", "place", "queue"),
    [
        ("banjir", CIDENG, "31.71.01"),
        ("banjir", GAMBIR, "31.71.01"),
        ("kependudukan", CIDENG, "31.71.01"),
        ("banjir", NOWHERE, "triase"),
        ("banjir", SOUTH, "triase"),
        ("kependudukan", NOWHERE, "dukcapil"),
        ("kependudukan", SOUTH, "dukcapil"),
        ("transportasi-umum", NOWHERE, "dinas-perhubungan"),
        ("transportasi-umum", SOUTH, "triase"),
    ],
)
def test_the_queue(category: str, place: Place, queue: str) -> None:
    assert route(jakarta(), category=category, place=place, handling="open").queue == queue


def test_the_rule_is_named_for_the_history() -> None:
    assert route(jakarta(), category="trotoar", place=CIDENG, handling="open").rule == "jalan"


def test_the_first_rule_of_category_and_area_wins() -> None:
    rules = (
        Rule("only-there", ("banjir",), areas=("31.71.02",), lead="bpbd"),
        Rule("only-here", ("banjir",), areas=("31.71.01",), lead="pln"),
        Rule("all", (), lead="dinas-sda"),
    )
    region = replace(jakarta(), routing=rules)
    assert units("banjir", CIDENG, region) == {"pln": "lead"}
    assert units("banjir", NOWHERE, region) == {"dinas-sda": "lead"}


def test_an_area_code_is_no_mere_beginning_of_letters() -> None:
    rules = (Rule("other", (), areas=("31.71.0",), lead="pln"), Rule("all", (), lead="bpbd"))
    assert units("banjir", CIDENG, replace(jakarta(), routing=rules)) == {"bpbd": "lead"}


def test_a_unit_has_one_part_only() -> None:
    rules = (Rule("all", (), lead="pln", supporting=("pln", "bpbd", "bpbd")),)
    assert units("banjir", CIDENG, replace(jakarta(), routing=rules)) == {"pln": "lead", "bpbd": "supporting"}


@pytest.mark.parametrize("name", ["jakarta", "karo"])
@pytest.mark.parametrize("place", [CIDENG, GAMBIR, NOWHERE, OUTSIDE])
def test_every_category_has_a_lead_that_exists(name: str, place: Place) -> None:
    region = load_region(name)
    offices = {unit.code for unit in region.units} | {"31.71.01.1002", "31.71.01", "31.71"}
    for category in CATEGORIES:
        way = route(region, category=category.code, place=place, handling=category.handling)
        assert {share.unit for share in way.units} | {way.queue} <= offices
        assert [share.role for share in way.units].count("lead") == 1


def test_an_unknown_category_is_the_other_one() -> None:
    assert route(jakarta(), category="ufo", place=CIDENG, handling="open").rule == "lainnya"
