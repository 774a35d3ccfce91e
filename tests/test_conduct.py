"""Who blames an official is read by the integrity unit alone; who asks officials for help, or blames others, is not."""

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


def handling(categorizer: Categorizer, text: str) -> str:
    return categorizer.guess(Complaint(native_id="a1", created_at=NOON, text=text)).handling


@pytest.mark.parametrize(
    "text",
    [
        "petugas loket minta uang 50 ribu biar cepat",
        "Ketua RT meminta 300 ribu untuk tanda tangan pindah",
        "urus surat domisili di RW dikenakan biaya 100rb",
        "saya dimintai 500 oleh RT waktu lapor pindah",
        "pegawai kelurahan judes dan tidak ramah",
        "satpamnya baik tapi dokter puskesmas membentak pasien",
        "petugasnya ngomong dengan nada tinggi",
        "pak lurah tidak mau tanda tangan berkas saya",
        "RW menolak memberikan stempel tanpa alasan",
        "bidan tidak mau melayani karena sudah jam istirahat",
        "RT kami pilih kasih membagi bansos",
        "yang dapat bantuan cuma saudara ketua RT",
        "keluarga RT semua masuk daftar penerima",
        "kader sengaja mencoret nama saya",
        "bansos warga disunat 50 ribu per orang",
        "dana kelurahan dikorupsi",
        "ada pungli di loket parkir kelurahan",
        "oknum polisi menerima suap",
        "kepala sekolah menjual seragam dan wali murid wajib membeli",
        "guru memukul murid di kelas",
        "komite sekolah menarik iuran wajib tiap bulan 150 ribu",
        "petugas dishub main hp saat jalan macet",
        "pegawai tidur di ruang layanan",
        "ketua RW arogan dan sering memaki warga",
        "mobil dinas plat merah ugal ugalan di jalan",
        "lurah jarang di tempat, warga menunggu berjam-jam",
        "satpol pp mengambil dagangan lalu minta tebusan",
        "tolong petugas yang minta uang itu ditindak",
        "mohon lurah yang arogan dipecat",
        "RT 09 yang pilih kasih mohon diganti",
        "petugas ukur tanah meminta uang rokok",
        "data saya dibocorkan petugas ke orang yang saya laporkan",
        "pengurus RT memalsukan tanda tangan warga",
        "calo di kantor samsat kerja sama dengan orang dalam",
        "ada jual beli kursi di sekolah negeri",
        "uang kas diselewengkan bendahara RW",
        "saya dipersulit oleh pegawai kecamatan",
        "berkas saya ditolak oleh staf kelurahan tanpa alasan",
        "mohon dievaluasi kinerja lurah kami",
        "RT lepas tangan, katanya bukan urusan dia",
        "perawatnya sewot waktu ditanya jadwal",
        "satpam rsud bermuka masam kepada keluarga pasien",
        "pelayanan di kelurahan memakai nada tidak enak",
        "puskesmas tidak mau keluarkan rujukan untuk ibu saya",
        "urus surat pindah kok dipersulit",
        "pengajuan saya dipersulit terus",
        "bantuan dialihkan ke keluarga pak RT",
        "yang dapat RT lagi, warga miskin tidak",
        "sekolah memotong dana bantuan 50 ribu tiap murid",
        "SMPN itu memintai uang untuk pengambilan ijazah",
        "di kantor itu ada upeti tiap bulan",
        "dokter belum datang sampai jam sepuluh",
        "petugas loket tidak berada di tempat sejak pagi",
        "ijazah ditahan SMKN karena iuran",
        "kader menghapus data warga yang tidak disukainya",
        "lapak itu dilindungi oknum",
        "data pelapor disebarkan ke terlapor",
        "lurah mengulur ulur waktu tanda tangan waris",
        "perawat hanya duduk main hp",
        "RT berat sebelah soal bansos",
        "anak saya tidak diperiksa dokter, cuma ditanya",
        "tukang sapu marah marah kepada warga",
        "ada pungli di RT, dekat toko milik jukir",
        "guru SMP swasta baik, tetapi lurah menolak tanda tangan",
        "the officer asked for money to stamp my paper",
        "a police officer demanded money from me",
    ],
)
def test_blaming_an_official_seals(categorizer: Categorizer, text: str) -> None:
    assert handling(categorizer, text) == "sealed"


