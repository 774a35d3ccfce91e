"""Personal data is replaced, everything the handling office needs stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.planted import measure
from normalizer.identifiers import BIRTH, HARMLESS, RULES, Rules
from normalizer.number import make_number
from normalizer.privacy import find_personal, find_quoted, scrub

PIECES = st.lists(
    st.sampled_from(
        [
            "NIK",
            "3171234567890123",
            "0812-3456-7890",
            "RT 05/RW 07",
            "an. Contoh Satu",
            "@akun_contoh",
            "B 1234 XYZ",
            "\n",
            "08.00-17.00",
            "rek BCA 1234567890",
            "contoh@example.org",
            "nama: contoh",
            "021-5550000",
            "[NIK]",
            "jam 9",
            "(0812)34567890",
            "https://x.com/contoh/status/1",
        ]
    ),
    max_size=8,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("NIK 3171234567890123 mohon dicek", "NIK [NIK] mohon dicek"),
        ("no KK: 3171 2345 0190 1234", "no KK: [NIK]"),
        ("nik saya 317123456789012", "nik saya [NIK]"),
        ("3171-2345-0190-1234", "[NIK]"),
        ("hubungi 0812-3456-7890", "hubungi [telepon]"),
        ("0812 3456 7890 atau 0812.3456.7890", "[telepon] atau [telepon]"),
        ("+62 812-3456-7890, 62 812 3456 7890", "[telepon], [telepon]"),
        ("(0812)34567890", "[telepon]"),
        ("telp 021-5550000 / (021) 555 0000", "telp [telepon] / [telepon]"),
        ("WA 81200000000", "WA [telepon]"),
        ("surel contoh.satu@example.org ya", "surel [e-mail] ya"),
        ("halo @akun_contoh", "halo [akun]"),
        ("mobil B 1234 XYZ parkir", "mobil [plat] parkir"),
        ("plat nomor b 123 c", "plat nomor [plat]"),
        ("motor b 1234 xyz", "motor [plat]"),
        ("transfer ke BCA 123-456-7890", "transfer ke BCA [rekening]"),
        ("no rek 123456789012", "no rek [rekening]"),
        ("BPJS 0001234567890", "BPJS [BPJS]"),
        ("tgl lahir 12-03-1980", "tgl lahir [tanggal lahir]"),
        (
            "TGL LAH\u0130R 12-03-1980, lah\u0131r 12-03-1980",
            "TGL LAH\u0130R [tanggal lahir], lah\u0131r [tanggal lahir]",
        ),
        ("Nama saya Contoh Satu, warga", "Nama saya [nama], warga"),
        ("KTP a.n. Contoh Satu hilang", "KTP a.n. [nama] hilang"),
        ("nama: contoh satu alamat jl. x", "nama: [nama] alamat jl. x"),
        ("Hormat saya,\nContoh Satu", "Hormat saya,\n[nama]"),
        ("https://wa.me/6281200000000", "https://wa.me/[telepon]"),
        ("0812/3456/7890 atau o81234567890", "[telepon] atau [telepon]"),
        ("contoh.satu (at) gmail.com atau contoh@gmail", "[e-mail] atau [e-mail]"),
        ("NPWP 123456789012345", "NPWP [NPWP]"),
        ("BPJS 0001 2345 6789 0", "BPJS [BPJS]"),
        ("VA 8808123456789012", "VA [NIK]"),
        ("virtual account 880812345678", "virtual account [rekening]"),
        ("IG: contoh_satu", "IG: [akun]"),
        ("Saya Contohwati dari RT 3", "Saya [nama] dari RT 3"),
        ("saya Contoh Satu, warga gang 4", "saya [nama], warga gang 4"),
        ("saya Ibu Contohwati selaku ketua", "saya Ibu [nama] selaku ketua"),
        ("nama saya contoh satu, warga sini", "nama saya [nama], warga sini"),
        ("atas nama contohwati belum jadi", "atas nama [nama] belum jadi"),
        ("anak saya yang bernama Contoh Dua", "anak saya yang bernama [nama]"),
        ("bisa bertemu dengan Ibu Contohwati", "bisa bertemu dengan Ibu [nama]"),
        ("hubungi Pak Contoh. Terima kasih", "hubungi Pak [nama]. Terima kasih"),
        ("pelapor: Contoh Satu ketua RW 8", "pelapor: [nama] ketua RW 8"),
        ("ttd Contohwati", "ttd [nama]"),
        ("https://x.com/contoh/status/1234567890123456789", "https://x.com/[akun]/status/1234567890123456789"),
    ],
)
def test_personal_data_is_replaced(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "lanjutan laporan JK2301010001",
        f"laporan {make_number(812_345_678, 'JKT')} belum selesai",
        "laporan LAPOR no 1234567",
        "Jl. Contoh RT 005/007, RT 005 RW 007 No. 12",
        "Blok B 1234 AB, unit D 1234 CD",
        "buka 08.00-17.00, 12 orang datang",
        "jam 08.00 12.00 16.00",
        "08-08-2017 10:30 sampai 2017-08-09 11.00",
        "post 1234567890123456789",
        "-6.208812, 106.845612",
        "https://maps.example.org/?q=-6.2088123,106.8456123&z=17",
        "Rp 150.000.000 untuk aspal",
        "rekening listrik 123456789012",
        "harga @5000 atau @10rb",
        "tahun 2019 2020 2021 2022",
        "KTP saya hilang sejak 12 januari 2022",
        "atas nama warga RT 5",
        "nama jalan sudah pudar",
        "banjir 150 cm, 2 m dari 200 rumah",
        "hubungi 112, 110 atau 1708; telp 1500-123, 0800 1234567, call center 14045",
        "kode pos 10110, tiang PLN KBY 123/45, PJU no 012-155",
        "KRL 1234 arah kota, GA 412, bus DMR 240087, JAK 15",
        "no pelanggan PDAM 3112164, idpel 512345678901",
        "Saya Warga RT 3 sini, saya tinggal di Menteng",
        "Saya Ketua RT 05 ingin melapor",
        "Saya Sudah Lapor Dari Kemarin",
        "nama saya tidak ada di daftar, nama saya sudah dicoret",
        "atas nama ahli waris belum jadi",
        "dengan Bapak Lurah sudah dibahas, hubungi Pak RT dulu",
        "MOHON IDENTITAS PELAPOR DIRAHASIAKAN",
        "sudah ttd SPJ",
    ],
)
def test_what_the_office_needs_stays(text: str) -> None:
    assert scrub(text) == text


def test_the_reporters_name_is_replaced_but_not_the_street_of_that_name() -> None:
    text = "Saya Contohwati, CONTOHWATI SATU, tinggal di Jl. Contohwati Raya"
    assert scrub(text, names=["Contohwati Satu"]) == "Saya [nama], [nama], tinggal di Jl. Contohwati Raya"


def test_a_handle_is_replaced_also_without_its_sign() -> None:
    assert scrub("dari warga001 dan @warga001", names=["warga001"]) == "dari [nama] dan [akun]"


@given(PIECES | st.text(), st.lists(st.text(max_size=12), max_size=2))
def test_scrubbing_twice_changes_nothing(text: str, names: list[str]) -> None:
    once = scrub(text, names=names)
    assert scrub(once, names=names) == once


@given(PIECES | st.text())
def test_found_stretches_are_in_order_and_inside(text: str) -> None:
    end = 0
    for found in find_personal(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


GROUPS = (*BIRTH, *RULES, *HARMLESS)


@pytest.mark.parametrize("group", GROUPS, ids=[f"{at} {group.rules[0][0]}" for at, group in enumerate(GROUPS)])
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_rule_that_would_find_something_is_spared(group: Rules, data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from([pattern for _, pattern in group.rules]))
    text = data.draw(st.from_regex(pattern, alphabet=st.characters(codec="ascii")))
    assert group.may_match(text.casefold())


@given(st.integers(0, 10**16 - 1), st.text(alphabet="abc ,.\n", max_size=10), st.text(alphabet="abc ,.\n", max_size=10))
def test_no_identity_number_survives(number: int, before: str, after: str) -> None:
    assert f"{number:016}" not in scrub(f"{before}{number:016}{after}")


@given(st.integers(10**8, 10**10 - 1), st.sampled_from(["08{}", "+628{}", "62 8{}", "(08{})"]))
def test_no_mobile_number_survives(number: int, shape: str) -> None:
    assert str(number) not in scrub(f"hubungi saya di {shape.format(number)} ya")


@pytest.mark.parametrize(
    "text",
    [
        "1" * 30_000,
        "nik " * 8_000,
        "a@" * 10_000,
        "0-8-" * 8_000,
        "Nama saya " * 2_000,
        " " * 30_000,
        "nik " + "a" * 30_000 + " 1234567",
        "nik." * 8_000 + " 1234567",
        "qlue lapor " + "." * 30_000 + " 1234567",
        "laporan " + "a" * 30_000 + " 1234567",
    ],
)
def test_hostile_texts_take_no_long_time(text: str) -> None:
    began = time.perf_counter()
    scrub(text)
    find_quoted(text, "JKT")
    assert time.perf_counter() - began < 2


def test_quoted_numbers_carry_their_system() -> None:
    number = make_number(77, "JKT")
    text = f"Lanjutan {number.lower()} dan No. JK2301010001, laporan saya #1234567, Qlue id 2100123"
    assert find_quoted(text, "JKT") == (f"hub:{number}", "jaki:JK2301010001", "qlue:2100123", "lapor:1234567")


@pytest.mark.parametrize(
    "text",
    [
        "JK2313010001",
        "JK0101010001",
        "JK23010100011",
        "1234567 tanpa kata",
        "lapor 081234567",
        "laporan 1.234.567 warga",
        "JKT-00000001",
    ],
)
def test_what_is_no_report_number_is_not_quoted(text: str) -> None:
    assert find_quoted(text, "JKT") == ()


def test_what_is_planted_is_found_and_what_only_looks_like_it_stays() -> None:
    secrets, lookalikes = measure(77, [], 60)
    assert {kind: score.odd for kind, score in secrets.items() if score.share < 0.97} == {}
    assert {kind: score.odd for kind, score in lookalikes.items() if score.gone} == {}
