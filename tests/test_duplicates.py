"""The same incident? Made-up cases, laws that must always hold, and hand-labelled pairs where they are at hand."""

import csv
import json
import math
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizer.blocking import MAX_KEYS, MAX_PROBES, reach
from normalizer.categories import Guess
from normalizer.complaint import Complaint, Place, Reporter
from normalizer.duplicates import Arrival, Candidate, Decision, decide, facts, keys, probes, weigh, window
from normalizer.evidence import metres
from normalizer.facts import MAX_WORDS
from normalizer.taxonomy import CATEGORIES, category
from normalizer.text import find_rt_rw
from normalizer.weights import JOIN, PERHAPS

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
HERE = (-6.2, 106.8)
KELURAHAN = "31.71.01.1002"
METRE = 1 / 111_320


def north(count: float) -> tuple[float, float]:
    """A point so many metres north of HERE."""
    return HERE[0] + count * METRE, HERE[1]


def guessed(kind: str, *, sealed: bool = False, confidence: float = 0.9) -> Guess:
    return Guess(kind, confidence, confidence >= 0.8, (), "biasa", (), "sealed" if sealed else "open")


def told(
    text: str = "Banjir",
    at: tuple[float, float] | None = HERE,
    *,
    kind: str = "banjir",
    handle: str = "",
    street: str = "",
    kelurahan: str = KELURAHAN,
    radius: float = 20,
    sealed: bool = False,
    quoted: tuple[str, ...] = (),
    native: str = "a1",
    thread: str = "",
    confidence: float = 0.9,
    at_time: datetime = NOON,
) -> dict[str, Any]:
    complaint = Complaint(
        native_id=native,
        created_at=at_time,
        text=text,
        thread=thread,
        reporter=Reporter(handle=handle) if handle else None,
    )
    rt, rw = find_rt_rw(text)
    spot = {"level": "point", "lat": at[0], "lon": at[1], "radius": radius} if at else {"level": "kelurahan"}
    place = Place(result="found", kelurahan=kelurahan, street=street, rt=rt, rw=rw, **spot)  # type: ignore[arg-type]
    return facts(complaint, place, guessed(kind, sealed=sealed, confidence=confidence), text, quoted)


def stands(known: dict[str, Any], report: int = 1, *, hours: float = 0, **more: Any) -> Candidate:
    return Candidate(complaint=report * 10, report=report, at=NOON - timedelta(hours=hours), facts=known, **more)


def ask(new: dict[str, Any], *candidates: Candidate, **more: Any) -> Decision:
    return decide(Arrival(NOON, new), candidates, **more)


def test_neighbours_in_time_and_place_are_one_incident() -> None:
    decision = ask(told("Banjir selutut"), stands(told("Air masuk", north(30)), hours=1))
    assert (decision.outcome, decision.report) == ("join", 1)
    assert decision.evidence[0] == "jarak:30m"


def test_nothing_around_opens_a_report_of_its_own() -> None:
    assert ask(told()) == Decision("separate")


def test_far_in_place_or_in_time_is_another_incident() -> None:
    assert ask(told(), stands(told(at=north(201)))).outcome == "separate"
    assert ask(told(), stands(told(), hours=12.1)).outcome == "separate"


def test_a_pothole_waits_longer_and_reaches_less_far_than_a_flood() -> None:
    def hole(at: tuple[float, float]) -> dict[str, Any]:
        return told("Lubang", at, kind="jalan-rusak")

    assert ask(hole(HERE), stands(hole(north(10)), hours=100)).outcome == "join"
    assert ask(hole(HERE), stands(hole(north(70)))).outcome == "separate"
    assert window("jalan-rusak") > window("banjir")


@pytest.mark.parametrize(
    ("here", "there", "code"),
    [
        ("Banjir di RT 04 RW 01", "Banjir RT 001/001", "rt-berbeda:4/1"),
        ("Banjir di RW 03", "Banjir RW 07", "rw-berbeda:3/7"),
        ("Banjir blok AA", "Banjir blok QE", "blok-berbeda"),
        ("Banjir di gang 2", "Banjir gg 7", "gang-berbeda"),
        ("Banjir di Contoh Elok II", "Contoh elok 3 banjir", "nomor-berbeda"),
    ],
)
def test_other_words_for_the_place_keep_neighbours_apart(here: str, there: str, code: str) -> None:
    score, evidence = weigh(told(here), told(there, north(40)), 0.1)
    assert score < JOIN
    assert code in evidence


