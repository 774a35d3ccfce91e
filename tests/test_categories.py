"""Category, urgency and sealing, by the lists that are shipped."""

from __future__ import annotations

import csv
import json
import os
import pickle
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lexicons import bundled, load_categories, load_words
from hub.quality.measures import calibration_error, reliability
from normalizer.categories import Categorizer, Guess
from normalizer.complaint import Complaint
from normalizer.taxonomy import BY_CODE, CATEGORIES

CATEGORIZER = Categorizer(load_categories(), load_words())
SHARED = Path(os.environ.get("ADUAN_SHARED", "../shared")) / "data" / "text"


def guess(text: str, **members: Any) -> Guess:
    complaint = Complaint(native_id="1", created_at=datetime(2026, 1, 1, tzinfo=UTC), text=text, **members)
    return CATEGORIZER.guess(complaint)


def test_what_a_word_means_does_not_hang_on_what_was_read_before() -> None:
    fresh = Categorizer(load_categories(), load_words())
    odd = Complaint(native_id="1", created_at=datetime(2026, 1, 1, tzinfo=UTC), text="kebakarannyalah")
    before = fresh.guess(odd)
    fresh.guess(odd.model_copy(update={"text": "kebakarannya"}))
    again = Categorizer(load_categories(), load_words())
    again.guess(odd.model_copy(update={"text": "kebakarannya"}))
    assert again.guess(odd) == before


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Banjir selutut di gang, air masuk rumah", "banjir"),
        ("got mampet dan bau", "saluran-air"),
        ("jln berlobang besar, ambles", "jalan-rusak"),
        ("trotoar rusak ubinnya pecah", "trotoar"),
        ("PJU padam gelap gulita", "lampu-jalan"),
        ("lampu merah mati di perempatan", "lampu-lalu-lintas"),
        ("rambu dilarang parkir hilang, marka pudar", "rambu"),
        ("macet parah banyak yg lawan arah", "macet"),
        ("kecelakaan beruntun di tol", "kecelakaan"),
        ("tumpahan oli di tikungan", "bahaya-jalan"),
        ("Parkir liar di bahu jalan, dishub tolong derek", "parkir-liar"),
        ("bus transjakarta lama sekali datang di halte", "transportasi-umum"),
        ("sampah menumpuk blm diangkut", "sampah"),
        ("mohon pemangkasan pohon, rantingnya kena kabel", "pohon"),
        ("taman kota rumputnya tinggi, ayunan rusak", "taman"),
        ("ada ular kobra masuk rumah", "hewan"),
        ("PKL jualan di trotoar", "pkl-liar"),
        ("balap liar knalpot brong tiap malam", "ketertiban"),
        ("motor saya dicuri maling", "kriminal"),
        ("ODGJ dan pengemis di lampu merah", "pmks"),
        ("spanduk liar dan bendera partai", "reklame"),
        ("bangunan liar tanpa IMB", "bangunan"),
        ("lapangan futsal dan toilet umum rusak", "fasilitas-umum"),
        ("kebakaran rumah, kirim damkar", "kebakaran"),
        ("gempa dan tanah longsor", "bencana"),
        ("air PAM keruh dan tidak keluar", "air-bersih"),
        ("mati listrik, kabel PLN menjuntai", "listrik-telekomunikasi"),
        ("orang merokok di kawasan dilarang merokok", "rokok"),
        ("jajanan sekolah pakai formalin", "makanan"),
        ("mohon fogging, banyak demam berdarah", "kesehatan"),
        ("PPDB jalur zonasi tidak adil, sekolah penuh", "pendidikan"),
        ("belum pernah dapat bansos PKH", "bantuan-sosial"),
        ("akta kelahiran dan e-KTP belum jadi", "kependudukan"),
        ("izin usaha di OSS ditolak", "perizinan"),
        ("pelayanan loket lambat sekali", "pelayanan-publik"),
        ("pungli di samsat", "pungli"),
        ("pupuk subsidi untuk petani langka", "pertanian"),
        ("joki 3 in 1 di jalan protokol", "joki-three-in-one"),
    ],
)
def test_every_category_is_told(text: str, category: str) -> None:
    assert guess(text).category == category


@pytest.mark.parametrize("text", ["", "   ", "tolong ya", "12345", "#"])
def test_without_evidence_it_is_something_else_and_unsure(text: str) -> None:
    found = guess(text)
    assert (found.category, found.sure, found.words) == ("lainnya", False, ())


def test_the_words_that_decided_are_those_written() -> None:
    assert guess("Pju yg MATI di gang").words == ("pju", "mati")


