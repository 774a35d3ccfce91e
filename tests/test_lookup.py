"""What a desk finds: the reports that words may mean, and the report behind any number, within what one may see."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from hub.clock import ManualClock
from hub.pipeline.lookup import Lookup
from hub.pipeline.nudging import NoNudge, Nudger, nudges_of
from hub.pipeline.prepare import Understander
from hub.store.receipts import reserve
from hub.store.store import Store
from hub.store.views_sight import Sight
from normalizer.number import make_number
from normalizer.region import Region
from normalizer.understand import Normalizer
from tests.store_fixtures import HERE, NOW, Mouth, Works, near, officials, said

pytestmark = pytest.mark.anyio
ALL = Sight("admin", "")
SEALED = Sight("integritas", "")
WHO = "petugas-contoh"
BRIBE = "petugas minta uang pungli untuk urus surat"


@pytest.fixture
def works(store: Store, region: Region, normalizer: Normalizer) -> Works:
    return Works(store, region, normalizer, {"mouth": Mouth(), "qlue": Mouth("qlue"), "crop": officials()})


@pytest.fixture
def lookup(store: Store, normalizer: Normalizer) -> Lookup:
    return Lookup(store, Understander(lambda: normalizer), ("mouth", "qlue"))


async def numbers(lookup: Lookup, number: str, sight: Sight = ALL) -> list[str]:
    return [one.report.number for one in (await lookup.find(number, sight)).standings]


# ------------------------------------------------------------------------------------------------------------ matching


async def test_what_a_complaint_would_join_comes_first(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"), said("b", here=near(900)))
    first, second = await works.rows("reports", "id")
    matches = await lookup.match("banjir setinggi lutut", ALL, lat=near(8)[0], lon=HERE[1])
    assert [match.report.number for match in matches.found][:1] == [first.number]
    assert matches.found[0].how == "join"
    assert {match.report.number for match in matches.found} <= {first.number, second.number}
    await works.hear("mouth", said("c", here=near(8)))
    assert (await works.report(id=first.id)).complaint_count == 2


async def test_the_same_kind_in_the_same_kelurahan_is_offered_without_a_spot(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"))
    report = await works.report()
    matches = await lookup.match("banjir", ALL, kelurahan=report.kelurahan)
    assert [(match.report.number, match.how) for match in matches.found] == [(report.number, "near")]


@pytest.mark.parametrize("text", ["", "lampu jalan mati", BRIBE])
async def test_other_words_match_nothing(works: Works, lookup: Lookup, text: str) -> None:
    await works.hear("mouth", said("a"))
    assert (await lookup.match(text, ALL, lat=HERE[0], lon=HERE[1])).found == ()


async def test_words_that_say_no_kind_are_offered_what_happens_right_there(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"))
    assert len((await lookup.match("sudah begini dari tadi", ALL, lat=HERE[0], lon=HERE[1])).found) == 1
    assert (await lookup.match("sudah begini dari tadi", ALL, lat=near(900)[0], lon=HERE[1])).found == ()


async def test_closed_sealed_and_foreign_reports_do_not_match(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"), said("b", BRIBE, here=near(3000)))
    flood, bribe = await works.rows("reports", "id")
    here = {"lat": HERE[0], "lon": HERE[1]}
    words = "banjir setinggi lutut"
    assert len((await lookup.match(words, ALL, **here)).found) == 1
    for sight in (SEALED, Sight("petugas", "31.75.01")):
        assert (await lookup.match(words, sight, **here)).found == ()
    for text in (words, BRIBE):
        found = (await lookup.match(text, ALL, lat=near(3000)[0], lon=HERE[1])).found
        assert bribe.number not in {match.report.number for match in found}
    await works.desk.follow_up(flood.number, flood.version, WHO, status="selesai", note="surut")
    assert (await lookup.match(words, ALL, **here)).found == ()


async def test_a_quoted_number_finds_its_report(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"))
    report = await works.report()
    matches = await lookup.match(f"menanyakan laporan {report.number}", ALL)
    assert [match.report.number for match in matches.found] == [report.number]


async def test_it_is_quick_enough_to_type_by(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", *(said(f"n{step}", here=near(step * 3)) for step in range(300)))
    await lookup.match("banjir", ALL, lat=HERE[0], lon=HERE[1])
    took = []
    for _ in range(5):
        began = time.perf_counter()
        await lookup.match("banjir setinggi lutut di depan rumah", ALL, lat=HERE[0], lon=HERE[1])
        took.append(time.perf_counter() - began)
    assert min(took) < 0.15


# ------------------------------------------------------------------------------------------------------------- numbers


async def test_the_hubs_number_is_found_also_after_merging(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"), said("b", here=near(3000)))
    first, second = await works.rows("reports", "id")
    assert await numbers(lookup, f" {second.number.lower().replace('-', ' ')} ") == [second.number]
    await works.desk.merge(first.number, second.number, first.version, WHO)
    assert await numbers(lookup, second.number) == [first.number]


async def test_a_sources_own_id_is_found(works: Works, lookup: Lookup) -> None:
    await works.hear("qlue", said("1234567"))
    report = await works.report()
    for typed in ("1234567", "#1234567", "Qlue 1234567", "1.234.567"):
        assert await numbers(lookup, typed) == [report.number], typed
    (standing,) = (await lookup.find("1234567", ALL)).standings
    assert standing.channel == "qlue"


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("sudah lapor di JAKI nomor JK2602010001", "jk 260201 0001"),
        ("laporan LAPOR! #7654321 belum ditangani", "#7654321"),
        ("sudah di qlue 998877 tidak ada kabar", "998877"),
    ],
)
async def test_a_quoted_number_of_another_system_is_found(works: Works, lookup: Lookup, words: str, typed: str) -> None:
    await works.hear("mouth", said("a", f"banjir, {words}"), said("b", here=near(3000)))
    first, _ = await works.rows("reports", "id")
    assert await numbers(lookup, typed) == [first.number]


@pytest.mark.parametrize("typed", ["", "0", "x", "JK", "JKT-00000000", "9" * 60, "' OR 1=1", "%"])
async def test_what_is_no_known_number_finds_nothing(works: Works, lookup: Lookup, typed: str) -> None:
    await works.hear("mouth", said("a"))
    assert await lookup.find(typed, ALL) == await lookup.find("tidak ada", ALL)


async def test_nobody_finds_what_is_not_theirs_to_see(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"), said("b", BRIBE, here=near(3000)))
    flood, bribe = await works.rows("reports", "id")
    assert await numbers(lookup, bribe.number) == []
    for sight in (SEALED, Sight("petugas", "31.75.01")):
        assert await numbers(lookup, flood.number, sight) == []
        assert await numbers(lookup, "a", sight) == []


async def test_a_number_on_a_receipt_that_waits_names_its_desk(store: Store, lookup: Lookup) -> None:
    values = {"letters": "JKT", "holder": "petugas-contoh a1b2c3", "now": NOW}
    (number,) = await store.write(lambda c: reserve(c, "loket", 1, **values))
    found = await lookup.find(number, ALL)
    assert (found.standings, found.held_by) == ((), "petugas-contoh a1b2c3")


async def test_it_says_how_far_the_report_has_come(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a"))
    report = await works.report()
    await works.desk.follow_up(report.number, report.version, WHO, status="proses", note="pompa datang")
    (standing,) = (await lookup.find(report.number, ALL)).standings
    assert (standing.progress.note, standing.progress.note_at) == ("pompa datang", NOW)
    assert sum(standing.progress.replies.values()) == 1


async def test_it_tells_the_desk_no_name_of_a_citizen(works: Works, lookup: Lookup) -> None:
    await works.hear("mouth", said("a", who="warga.pertama@example.org"))
    report = await works.report()
    note = "warga.pertama@example.org dan 0812 1111 2222 sudah dihubungi"
    await works.desk.follow_up(report.number, report.version, WHO, note=note)
    (standing,) = (await lookup.find(report.number, ALL)).standings
    assert "sudah dihubungi" in standing.progress.note
    assert "pertama" not in standing.progress.note
    assert "1111" not in standing.progress.note


# ------------------------------------------------------------------------------------------------------------- nudges


async def test_the_officials_are_asked_once_and_their_next_word_answers(
    works: Works, clock: ManualClock, lookup: Lookup
) -> None:
    nudger = Nudger(works.store, works.house)
    await works.hear("mouth", said("a"))
    report = await works.report()
    await works.deliver("crop")
    assert await nudger.nudge(report.number, WHO)
    (notice,) = await works.deliveries(kind="report", channel="crop", cause="nudge")
    assert b'"report.updated"' in notice.parcel
    clock.advance(timedelta(hours=1))
    assert not await nudger.nudge(report.number, "petugas-lain")
    assert len(await works.deliveries(kind="report", channel="crop", cause="nudge")) == 1
    clock.advance(timedelta(hours=1))
    asked = await works.report()
    await works.desk.follow_up(report.number, asked.version, WHO, note="pompa datang")
    (standing,) = (await lookup.find(report.number, ALL)).standings
    assert [(by, answered) for _, by, answered in standing.nudges] == [
        ("petugas-lain", clock()),
        (WHO, clock()),
    ]
    clock.advance(timedelta(hours=1))
    assert await nudger.nudge(report.number, WHO)


async def test_the_history_holds_no_words(works: Works) -> None:
    await works.hear("mouth", said("a"))
    report = await works.report()
    await Nudger(works.store, works.house).nudge(report.number, WHO)
    (line,) = await works.rows("history", "id", kind="nudged")
    assert (line.actor, line.data) == (WHO, {"told": True})


async def test_a_merged_report_hands_its_question_on(works: Works, clock: ManualClock) -> None:
    await works.hear("mouth", said("a"), said("b", here=near(3000)))
    first, second = await works.rows("reports", "id")
    await Nudger(works.store, works.house).nudge(second.number, WHO)
    await works.desk.merge(first.number, second.number, first.version, WHO)
    assert [answered for *_, answered in await works.store.read(lambda c: nudges_of(c, first.id))] == [None]
    merged = await works.report(id=first.id)
    await works.desk.follow_up(first.number, merged.version, WHO, note="pompa datang")
    assert [answered for *_, answered in await works.store.read(lambda c: nudges_of(c, first.id))] == [clock()]


async def test_a_closed_or_unknown_report_is_not_asked_about(works: Works) -> None:
    nudger = Nudger(works.store, works.house)
    await works.hear("mouth", said("a"))
    report = await works.report()
    await works.desk.follow_up(report.number, report.version, WHO, status="selesai", note="surut")
    for number in (report.number, make_number(77, "JKT"), "bukan nomor"):
        with pytest.raises(NoNudge):
            await nudger.nudge(number, WHO)
    assert await works.rows("nudges") == []