@pytest.mark.parametrize(
    ("here", "there", "code"),
    [
        ("Banjir di RT 04 RW 01", "Rumah kami RT 004/01", "rt-sama"),
        ("Banjir blok AA", "air di blok aa", "blok-sama"),
        ("Banjir di gang 2", "gg.2 tergenang", "gang-sama"),
        ("Contoh Elok III banjir", "contoh elok 3", "nomor-sama"),
    ],
)
def test_the_same_words_for_the_place_bring_far_ones_together(here: str, there: str, code: str) -> None:
    apart = weigh(told("Banjir"), told("Air", north(120)), 0.5)
    together = weigh(told(here), told(there, north(120)), 0.5)
    assert apart[0] < JOIN <= together[0]
    assert code in together[1]


@pytest.mark.parametrize("text", ["Banjir 30 cm", "Sudah 2 jam", "Banjir sampai 3 meter", "Hari 2", "korban 5 orang"])
def test_counts_and_measures_are_no_addresses(text: str) -> None:
    assert "m" not in told(text)


def test_another_kind_of_work_at_the_same_spot_stays_apart() -> None:
    assert ask(told(), stands(told("Lampu mati", kind="lampu-jalan"))).outcome != "join"


def test_one_kelurahan_alone_never_joins() -> None:
    new, old = told("Banjir parah di sini", None), told("Banjir tinggi sekali", None)
    assert ask(new, stands(old)).outcome == "separate"


def test_one_street_in_one_kelurahan_is_for_people_and_the_same_rt_decides() -> None:
    street = {"at": None, "street": "jalan contoh"}
    assert ask(told("Banjir", **street), stands(told("Air naik", **street))).outcome == "perhaps"
    assert ask(told("Banjir RT 5/3", **street), stands(told("Air naik RT 05 RW 03", **street))).outcome == "join"


def test_a_street_named_with_its_quarter_is_still_that_street() -> None:
    short, long = told("Banjir", None, street="contoh 6"), told("Air", None, street="contoh 6 kampung baru")
    assert "jalan-sama" in weigh(short, long, 1)[1]
    assert set(keys(short)) & set(probes(long))
    assert "jalan-berbeda" in weigh(short, told("Air", None, street="contoh 7"), 1)[1]


def test_a_flood_and_the_drain_that_causes_it_are_looked_at_together() -> None:
    flood, drain = told("Banjir"), told("Got mampet", north(60), kind="saluran-air")
    assert set(keys(flood)) & set(probes(drain))
    assert set(keys(drain)) & set(probes(flood))
    assert weigh(flood, drain, 1)[0] < weigh(flood, told("Got mampet", north(60)), 1)[0]


def test_a_rough_position_does_not_count_as_near() -> None:
    assert ask(told(radius=300), stands(told("Air", north(5)))).outcome == "separate"


def test_a_message_sent_again_joins_whatever_its_topic() -> None:
    text = "Mohon angkut sampah bekas pasar malam contoh"
    again = told(text, None, kind="taman", handle="warga@example.org")
    first = told(text, None, kind="sampah", handle="warga@example.org")
    decision = ask(again, stands(first, hours=0.1))
    assert decision.outcome == "join"
    assert "kirim-ulang" in decision.evidence
    assert set(keys(first)) & set(probes(again))


def test_one_text_far_away_is_a_template() -> None:
    text = "Lampu taman contoh padam total"
    new, old = told(text, kind="lampu-jalan"), told(text, north(900), kind="lampu-jalan")
    assert ask(new, stands(old)).outcome == "separate"


def test_hashtags_and_mentions_say_nothing() -> None:
    known = told("#banjir #contoh @seseorang")
    assert "t" not in known
    assert "x" not in known


def test_a_quoted_number_leads_to_its_report() -> None:
    new = told("Melanjutkan laporan", None, quoted=("hub:JKT-00000000",))
    assert ask(new, numbers={"hub:JKT-00000000": 7}).report == 7
    assert ask(new, numbers={"hub:JKT-00000000": 7}, separated=frozenset({7})).outcome == "separate"


def test_a_complaint_is_found_by_its_own_number() -> None:
    old = told("Banjir", native="JK0000000001")
    new = told("Belum ada tindakan", None, kind="lainnya", quoted=("jaki:JK0000000001",))
    assert set(keys(old)) & set(probes(new))
    assert ask(new, stands(old, hours=400)).evidence == ("nomor-dikutip",)