def test_much_evidence_is_surer_than_little() -> None:
    assert guess("lampu").confidence < guess("lampu jalan padam, gelap").confidence
    assert not guess("lampu").sure
    assert guess("lampu jalan PJU padam, gelap gulita").sure


def test_negated_events_do_not_count_but_missing_things_do() -> None:
    assert guess("bukan banjir, tapi sampah").category == "sampah"
    assert guess("tidak banjir lagi, lampu jalan padam").category == "lampu-jalan"
    assert guess("tidak ada lampu jalan").category == "lampu-jalan"


def test_place_names_are_no_evidence() -> None:
    assert guess("PJU padam di Banjir Kanal Timur, Kebon Jeruk").category == "lampu-jalan"
    assert guess("sampah menumpuk depan sekolah SDN 05").category == "sampah"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("PJU padam di Jl. Taman Pertanian II, komplek Pasar Baru", "lampu-jalan"),
        ("banjir di Sawah Besar", "banjir"),
        ("pohon tumbang di seberang puskesmas dekat stasiun", "pohon"),
        ("sudah lapor berulang kali, 3 kali ditutup, sampah tetap tidak diangkut", "sampah"),
        ("berisik sekali sampai pkl 11.30 malam, suara musik keras", "ketertiban"),
        ("mohon bantuannya ya pak, pju mati", "lampu-jalan"),
    ],
)
def test_what_a_place_is_called_and_how_one_asks_is_no_matter(text: str, category: str) -> None:
    assert guess(text).category == category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("banjir sudah dua hari akibat selokan kecil", "banjir"),
        ("mohon dibuatkan saluran air, tiap hujan banjir", "saluran-air"),
        ("mohon selokan dikeruk karena banjir terus", "saluran-air"),
        ("air naik masuk rumah, belum surut", "banjir"),
        ("pohon mengenai kabel listrik dan kabel telkom, mohon dipangkas", "pohon"),
        ("dahan menutupi lampu jalan", "pohon"),
        ("jalan gelap rawan begal, lampu jalan padam", "lampu-jalan"),
        ("mobil parkir sembarangan bikin macet", "parkir-liar"),
        ("mohon pengangkutan ranting hasil perantingan pohon", "sampah"),
        ("jalan berlubang bekas galian PDAM", "jalan-rusak"),
        ("pedagang kaki lima di atas trotoar", "pkl-liar"),
        ("motor lawan arah di jalan satu arah", "macet"),
    ],
)
def test_cause_and_effect_are_told_from_what_is_asked_for(text: str, category: str) -> None:
    assert guess(text).category == category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("sarang tawon besar di atap, minta damkar ambil", "hewan"),
        ("bangkai kucing di tengah jalan", "hewan"),
        ("orang sakit jiwa tidur di halte", "pmks"),
        ("anak punk mangkal di flyover", "pmks"),
        ("iklan sedot wc ditempel di tiang listrik", "reklame"),
        ("baliho caleg menghalangi pandangan di pertigaan", "reklame"),
        ("izin praktik dokter belum terbit di PTSP", "perizinan"),
        ("tetangga karaoke sampai jam 2 pagi", "ketertiban"),
        ("motor saya hilang dicuri di parkiran", "kriminal"),
        ("angkot ngetem sembarangan", "macet"),
        ("tombol penyeberangan PCTL tidak berfungsi", "lampu-lalu-lintas"),
        ("mohon dipasang polisi tidur, banyak motor ngebut", "rambu"),
        ("keramik pedestrian pecah", "trotoar"),
        ("tutup gorong-gorong hilang di tengah jalan", "bahaya-jalan"),
        ("lift JPO mati", "fasilitas-umum"),
        ("tanaman di taman mati tidak disiram", "taman"),
        ("beri saya pekerjaan pak, sudah lama menganggur", "lainnya"),
        ("tagihan PBB rumah saya salah", "pelayanan-publik"),
        ("kartu merah putih saldonya nol", "bantuan-sosial"),
        ("tidak dapat air sudah seminggu", "air-bersih"),
    ],
)
def test_rarer_matters_are_told(text: str, category: str) -> None:
    assert guess(text).category == category


def test_an_abbreviation_of_several_words_is_shown_once() -> None:
    assert guess("pelayanan rs lama, rs umum").words[0] in {"pelayanan rs", "rs"}


def test_what_is_said_first_weighs_more() -> None:
    talk = "dan begitulah keadaan di sini sejak beberapa waktu yang lalu menurut semua orang " * 3
    assert guess(f"spanduk {talk} sampah").category == "reklame"
    assert guess(f"sampah {talk} spanduk").category == "sampah"