@pytest.mark.parametrize(
    "text",
    [
        "mohon petugas dishub menertibkan parkir liar",
        "tolong satpol pp segera datang, ada pkl di trotoar",
        "jukir liar minta uang 10 ribu di depan minimarket",
        "tukang parkir di minimarket melakukan pungli, mohon ditertibkan",
        "oknum jukir memaksa minta uang",
        "oknum warga membuang sampah di kali",
        "tetangga saya kasar kalau ditegur pak RT",
        "polisi tidur terlalu tinggi di RT 05 RW 03",
        "alamat saya RT 5 RW 2, lampu jalan mati",
        "terima kasih petugas sudah membersihkan got",
        "petugas sangat ramah dan cepat",
        "kepada yth bapak lurah, jalan kami rusak",
        "preman memalak sopir truk di terminal",
        "debt collector mengancam saya di rumah",
        "spp sekolah swasta diminta lunas 2 juta sebelum ujian",
        "jalan kasar di depan kantor kelurahan",
        "saya sudah lapor RT dan RW, pohonnya miring",
        "mohon info cara mengurus KTP di kelurahan",
        "penumpang dimarahi sopir angkot",
        "banjir di depan kantor kecamatan",
        "pencuri motor masuk kampung, polisi mohon patroli",
        "pabrik membuang limbah ke sungai",
        "kepala keluarga RT 03 ada 40 orang",
        "guru honorer menunggu gaji cair",
        "ijazah ditahan yayasan karena tunggakan",
        "guru SMP swasta menolak murid ikut ujian",
        "dokter klinik swasta kurang ramah",
        "sekolah islam itu milik yayasan, kepala sekolah tidak mau diangsur",
        "jukir menarik parkir 5 ribu, pungli, mohon satpol pp menindak",
        "ada oknum menjaga parkir, mohon bantuan dari polsek",
        "tolong dari kelurahan mengusir jukir liar",
        "keluarga saya RT 4 belum dapat kartu",
        "anak saya kena ancam di jalan, kelurahan Suka Maju kecamatan Contoh",
        "mobil parkir seenaknya, tidak ada tindakan tegas dari aparat",
        "mutasi PBB lama sekali di dinas",
        "saya karyawan swasta, berkas di kecamatan belum selesai",
        "petugas belum datang mengangkut sampah",
        "di sini tidak ada petugas memungut sampah",
    ],
)
def test_asking_officials_or_blaming_others_does_not_seal(categorizer: Categorizer, text: str) -> None:
    assert handling(categorizer, text) == "open"


def test_a_public_school_is_one_though_a_private_one_is_named_too(categorizer: Categorizer) -> None:
    assert handling(categorizer, "SD swasta itu bagus, kepala sekolah menolak murid") == "open"
    assert handling(categorizer, "SD swasta itu bagus, di SDN ini kepala sekolah menolak murid") == "sealed"


def test_kelurahan_and_kecamatan_are_an_address_only_beside_each_other(categorizer: Categorizer) -> None:
    assert handling(categorizer, "pemuda marah marah di kelurahan Suka Maju kecamatan Contoh") == "open"
    assert handling(categorizer, "saya dibentak di kelurahan dan kecamatan") == "sealed"


def test_the_same_words_seal_or_not_by_who_stands_nearer(categorizer: Categorizer) -> None:
    assert handling(categorizer, "jukir di depan pasar melakukan pungli") == "open"
    assert handling(categorizer, "petugas pasar melakukan pungli") == "sealed"
    assert handling(categorizer, "ada pungli di pasar") == "sealed"