def test_one_person_goes_on_in_a_thread_but_strangers_there_speak_of_many_things() -> None:
    old = told("Banjir", None, handle="a@example.org", thread="t1")
    assert ask(told("Masih", None, handle="a@example.org", thread="t1"), stands(old)).outcome == "join"
    assert ask(told("Masih", None, handle="b@example.org", thread="t1"), stands(old)).outcome == "separate"


def test_alerts_without_words_join_by_place_and_time() -> None:
    assert ask(told(""), stands(told("", north(20)))).outcome == "join"


def test_a_default_pin_under_many_strangers_says_nothing() -> None:
    words = ["melati", "kenanga", "mawar", "dahlia", "anggrek"]
    pile = [stands(told(f"Banjir {word} {word}an", handle=f"{word}@example.org"), i) for i, word in enumerate(words)]
    assert ask(told("Banjir kamboja"), *pile).outcome == "separate"
    assert ask(told("Banjir kamboja"), *pile[:2]).outcome == "join"


def test_a_chain_is_not_one_incident() -> None:
    neighbour = stands(told("Air", north(410)), anchor=HERE)
    decision = ask(told("Banjir", north(420)), neighbour)
    assert decision.outcome == "perhaps"
    assert "bentang:420m" in decision.evidence


def test_a_vague_complaint_does_not_bridge_two_places() -> None:
    members = stands(told("Banjir RT 1/2")), stands(told("Banjir", north(5)))
    decision = ask(told("Banjir RT 9/2"), *members)
    assert decision.outcome == "perhaps"
    assert "berlawanan" in decision.evidence


def test_a_finished_report_is_named_as_the_one_that_came_back() -> None:
    done = stands(told(), 4, hours=2, status_closed_at=NOON - timedelta(hours=1))
    decision = ask(told(), done)
    assert (decision.outcome, decision.report, decision.recurrence) == ("separate", None, 4)


def test_a_late_complaint_from_before_the_end_still_joins() -> None:
    assert ask(told(), stands(told(), status_closed_at=NOON + timedelta(hours=1))).outcome == "join"


def test_sealed_and_open_never_meet() -> None:
    text, who = "Petugas contoh minta uang di loket", "a@example.org"
    sealed, open_ = told(text, handle=who, sealed=True, kind="pungli"), told(text, handle=who)
    assert ask(sealed, stands(open_)).outcome == "separate"
    assert ask(open_, stands(sealed)).outcome == "separate"
    assert ask(told(text, sealed=True, quoted=("hub:X",)), numbers={"hub:X": 3}).outcome == "separate"


def test_sealed_ones_join_only_when_one_person_sends_one_text_again() -> None:
    def sealed(text: str, who: str) -> dict[str, Any]:
        return told(text, handle=who, sealed=True, kind="pungli")

    first = sealed("Petugas contoh minta uang", "a@example.org")
    assert ask(sealed("Petugas contoh minta uang", "a@example.org"), stands(first)).outcome == "join"
    assert ask(sealed("Petugas contoh minta uang", "b@example.org"), stands(first)).outcome == "separate"
    assert ask(sealed("Petugas contoh minta rokok", "a@example.org"), stands(first)).outcome == "separate"


def test_of_two_equal_reports_the_older_number_wins() -> None:
    decision = ask(told(), stands(told(), 8), stands(told(), 3))
    assert decision.report == 3
    assert [row[0] for row in decision.perhaps] == [8]


def test_facts_are_json_and_hide_the_reporter() -> None:
    known = told("Banjir RT 5/3 blok AA", handle="warga@example.org", thread="t1")
    assert json.loads(json.dumps(known)) == known
    assert "warga" not in json.dumps(known)
    assert known["r"] != facts(
        Complaint(native_id="a", created_at=NOON, reporter=Reporter(handle="warga@example.org")),
        Place(),
        guessed("banjir"),
        "",
        (),
        salt=b"pepper",
    ).get("r")


# ------------------------------------------------------------------------------------------------------------- laws

kinds = st.sampled_from([kind.code for kind in CATEGORIES])
texts = st.sampled_from(
    ["Banjir", "", "Banjir RT 1/2", "Air RT 3/2", "Contoh elok 3 tergenang dalam", "blok AA", "Contoh elok 2"]
)
spots = st.one_of(st.none(), st.floats(0, 450).map(north))
tellings = st.builds(
    told,
    texts,
    spots,
    kind=st.sampled_from(["banjir", "saluran-air", "pungli"]),
    handle=st.sampled_from(["", "a@example.org", "b@example.org"]),
    street=st.sampled_from(["", "jalan contoh"]),
    sealed=st.booleans(),
)
candidates = st.builds(
    Candidate,
    complaint=st.integers(1, 99),
    report=st.integers(1, 5),
    at=st.floats(-8, 8).map(lambda hours: NOON + timedelta(hours=hours)),
    facts=tellings,
    status_closed_at=st.one_of(st.none(), st.just(NOON - timedelta(hours=1))),
    anchor=st.just(HERE),
)