def test_hashtags_count_also_glued() -> None:
    assert guess("#drainaseburuktlg").category == "saluran-air"
    assert guess("", tags=("banjir",)).category == "banjir"


@pytest.mark.parametrize(
    ("label", "category"),
    [
        ("Bencana banjir", "banjir"),
        (" Sampah ", "sampah"),
        ("Pelanggaran izin bangunan", "bangunan"),
        ("Joki 3 in 1", "joki-three-in-one"),
        ("Makanan non-higienis", "makanan"),
        ("Gangguan dan Kebisingan  ", "ketertiban"),
        ("Saluran Air, Kali/Sungai", "saluran-air"),
        ("PMKS (Penyandang Masalah Kesejahteraan Sosial)", "pmks"),
        ("Flood", "banjir"),
        ("Street Light", "lampu-jalan"),
    ],
)
def test_the_reported_label_counts(label: str, category: str) -> None:
    assert guess("", category_reported=label).category == category


def test_the_text_outweighs_the_reported_label() -> None:
    assert guess("lampu PJU nya mati", category_reported="Jaringan Listrik ").category == "lampu-jalan"
    assert guess("turunkan semua spanduk liar", category_reported="Sampah ").category == "reklame"


@pytest.mark.parametrize(
    ("hint", "text", "category"),
    [
        ("macet", "", "macet"),
        ("bahaya-jalan", "di jalan tol", "bahaya-jalan"),
        ("macet", "banjir 40 cm", "banjir"),
        ("bahaya-jalan", "jalan berlubang", "jalan-rusak"),
        ("bahaya-jalan", "pohon tumbang", "pohon"),
        ("macet", "lampu merah mati", "lampu-lalu-lintas"),
        ("macet", "lampu merah", "macet"),
        ("macet", "dekat Lubang Buaya, Banjir Kanal Timur", "macet"),
        ("macet", "perbaikan jalan", "macet"),
    ],
)
def test_a_hint_decides_unless_the_text_contradicts(hint: str, text: str, category: str) -> None:
    assert guess(text, category_hint=hint).category == category


@pytest.mark.parametrize(
    "text",
    [
        "kebakaran di pasar, kirim damkar",
        "anak hanyut di kali",
        "warga terjebak banjir di lantai dua",
        "orang kesetrum di genangan",
        "kabel putus menjuntai beraliran",
        "banjir sudah sedada",
        "banjir 150 cm",
        "ketinggian air 1,5 m",
        "air setinggi 100-150 cm",
        "pohon tumbang menimpa mobil",
        "ada korban luka",
        "butuh evakuasi lansia",
        "banjir sampai atap",
        "gas bocor",
        "Tolong ada orang tenggelam!!",
    ],
)
def test_emergencies_are_seen(text: str) -> None:
    found = guess(text)
    assert found.urgency == "darurat"
    assert found.urgency_words


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("tidak ada korban", "biasa"),
        ("lampu jalan mati", "biasa"),
        ("jalan rusak 100 meter dari halte", "biasa"),
        ("lewat Banjir Kanal Timur", "biasa"),
        ("rawan kecelakaan", "mendesak"),
        ("jangan sampai ada korban", "mendesak"),
        ("banjir 50 cm", "mendesak"),
        ("pohon mau tumbang", "mendesak"),
    ],
)
def test_dangers_are_no_emergencies(text: str, urgency: str) -> None:
    assert guess(text).urgency == urgency


@pytest.mark.parametrize(
    "text",
    [
        "Petugas kelurahan minta uang 50rb saat urus KTP",
        "urus KTP di kelurahan dimintain duit",
        "warga dimintai uang petugas sampah",
        "PKL dipalak satpol PP",
        "Lurah kasar dan tidak sopan",
        "petugas dishub mabuk saat jaga",
        "guru memukul siswa di kelas",
        "mohon ditindak petugas yang minta uang",
        "tolong petugas kelurahan yang suka marahin warga ditegur",
        "saya melaporkan petugas puskesmas yang membentak pasien",
        "dugaan korupsi dana RT",
        "calo KTP di kecamatan",
        "polisi minta uang damai",
        "camat menyalahgunakan wewenang",
        "pelecehan oleh petugas halte",
        "oknum aparat membekingi parkir liar",
        "pungli",
    ],
)
def test_conduct_of_officials_is_sealed(text: str) -> None:
    assert guess(text).handling == "sealed"


