"""The whole normalizer in one object."""

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.lexicons import load_categories, load_words
from hub.regions import load_region
from normalizer.categories import Categorizer
from normalizer.complaint import Complaint, Reporter, Understanding
from normalizer.duplicates import Arrival, Candidate, decide
from normalizer.number import make_number
from normalizer.understand import RULES, Normalizer

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return Normalizer(load_region("jakarta"), Categorizer(load_categories(), load_words()))


def said(text: str, **more: Any) -> Complaint:
    return Complaint(native_id="a1", created_at=NOON, text=text, **more)


def stands(understood: Understanding, report: int) -> Candidate:
    return Candidate(complaint=1, report=report, at=NOON - timedelta(minutes=30), facts=understood.facts)


def test_a_complaint_is_understood_whole(normalizer: Normalizer) -> None:
    understood = normalizer.understand(said("Banjir sepinggang RT 03/05, warga terjebak", lat=-6.2, lon=106.83))
    assert understood.category == "banjir"
    assert understood.urgency == "darurat"
    assert understood.handling == "open"
    assert understood.place.result == "found"
    assert understood.facts["c"] == "banjir"
    assert understood.facts["k"] == understood.place.kelurahan
    assert set(understood.keys) & set(understood.probes)
    assert understood.rules == RULES
    assert understood.gazetteer == load_region("jakarta").version != ""


def test_personal_data_stays_out_of_text_and_facts(normalizer: Normalizer) -> None:
    who = Reporter(handle="warga.contoh@example.org", name="Warga Contohwati")
    text = "Lampu jalan mati. Hubungi 0812-0000-0000 atau warga.contoh@example.org, salam Contohwati"
    understood = normalizer.understand(said(text, reporter=who))
    shown = understood.model_dump_json()
    for secret in ("0812-0000-0000", "warga.contoh", "Contohwati"):
        assert secret not in shown
    assert "Lampu jalan mati" in understood.text


def test_the_title_counts_too(normalizer: Normalizer) -> None:
    assert normalizer.understand(said("di depan pasar", title="Lampu jalan padam")).category == "lampu-jalan"


def test_quoted_numbers_are_found(normalizer: Normalizer) -> None:
    number = make_number(7, "JKT")
    understood = normalizer.understand(said(f"Melanjutkan laporan {number} dan JK2301010001"))
    assert understood.quoted == (f"hub:{number}", "jaki:JK2301010001")
    assert understood.facts["q"] == list(understood.quoted)


def test_where_the_picture_was_taken_counts(normalizer: Normalizer) -> None:
    blind = normalizer.understand(said("Jalan berlubang"))
    seeing = normalizer.understand(said("Jalan berlubang"), photo=(-6.2, 106.83))
    assert blind.place.kelurahan == ""
    assert seeing.place.kelurahan.startswith("31.7")


def test_the_same_flood_told_twice_is_found_and_joined(normalizer: Normalizer) -> None:
    first = normalizer.understand(said("Banjir selutut di gang 3", lat=-6.2000, lon=106.8300))
    again = normalizer.understand(said("banjir lagi gg 3, tolong pompa", lat=-6.2004, lon=106.8301))
    assert set(first.keys) & set(again.probes)
    assert decide(Arrival(NOON, again.facts), [stands(first, 5)]).report == 5


def test_an_accusation_is_sealed_and_kept_out_of_the_grid(normalizer: Normalizer) -> None:
    understood = normalizer.understand(said("Petugas loket minta uang pungli untuk KTP", lat=-6.2, lon=106.83))
    assert understood.handling == "sealed"
    assert understood.keys == ()
    assert understood.probes == ()


def test_the_same_complaint_is_understood_the_same_in_another_process(normalizer: Normalizer) -> None:
    complaint = said("Sampah menumpuk di RT 01/02", lat=-6.2, lon=106.83, reporter=Reporter(handle="a@example.org"))
    there = pickle.loads(pickle.dumps(normalizer))  # noqa: S301 - our own bytes
    assert there.understand(complaint) == normalizer.understand(complaint)


def test_salt_changes_what_stands_for_the_reporter() -> None:
    categorizer = Categorizer(load_categories(), load_words())
    complaint = said("Sampah", reporter=Reporter(handle="a@example.org"))
    facts = [
        Normalizer(load_region("karo"), categorizer, salt=salt).understand(complaint).facts for salt in (b"", b"s")
    ]
    assert facts[0]["r"] != facts[1]["r"]


def test_nothing_said_is_understood_as_little(normalizer: Normalizer) -> None:
    understood = normalizer.understand(said(""))
    assert understood.place.result == "unplaced"
    assert understood.keys == ()
    assert understood.category == "lainnya"
