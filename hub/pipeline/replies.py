"""What citizens are told: short texts by status, cut to the manner of each channel."""

from __future__ import annotations

from hub.plugin import Manner

RECEIVED = (
    "Terima kasih. Aduan Anda kami terima dengan nomor {number} dan kami teruskan kepada petugas. "
    "Simpan nomor ini untuk menanyakan kelanjutannya."
)
STATUS = {
    "menunggu": "Laporan {number} menunggu ditangani.",
    "koordinasi": "Laporan {number} sedang dikoordinasikan antarinstansi.",
    "disposisi": "Laporan {number} sudah diteruskan kepada unit yang menangani.",
    "proses": "Laporan {number} sedang dikerjakan.",
    "selesai": "Laporan {number} selesai ditindaklanjuti.",
    "ditolak": "Laporan {number} tidak dapat ditindaklanjuti.",
    "berakhir": "Laporan {number} berakhir: keadaannya sudah tidak dilaporkan lagi.",
}
REASONS = {
    "bukan-masalah": "Setelah diperiksa, tidak ditemukan masalah di lokasi.",
    "di-luar-wewenang": "Hal ini berada di luar wewenang pemerintah daerah.",
    "di-luar-wilayah": "Lokasinya berada di luar wilayah kami.",
    "tidak-cukup-keterangan": "Keterangannya belum cukup. Mohon kirim lokasi atau foto.",
    "dicabut": "Aduan sudah dicabut oleh pelapor.",
    "uji-coba": "Ini adalah uji coba.",
}


def compose(number: str, status: str, note: str = "", reason: str = "") -> str:
    """Write what a follow-up says to a citizen: the status in plain words, the reason, the officials' public note."""
    parts = [STATUS.get(status, "Ada kabar tentang laporan {number}.").format(number=number)]
    parts.extend(part for part in (REASONS.get(reason, ""), note.strip()) if part)
    return " ".join(parts)


def cut(text: str, manner: Manner) -> str:
    """Cut a text to what the channel takes, at a word's end."""
    if not manner.max_chars or len(text) <= manner.max_chars:
        return text
    return text[: manner.max_chars - 1].rsplit(" ", 1)[0] + "…"
