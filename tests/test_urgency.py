"""Danger is recognised however it is told; what is feared, over, usual or only sounds so is not an emergency."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.lexicons import load_categories, load_words
from normalizer.categories import Categorizer
from normalizer.complaint import Complaint

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def categorizer() -> Categorizer:
    return Categorizer(load_categories(), load_words())


def urgency(categorizer: Categorizer, text: str) -> str:
    return categorizer.guess(Complaint(native_id="a1", created_at=NOON, text=text)).urgency


@pytest.mark.parametrize(
    "text",
    [
        "kebakaran di gang 3 pak tolong",
        "Rumah tetangga kebakar, api udah gede",
        "ada api keluar dari gardu listrik depan sekolah",
        "asap tebal dari lantai dua ruko",
        "bau gas menyengat di dapur umum rusun",
        "tabung elpiji bocor di warung sebelah",
        "trafo meledak barusan",
        "mohon bisa segera kirim damkar ke blok C",
        "kalau bisa cepat pak, ada orang tenggelam di kali",
        "anak kecil kelelep di waduk",
        "bocah kebawa arus di saluran penghubung",
        "ada bapak2 kecebur ke kali, belum ketemu orangnya",
        "motor jatuh ke sungai, orangnya belum naik",
        "nenek saya kejebak banjir di lantai dua",
        "kami terjebak di dalam rumah, air terus naik",
        "warga belum dievakuasi, air sudah tinggi",
        "dari kemarin banjir sedada belum ada perahu",
        "air nggak surut surut, sekarang sepinggang orang dewasa",
        "banjir 120 cm di rt 4",
        "banjir kira2 1,5 meter",
        "air sudah se dada",
        "ketinggian air 1 m lebih, ada bayi",
        "butuh perahu karet di gang mawar",
        "tanggul kali jebol!!",
        "tiang listriknya nyetrum kalo dipegang",
        "ada kabel pln putus menjuntai ke jalan",
        "anak saya kesetrum tiang lampu taman",
        "korsleting di panel rusun lantai 4",
        "orang pingsan di halte, tidak ada yang menolong",
        "bapak saya tidak sadarkan diri, ambulans belum datang",
        "tolong kirim ambulan ke rt 7, ada yang sesak nafas",
        "tetangga kena serangan jantung",
        "istri mau melahirkan, ketuban pecah, jalan banjir",
        "pasien muntah darah, mohon dijemput",
        "anak hilang umur 6 tahun sejak sore belum pulang",
        "kakek tersesat di terminal, tidak tahu rumahnya",
        "ada bayi dibuang di depan mushola",
        "nenek terlantar di kolong jembatan, kakinya membusuk",
        "ada orang mau loncat dari jembatan penyeberangan",
        "saya mau bunuh diri saja pak",
        "tawuran lagi di depan stasiun bawa celurit",
        "barusan ada yang dibacok di gang belakang",
        "lagi ada begal di flyover, bawa sajam",
        "istri dipukuli suaminya sekarang, tolong",
        "ada perempuan disekap di kos",
        "pohon tumbang menimpa mobil, ada orang di dalam",
        "tembok sekolah roboh, dua anak tertimpa",
        "atap pasar runtuh, ada korban luka",
        "tanah longsor nutup rumah warga",
        "kecelakaan beruntun di tol dalam kota",
        "truk terguling, sopir terjepit",
        "motor tabrakan di perempatan, korban tergeletak",
        "house on fire near the market, please help",
        "people trapped by the flood, water is chest deep",
        "a man is unconscious at the bus stop",
        "live wire on the sidewalk",
        "missing child, 5 years old",
        "tolong cepat, nyawa warga terancam di dalam gudang",
    ],
)
def test_an_emergency_is_recognised(categorizer: Categorizer, text: str) -> None:
    assert urgency(categorizer, text) == "darurat"


@pytest.mark.parametrize(
    "text",
    [
        "pohonnya sudah miring, takut roboh menimpa rumah warga",
        "rawan kebakaran karena kabel semrawut",
        "jangan sampai ada korban jiwa baru diperbaiki",
        "tolong diperbaiki sebelum ada korban",
        "di sini sering terjadi kecelakaan",
        "sudah beberapa kali ada yang tenggelam di sini, mohon dipagari",
        "kalau hujan deras banjir sedada",
        "setiap hujan air sampai 100 cm",
        "kemarin kebakaran, sudah padam, mohon puingnya diangkut",
        "kecelakaan minggu lalu di tikungan ini, mohon dipasang cermin",
        "lubang di jalan hampir bikin saya kecelakaan",
        "banjir selutut di jalan utama",
        "air mulai masuk ke rumah",
        "pohon tumbang menutup jalan",
        "tutup got hilang di trotoar, bahaya buat pejalan kaki",
        "tiang telepon miring mau roboh",
        "kabel internet menjuntai rendah",
        "jalan amblas separuh",
        "lampu mati, gelap gulita, rawan begal",
        "kabel hitam besar itu menggelantung sampai tanah",
        "tutup besi gorong-gorong di tikungan hilang lagi",
        "tiang lampu di taman sudah miring 30 derajat",
        "pohon mangga di belakang sekolah dikhawatirkan jatuh",
        "PDAM di gang kami tidak mengalir sudah tiga hari",
        "sudah 2 minggu kampung kami tidak dapat air",
        "orang gangguan jiwa membawa kayu di pasar",
        "anak saya demam tapi ditolak puskesmas",
        "sudah dua kali minta rujukan tidak diberi",
        "ibu saya tumor, bulan depan baru dijadwalkan",
        "kakek tuna netra tinggal sendiri, mohon dirawat",
        "air belum surut dari tadi pagi",
        "obat bapak saya di puskesmas tidak diberikan",
        "ada ular masuk halaman",
        "open manhole on the sidewalk",
    ],
)
def test_a_danger_or_a_damage_is_pressing_but_no_emergency(categorizer: Categorizer, text: str) -> None:
    assert urgency(categorizer, text) == "mendesak"


@pytest.mark.parametrize(
    "text",
    [
        "mohon perbaikan jalan berlubang di depan pasar",
        "kota ini darurat sampah",
        "minta nomor darurat kelurahan",
        "alamat Jl. Kebakaran No. 4, lampu jalannya kuning",
        "pos pemadam kebakaran belum dicat",
        "saya terjebak macet dua jam",
        "jatuh tempo pajak kapan ya",
        "galian sepanjang 3 m belum ditutup aspal",
        "pelaku tingginya 170 cm, parkir sembarangan",
        "syukurlah tidak ada korban, hanya macet",
        "minta jadwal simulasi evakuasi pohon",
        "tumpukan sampah setinggi 1 meter",
        "stasiun kereta api perlu kursi",
        "demo kembang api tahun baru ditiadakan ya",
        "instalasi gawat darurat sedang direnovasi, parkir pindah ke mana",
        "suatu hari pernah ada kebakaran di gudang itu, sekarang kosong",
        "teman saya kritis di rumah sakit, mohon rambu dipasang di tikungan itu",
        "truk menabrak pohon, dahannya patah",
        "tumpukan ranting kering mudah terbakar",
        "api sudah padam: kebakaran sudah dipadamkan petugas, mohon puing diangkut",
        "bising, seperti orang sedang memukul besi",
        "ini menyangkut nyawa manusia, tolong parkirnya ditertibkan",
    ],
)
def test_what_only_sounds_dangerous_is_neither(categorizer: Categorizer, text: str) -> None:
    assert urgency(categorizer, text) != "darurat"


@pytest.mark.parametrize(
    "text",
    [
        "rambut saya tergantung di menara",
        "warung itu tutup setiap hari",
        "tas saya hilang di terminal",
        "lampu di gang tidak menyala",
        "bantuan beras bulan ini tidak keluar",
        "ekonomi warga kecil lumpuh",
        "got tidak mengalir karena daun",
    ],
)
def test_half_of_a_phrase_with_a_gap_says_nothing(categorizer: Categorizer, text: str) -> None:
    assert urgency(categorizer, text) == "biasa"


def test_the_halves_of_a_phrase_may_stand_a_few_words_apart_and_no_further(categorizer: Categorizer) -> None:
    assert urgency(categorizer, "kabel fiber di depan toko menjuntai") == "mendesak"
    assert urgency(categorizer, "kabel sudah dirapikan kemarin sore, sekarang tinggal daun pisang menjuntai") == "biasa"


def test_a_stop_parts_a_fear_from_what_happens_now(categorizer: Categorizer) -> None:
    assert urgency(categorizer, "Kami takut. Rumah sebelah terbakar") == "darurat"
    assert urgency(categorizer, "Kami takut rumah sebelah terbakar") == "mendesak"


def test_a_denied_emergency_is_none_but_what_is_not_done_yet_still_is(categorizer: Categorizer) -> None:
    assert urgency(categorizer, "tidak ada kebakaran di sini") == "biasa"
    assert urgency(categorizer, "pompa tidak nyala banjir sedada") == "darurat"


def test_the_words_that_decided_are_given_as_written(categorizer: Categorizer) -> None:
    guess = categorizer.guess(Complaint(native_id="a1", created_at=NOON, text="Ada yang KESETRUM di halte"))
    assert guess.urgency_words == ("kesetrum",)


@pytest.mark.parametrize("length", [200, 20_000])
def test_a_hostile_text_takes_no_long_time(categorizer: Categorizer, length: int) -> None:
    text = ("takut kebakaran " * length)[:200_000]
    assert urgency(categorizer, text) in {"darurat", "mendesak"}