@given(tellings, st.lists(candidates, max_size=8), st.randoms())
def test_the_order_of_candidates_changes_nothing(
    new: dict[str, Any], known: list[Candidate], dice: random.Random
) -> None:
    first = ask(new, *known)
    dice.shuffle(known)
    assert ask(new, *known) == first


@given(tellings, st.lists(candidates, max_size=8), st.frozensets(st.integers(1, 5)))
def test_never_into_what_a_person_separated_what_is_finished_or_what_is_sealed(
    new: dict[str, Any], known: list[Candidate], separated: frozenset[int]
) -> None:
    decision = ask(new, *known, separated=separated)
    assert decision.report not in separated
    joined = [candidate for candidate in known if candidate.report == decision.report]
    assert all(candidate.status_closed_at is None for candidate in joined)
    assert all(candidate.facts.get("s") == new.get("s") for candidate in joined)
    assert not separated & {report for report, *_ in decision.perhaps}


@given(tellings, tellings, st.floats(0, 10))
def test_weighing_is_the_same_from_both_sides(a: dict[str, Any], b: dict[str, Any], hours: float) -> None:
    assert weigh(a, b, hours)[0] == weigh(b, a, hours)[0]


@given(kinds, st.floats(-11, 6), st.floats(95, 141), st.floats(0, 2 * math.pi), st.floats(0, 0.999))
def test_what_lies_within_reach_is_found(code: str, lat: float, lon: float, bearing: float, share: float) -> None:
    away = share * reach(code) * METRE
    there = lat + away * math.cos(bearing), lon + away * math.sin(bearing) / math.cos(math.radians(lat))
    assert metres((lat, lon), there) <= reach(code) * 1.01
    assert set(keys(told(at=there, kind=code))) & set(probes(told(at=(lat, lon), kind=code)))


def vague(text: str, at: tuple[float, float] = HERE, **more: Any) -> dict[str, Any]:
    return told(text, at, kind="lainnya", confidence=0.1, **more)


def test_words_that_say_nothing_of_the_kind_join_what_happens_right_there_and_now() -> None:
    assert ask(vague("Sudah begini terus"), stands(told(at=north(15)), hours=0.2)).outcome == "join"
    assert ask(told("Banjir"), stands(vague("Tolong ke sini", north(15)), hours=0.2)).outcome == "join"
    assert ask(vague("Sudah begini terus"), stands(told(at=north(150)), hours=5)).outcome == "separate"


@given(st.floats(-79, 79), st.floats(-79, 79), st.floats(0, 5.9), st.booleans())
def test_what_has_no_kind_is_found_nearby(down: float, right: float, hours: float, later: bool) -> None:  # noqa: FBT001
    if math.hypot(down, right) > 79:
        return
    spot = HERE[0] + down * METRE, HERE[1] + right * METRE / math.cos(math.radians(HERE[0]))
    other = told("Pohon tumbang", spot, kind="pohon", at_time=NOON - timedelta(hours=hours))
    mine = vague("Begini keadaannya")
    first, second = (mine, other) if later else (other, mine)
    assert set(keys(first)) & set(probes(second))


def test_what_is_surely_another_matter_does_not_join_by_way_of_a_vague_complaint() -> None:
    members = stands(told("Banjir selutut")), stands(vague("Begini keadaannya", north(5)))
    decision = ask(told("Lampu padam", kind="lampu-jalan"), *members)
    assert decision.outcome != "join"
    assert ask(told("Air makin tinggi"), *members).outcome == "join"


def test_how_far_a_report_may_reach_does_not_hang_on_who_is_looked_at_first() -> None:
    flood, drain = told("Banjir"), told("Got mampet", north(250), kind="saluran-air")
    members = [stands(flood, anchor=HERE), stands(drain, anchor=HERE)]
    newcomer = told("Selokan meluap", north(270), kind="saluran-air")
    assert ask(newcomer, *members) == ask(newcomer, *members[::-1])