@pytest.mark.parametrize(
    "text",
    [
        "petugas PPSU belum datang",
        "mohon petugas dishub menertibkan parkir liar",
        "tarif parkir liar diminta preman 20 ribu",
        "jukir liar memaksa minta uang, mohon dishub menindak",
        "tukang parkir minta uang di depan kantor kelurahan",
        "petugas yang berwenang mohon menertibkan preman yang minta uang",
        "terima kasih petugas damkar cepat tanggap",
        "polisi tidur terlalu tinggi",
        "tolong pak lurah jalan kami rusak",
        "motor dicuri, sudah lapor ke polisi",
        "anak sekolah merokok di halte",
        "joki 3 in 1 di jalan protokol",
        "meminta tanda tangan lurah",
    ],
)
def test_calling_officials_seals_nothing(text: str) -> None:
    assert guess(text).handling == "open"


@given(st.text())
def test_any_text_gets_a_valid_guess(text: str) -> None:
    found = guess(text)
    assert found.category in BY_CODE
    assert 0 <= found.confidence <= 1


def test_a_label_of_extortion_seals_whatever_the_text_says() -> None:
    assert guess("lampu jalan PJU padam", category_reported="Pungli").handling == "sealed"
    assert guess("urus surat lama #pungli").handling == "sealed"


def test_a_label_alone_may_be_urgent() -> None:
    found = guess("", category_reported="Kebakaran")
    assert (found.urgency, found.urgency_words) == ("darurat", ("Kebakaran",))
    assert guess("", category_hint="banjir").urgency == "mendesak"
    assert guess("warga terjebak", category_hint="banjir").urgency == "darurat"


def test_a_very_long_text_is_no_trouble() -> None:
    assert guess("sampah menumpuk " * 5_000).category == "sampah"


def test_it_travels_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(CATEGORIZER))  # noqa: S301 - our own bytes
    complaint = Complaint(native_id="1", created_at=datetime(2026, 1, 1, tzinfo=UTC), text="PJU padam")
    assert copy.guess(complaint) == CATEGORIZER.guess(complaint)


def test_a_form_belongs_to_one_word() -> None:
    lists = tomllib.loads(bundled().joinpath("forms.toml").read_text(encoding="utf-8"))
    forms = [form for written in lists.values() for form in written]
    assert len(forms) == len(set(forms))
    assert not lists.keys() & set(forms)


def test_every_category_has_terms() -> None:
    assert load_categories().terms.keys() == {category.code for category in CATEGORIES}


def _rows(name: str) -> list[dict[str, str]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the labelled complaints are not on this machine")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _right(row: dict[str, str], category: str) -> bool:
    either = row.get("second_code", "") if "equally" in row.get("note", "") else ""
    return category in {row["code"], either}


def test_hand_labelled_complaints_looked_at_while_tuning_are_mostly_right() -> None:
    gold = _rows("surabaya_gold200_open.csv")
    texts = {row["id"]: row["keluhan"] for row in _rows("surabaya_wargaku_2022_first_half.csv")}
    guesses = [(row, guess(texts[row["id"]])) for row in gold if row["id"] in texts]
    sure = [(row, found) for row, found in guesses if found.sure]
    assert sum(_right(row, found.category) for row, found in guesses) >= 0.86 * len(guesses)
    assert sum(_right(row, found.category) for row, found in sure) >= 0.93 * len(sure)
    assert len(sure) >= 0.6 * len(guesses)


def test_confidence_means_about_what_it_says_on_topics_set_by_staff() -> None:
    codes = {row["topik"]: row["code"] for row in _rows("surabaya_topik_map.csv") if row["sure"] == "yes"}
    rows = [row for row in _rows("surabaya_wargaku_2022_first_half.csv") if row["topik"] in codes][::4]
    found = [(guess(row["keluhan"]), codes[row["topik"]]) for row in rows]
    bins = reliability([(one.confidence, one.category == code) for one, code in found], [0, 0.4, 0.6, 0.8, 0.9, 1])
    assert calibration_error(bins) <= 0.07
    assert [one.accuracy for one in bins] == sorted(one.accuracy for one in bins)


def test_nine_in_ten_jakarta_reports_are_right() -> None:
    gold = {row["report_id"]: row for row in _rows("jakarta_crm_gold_open.csv")}
    reports = map(json.loads, (SHARED / "jakarta_crm_2023_sample.jsonl").read_text(encoding="utf-8").splitlines())
    right = [
        _right(gold[report["report_id"]], guess(report["description"], category_reported=report["category"]).category)
        for report in reports
    ]
    assert sum(right) >= 0.88 * len(right)