def test_mending_a_pump_is_other_work_than_the_flood_beside_it() -> None:
    flood, pump = told("Banjir di depan rumah"), told("Pompa mati dari tadi pagi", north(20), kind="saluran-air")
    plea = told("Banjir tinggi, mohon kirim pompa", north(20))
    assert "pekerjaan-lain" in weigh(flood, pump, 1)[1]
    assert ask(flood, stands(pump, hours=1)).outcome != "join"
    assert "pekerjaan-lain" not in weigh(flood, plea, 1)[1]


def test_complexes_of_other_names_are_two_places_and_a_misspelled_name_is_one() -> None:
    one, other = told("Banjir komplek Melati"), told("Banjir di perumahan Kenanga", north(40))
    assert "tempat-berbeda" in weigh(one, other, 0.1)[1]
    assert "tempat-sama" in weigh(told("Banjir komplek Billy"), told("Air di komp. biliy", north(40)), 0.1)[1]
    assert "tempat-berbeda" not in weigh(told("Banjir depan pasar Melati"), told("Banjir pasar Kenanga"), 0.1)[1]


def test_a_text_told_anew_is_found_a_little_farther_away() -> None:
    text = "Tumpukan karung merah depan warung bakso kuning Contoh"
    first, again = told(text), told(f"{text} ini lanjutannya", north(300))
    assert any(code.startswith("teks-mirip") for code in weigh(first, again, 0.1)[1])
    assert not any(code.startswith("teks-mirip") for code in weigh(first, again, 2)[1])


def test_one_street_under_two_words_is_still_one() -> None:
    mine = told("Banjir di jalan besar dekat Anggrek Bulan", street="melati raya")
    other = told("Banjir", north(30), street="anggrek bulan")
    assert "jalan-sama" in weigh(mine, other, 0.1)[1]


def test_a_forwarded_photo_ties_two_complaints_together() -> None:
    picture = 0x5A5A_0F0F_33CC_9696
    mine, other = told("", None) | {"ph": [picture]}, told("Lihat ini", None) | {"ph": [picture ^ 0b101]}
    assert set(keys(mine)) & set(probes(other))
    assert weigh(mine, other, 1)[1] == ("foto-sama",)


@given(tellings, st.text(max_size=200))
def test_keys_and_facts_are_bounded(known: dict[str, Any], text: str) -> None:
    full = told(text, handle="a@example.org", street="jalan contoh", quoted=("a", "b", "c"), native="JK0000000001")
    for one in (known, full):
        assert len(keys(one)) <= MAX_KEYS
        assert len(probes(one)) <= MAX_PROBES
        assert not keys(one) or set(keys(one)) & set(probes(one))
        assert all(-(2**63) <= key < 2**63 for key in probes(one))
        assert len(one.get("t", ())) <= MAX_WORDS


# ----------------------------------------------------------------------------------------- pairs labelled by people


def labelled() -> Iterator[tuple[str, float, float, float]]:
    """Label, score, metres and hours of each pair that two readers agreed on."""
    folder = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "petabencana"
    if not folder.is_dir():
        pytest.skip("the labelled pairs are not here")
    rows = [json.loads(line) for line in (folder / "reports.jsonl").read_text().splitlines()]
    known = {
        row["id"]: told(row["text"], (row["lat"], row["lon"]), kelurahan=row["kelurahan"] or "", native=row["id"])
        for row in rows
    }
    with (folder / "pairs.csv").open() as file:
        for pair in csv.DictReader(file):
            hours = float(pair["minutes"]) / 60
            yield pair["label"], weigh(known[pair["a"]], known[pair["b"]], hours)[0], float(pair["metres"]), hours


def quality(pairs: list[tuple[bool, bool]]) -> tuple[float, float]:
    """Precision and recall of (guessed, true)."""
    both = sum(guess and true for guess, true in pairs)
    return both / sum(guess for guess, _ in pairs), both / sum(true for _, true in pairs)


def test_words_do_better_than_distance_and_time_alone() -> None:
    pairs = [pair for pair in labelled() if pair[0] != "unsure"]
    ours = quality([(score >= JOIN, label == "dup") for label, score, _, _ in pairs])
    plain = quality([(away <= 80 and hours <= 6, label == "dup") for label, _, away, hours in pairs])
    assert ours[0] > plain[0]
    assert ours[1] > plain[1]


def test_few_pairs_are_left_to_people() -> None:
    scores = [score for label, score, _, _ in labelled() if label != "unsure"]
    assert sum(PERHAPS <= score < JOIN for score in scores) < 0.1 * len(scores)


def test_every_category_has_a_window() -> None:
    assert all(window(kind.code) == category(kind.code).span > timedelta(0) for kind in CATEGORIES)
