"""What personal data looks like in Indonesian text, and what only looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Rule = tuple[str, re.Pattern[str]]
"""What is found, which is also the label that replaces it, and its pattern: the group `it` is what is personal."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules that are tried in this order, but only where a cue or the shape stands in the text in lower case.

    Most texts hold nothing personal, and looking for cues takes a twentieth of the time of the patterns.
    """

    rules: tuple[Rule, ...]
    cues: tuple[str, ...] = ()
    shape: re.Pattern[str] | None = None

    def may_match(self, lowered: str) -> bool:
        """Say whether any of the rules can find something. A wrong yes costs time, a wrong no never happens."""
        for cue in self.cues:  # no generator: this runs for every group and text
            if cue in lowered:
                return True
        return self.shape is not None and self.shape.search(lowered) is not None


def in_question(groups: Iterable[Rules], lowered: str) -> list[Rule]:
    """List the rules that can find something in a text, given as `lower` spells it."""
    return [rule for group in groups if group.may_match(lowered) for rule in group.rules]


def lower(text: str) -> str:
    """Give the text in lower case as patterns see it that ignore case: to them the Turkish i's are an i."""
    return text.lower() if text.isascii() else text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


def _not_after(*words: str) -> str:
    """Look behind for each word with a blank, a full stop or both."""
    return "".join(rf"(?<!\b(?i:{word})[ .])(?<!\b(?i:{word})\. )" for word in words)


NO_PLACE = _not_after(
    "jl", "jln", "jalan", "gg", "gang", "kel", "kec", "kelurahan", "kecamatan", "pasar", "kampung", "taman"
)
"""Not the name of a street or a place."""
_NO_ADDRESS = _not_after("blok", "blk", "unit", "gang", "no", "kav", "gg", "jl", "jalan", "rt", "rw")
_PREFIX = "(?:A[ABDEG]?|B[ABDEGHKLMNP]?|C[CD]|D[ABCDEGHKLMNPRSTW]?|E[ABD]?|F|G|H|K[BHTU]?|L|M|N|P[AB]?|RI?|S|T|W|Z)"
"""Letters with which Indonesian plates begin; RT, RW, JL, NO are none of them."""
_NO_SUFFIX = r"(?!(?:DAN|KK|RT|RW|WIB|JAM|DI|KE|NO|KM|CM|PT|RB|JT|KG)\b)"
_NAME = r"(?P<it>[A-Z][\w'’]*\.?(?:[ \t]+[A-Z][\w'’]*\.?){0,3})"
_HONORIFIC = r"(?:(?i:bapak|bpk|pak|ibu|bu|sdr|sdri|saudara|saudari|tuan|tn|nyonya|ny|haji|hj?)\b\.?\s*){0,2}"
_WHOSE = r"(?:lengkap|pelapor|pemohon|saya|anak|ibu|bapak|suami|istri|pasien|siswa)"
_NEXT_FIELD = r"(?:nik|ktp|kk|alamat|no|hp|telp|umur|usia|rt|tempat|ttl|lahir)"


def _few_words(mark: str = "") -> str:
    """Match up to three words of at most forty letters, as few as will do; `mark` may stand in them too.

    One word's end decides the next one's beginning: with `(?:blank* word+){0,3}` a word of a thousand letters could be
    split in a billion ways.
    """
    last = rf"[\w.:=\-{mark}]{{1,40}}"
    whole = rf"{last}+[^\S\n]+"
    return rf"(?:|[^\S\n]*(?:{last}|{whole}{last}|{whole}{whole}{last}))"


def _rule(kind: str, *parts: str) -> Rule:
    return kind, re.compile("".join(parts))


BIRTH = (
    Rules(
        cues=("lahir", "ttl"),
        rules=(
            _rule(
                "tanggal lahir",
                r"(?i:\b(?:tanggal|tgl|tempat\s*(?:/|dan|,)?\s*(?:tanggal|tgl))\.?\s*lahir|\bttl|\bkelahiran|\blahir)\b",
                r"(?:\s+(?i:tanggal|tgl|pada))?[^\d\n]{0,30}",
                r"(?P<it>\d{1,2}[\s\-/.]*(?:\d{1,2}|[A-Za-z]{3,9})[\s\-/.]*(?:19|20)?\d\d)(?!\d)",
            ),
        ),
    ),
)
"""Tried before dates are set aside."""

_PROVIDER = r"(?:gmail|ymail|yahoo|hotmail|outlook|live|icloud)"
_MAIL = Rules(
    cues=("@", "(at)", "[at]", " at "),
    rules=(
        _rule("e-mail", r"(?<![\w.+-])(?P<it>[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"),
        # Without its ending, or with the sign spelled out.
        _rule(
            "e-mail",
            rf"(?<![\w.+-])(?P<it>[\w.+-]{{2,64}}(?:@| ?(?i:\(at\)|\[at\]) ?| (?i:at) )(?i:{_PROVIDER}\b)",
            r"(?:(?:\.| ?[(\[]?(?i:dot)[)\]]? ?)[a-z]{2,3}\b){0,2})",
        ),
    ),
)

_TAXPAYER = Rules(
    cues=("npwp",),
    rules=(_rule("NPWP", r"\b(?i:npwp)\b(?:\s+(?i:no|nomor|saya)\b\.?){0,2}[\s.:=]{0,3}(?P<it>\d{15})(?!\d)"),),
)

_NUMBERS = Rules(
    shape=re.compile(r"\d(?:[\s.\-()]{0,3}\d){6}"),
    rules=(
        _rule("NPWP", r"(?<!\d)(?P<it>\d\d\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3})(?!\d)"),
        _rule("NIK", r"(?<!\d)(?P<it>\d{16})(?!\d)"),
        # With its cue also mistyped and in groups.
        _rule(
            "NIK",
            rf"\b(?i:n\s?i\s?k|k\s?k|k\s?t\s?p|kartu keluarga){_few_words()}[\s.:=\-]*+",
            r"(?<!\d)(?P<it>\d(?:[ .\-]?\d){11,19})(?!\d)",
        ),
        # Without one, groups of four digits only where the birth date inside is a date (women: day + 40).
        _rule(
            "NIK",
            r"(?<!\d)(?P<it>[1-9]\d{3}[ .\-]\d\d(?:[04][1-9]|[1256]\d|[37][01])[ .\-]",
            r"(?:0[1-9]|1[0-2])\d\d[ .\-]\d{4})(?!\d)",
        ),
        _rule("BPJS", r"(?<!\d)(?P<it>000\d{10}|000\d[ \-]\d{4}[ \-]\d{4}[ \-]\d)(?!\d)"),
        _rule(
            "BPJS",
            r"\b(?i:bpjs|kis|jkn)(?:\s+(?i:no|nomor|kesehatan|peserta)\b\.?){0,3}[\s.:=]{0,3}(?P<it>\d{11,13})(?!\d)",
        ),
        _rule(
            "rekening",
            r"\b(?i:no\.?\s?rek|norek|rek|rekening|bca|bri|bni|btn|bsi|mandiri|cimb|danamon|permata|bank\s+\w+|va|virtual\s+account)\b",
            r"(?!\s+(?i:listrik|pln|air|pam|pdam|telepon))[^\d\n]{0,25}?(?<!\d)(?P<it>\d(?:[ \-]?\d){8,15})(?!\d)",
        ),
        _rule("telepon", r"(?<!\d)(?P<it>\(?(?:\+\s?62|62|0)\)?[\s.\-]?8(?:[\s.\-)]{0,2}\d){7,11})(?!\d)"),
        # Landlines: the area codes of Jakarta, its neighbours, the large cities and Karo.
        _rule(
            "telepon",
            r"(?<![\d/.\-])(?P<it>(?:\(0\d{2,3}\)|\+?62[\s\-]?21|0(?:21|22|24|31|61|251|254|267|274|361|628))",
            r"[\s.\-]{0,2}\d{3,4}[\s.\-]?\d{3,5})(?!\d)",
        ),
        _rule(
            "telepon",
            r"\b(?i:hp|wa|whatsapp|telp|telpon|telepon|tlp|tlpn|phone|kontak|hubungi|no\s?hp)\b\.?",
            r"(?:\s+(?i:saya|kami|no|nomor|di|ke)\b)*[\s.:=/]{0,4}(?P<it>\+?\d(?:[ .\-]?\d){6,13})(?!\d)",
        ),
    ),
)

_ODD_PHONES = (
    Rules(
        shape=re.compile(r"8\d{1,2}[/_]\d{3,4}[/_]\d"),
        rules=(_rule("telepon", r"(?<![\w/])(?P<it>(?:0|\+?62)8\d\d?([/_])\d{3,4}\2\d{3,5})(?![\w/])"),),
    ),
    Rules(cues=("o8",), rules=(_rule("telepon", r"(?<!\w)(?P<it>[oO]8[\doO]{8,11})(?!\w)"),)),
)
"""With strokes, and with a letter for the first nought."""

_PLATES = Rules(
    cues=("plat", "pol"),
    shape=re.compile(
        r"\d(?:(?<=\b[a-z]\d)|(?<=\b[a-z]{2}\d)|(?<=\b[a-z][ \-]\d)|(?<=\b[a-z]{2}[ \-]\d))\d{2,3}[ \-]?[a-z]{2}"
    ),
    rules=(
        _rule(
            "plat",
            rf"(?<![\w/.\-])(?=[A-Z]{{1,2}}[ \-]?\d){_NO_ADDRESS}",
            rf"(?P<it>{_PREFIX}[ \-]?\d{{3,4}}[ \-]?{_NO_SUFFIX}[A-Z]{{2,3}})\b",
        ),
        _rule(
            "plat",
            r"(?i:\b(?:plat|nopol|no\.?\s?pol|nomor\s+polisi|bernopol|berplat)\b",
            r"(?:\s+(?:nomor|no|mobil|motor|polisi|kendaraan|merah|kuning|hitam|putih))*[\s.:]{0,3}",
            rf"(?P<it>{_PREFIX}[ \-.]?\d{{1,4}}(?:[ \-.]?[A-Z]{{1,3}})?))\b",
        ),
        _rule(
            "plat",
            r"(?i:\b(?:mobil|motor|truk|truck|angkot|taksi|bus|pick\s?up|kendaraan)\s+",
            rf"(?P<it>{_PREFIX}[ \-]?\d{{3,4}}[ \-]?[A-Z]{{2,3}}))\b",
        ),
    ),
)

_ACCOUNTS = Rules(
    cues=("@", "ig:", "gram:", "witter:", "tiktok:"),
    rules=(
        _rule(
            "akun",
            r"\b(?i:ig|instagram|twitter|tiktok|telegram):[ \t]{0,2}(?P<it>(?!(?i:https?|www)\b)@?\w[\w.]{2,29})",
        ),
        # Not a price ("@5000", "@10rb") and not "at" before a place.
        _rule(
            "akun",
            r"(?<![\w@/.])(?P<it>@(?!\d+(?i:rb|ribu|k|jt|juta|kg|m|hari|orang|l)?\b)",
            r"(?!(?i:jl|jln|jalan|depan|pasar)\b)\w{2,30})",
        ),
    ),
)

_NO_NAME = (
    r"(?!(?i:warga|selaku|sebagai|ketua|wakil|pengurus|rt|rw|mau|ingin|mohon|minta|dari|tinggal|adalah|yang|sudah|belum"
    r"|tidak|sangat|hanya|akan|dan|juga|di|ke|lurah|camat|walikota|wali|gubernur|bupati|presiden|kepala|kadis|kapolsek"
    r"|menteri|dinas|petugas|pegawai|polisi|guru|dokter|satpam|admin|ustad|ustadz|haji|sekalian|semua|terkait|saya"
    r"|kami|tetangga|pemilik|pelapor|orang|anak|istri|suami|almarhum|alm|terhormat|kelurahan|kecamatan|seluruh"
    r"|masyarakat|pemerintah|pt|cv|lapor|beliau|bapak|ibu|pak|bu|spj|polri|tni|lpmk|lpj|nama|dan|materai|basah|digital)\b)"
)
"""What follows a cue for a name and is none: titles, roles and everyday words."""
_SAID_OF_NAMES = (
    r"(?!(?:tidak|tdk|gak|ga|nggak|sudah|sdh|udah|belum|blm|kok|kenapa|mengapa|hilang|di|ada|salah|ke|kan|masuk|keluar"
    r"|untuk|yang|yg|dan|juga|dalam|pada|sebagai|atas|agar|dari|dulu|malah|masih|sama|saja|tapi|muncul|dicoret|dihapus"
    r"|terhapus|terdaftar|tercatat|tertulis|tertera|terdata|termasuk|tercantum|berubah|diganti|dobel|double|dicantumkan"
    r"|didaftarkan|dicatut|warga|jalan|sekolah|orang|anak|ibu|bapak|suami|istri|lengkap|pribadi|perusahaan|pt|cv|kami"
    r"|saya|siapa|apa|itu|ini|tersebut|tsb|katanya|wajib|ahli|almarhum|almarhumah|alm|ank|sy"
    r"|kakek|nenek|seluruh|masyarakat|pemilik|lama|baru|bank|pemohon|akun)\b)"
)
"""What is often said of a name instead of the name."""
_SPOKEN_NAME = (
    r"(?P<it>[a-z][a-z'’]{2,19}(?:[ \t]+"
    r"(?!(?:dari|warga|umur|usia|alamat|tinggal|pak|bu|terima|korban|bagian|belum|sudah|no|nik|yang|yg|dan)\b)"
    r"[a-z'’]{2,20}){0,2})"
)
_ENDS_NAME = r"(?=\s*(?:[,.;\n(]|$)|\s+(?i:dari|warga|umur|usia|alamat|tinggal|nik|no|hp|rt|belum|blm|sudah|sdh)\b)"

_NAMED = r"[Nn](?<!\w.)[Aa][Mm][Aa]\b"
"""Begins with letters, not with an assertion, so that the search leaps from n to n."""

_NAMES = (
    Rules(
        cues=("nama",),
        rules=(
            # A form: up to the end of the line, a mark or the next field.
            _rule(
                "nama",
                rf"{_NAMED}(?:\s+(?i:{_WHOSE}))?\s*[:=]\s*{_HONORIFIC}",
                r"(?P<it>[A-Za-z][A-Za-z'’.]*(?:[ \t]+[A-Za-z][A-Za-z'’.]*){0,3}?)",
                rf"(?=\s*(?:[,;:\n\d(]|$|\.(?:\s|$)|(?i:\b{_NEXT_FIELD}\b)))",
            ),
            _rule("nama", rf"{_NAMED}(?i:\s+{_WHOSE}(?:\s+saya)?(?:\s+adalah)?)\s*{_HONORIFIC}{_NAME}"),
        ),
    ),
    Rules(
        shape=re.compile(r"a(?<!\wa)(?:n\.|n\s?:|\.\s?n|/n|tas\s+nama)"),
        rules=(
            _rule(
                "nama",
                rf"(?:(?i:\ba\.\s?n\.?|\ba/n|\batas\s+nama)|\ban\.|\ban\s?:)\s*[:=]?\s*{_HONORIFIC}",
                rf"(?!(?i:warga|seluruh|masyarakat|pemerintah|pt|cv|ketua|kelurahan|kecamatan|rt|rw)\b){_NAME}",
            ),
        ),
    ),
)

_TITLE = r"(?:bapak|bpk|pak|ibu|bu|sdr|sdri|saudara|saudari|tuan|nyonya|mas|mbak|haji)"
_CALLED = r"(?P<it>(?:[A-Z]{1,2}\.[ \t]?)?[A-Z][\w'’]*(?:[ \t]+(?:[A-Z][\w'’]+|[A-Z]{1,2}\.)){0,3})"
"""A name in running text: a full stop ends it, unless it is of an initial."""
_WHO = (
    # "RT 5" may be covered already.
    "(?:dari\\s(?:\ufffc|(?i:rt|rw|kel|kelurahan|jl|jln|jalan|gang|gg|perum|perumahan|kampung|kp|desa|komplek|blok|warga)"
    r"\b)|(?:warga|tinggal di|alamat|umur|usia|selaku|sebagai|ketua|pengurus|penduduk|domisili)\b)"
)
_SPOKEN = (
    # All in small letters: only where the name soon ends and the words are not what is said of names.
    Rules(
        cues=("nama saya ", "perkenalkan", "atas nama ", "a.n.", "a. n."),
        rules=(
            _rule(
                "nama",
                rf"\b(?i:nama saya|perkenalkan,? saya|atas nama|a\. ?n\.) {_HONORIFIC}",
                rf"{_SAID_OF_NAMES}{_SPOKEN_NAME}{_ENDS_NAME}",
            ),
            _rule("nama", rf"(?i:\bperkenalkan,?\s+(?:nama\s+)?saya)\s*[:=,]?\s*{_HONORIFIC}{_NAME}"),
        ),
    ),
    # "Saya … dari RT 3": who it is follows in small letters, so that headlines are not taken for names.
    Rules(
        shape=re.compile(
            rf"saya[,:]?\s(?:{_TITLE}\b\.?\s)?{_NO_NAME}[\w'’.]{{1,40}}(?:\s[\w'’.]{{1,40}}){{0,2}},?\s+{_WHO}"
        ),
        rules=(
            _rule(
                "nama",
                rf"\b[Ss]aya[,:]?\s(?:(?i:{_TITLE})\b\.?\s)?{_NO_NAME}",
                rf"(?P<it>[A-Z][\w'’]{{0,30}}\.?(?:[ \t][A-Z][\w'’]{{0,30}}\.?){{0,2}})(?=,?\s+{_WHO})",
            ),
        ),
    ),
    *(
        Rules(
            shape=re.compile(rf"{greeting}\s*,?\s*\n"),
            rules=(_rule("nama", rf"\b(?i:{greeting})\s*,?\s*\n\s*{_HONORIFIC}{_NAME}[ \t]*(?=\n|$)"),),
        )
        for greeting in (r"hormat\s+(?:saya|kami)", "salam")
    ),
    Rules(cues=("bernama",), rules=(_rule("nama", rf"\b(?i:bernama)\s+{_HONORIFIC}{_NO_NAME}{_CALLED}"),)),
    Rules(
        cues=("ttd", "tertanda", "pelapor", "cp"),
        rules=(
            _rule(
                "nama",
                rf"\b(?i:(?:ttd|tertanda|cp)\b\.?\s*[:=,]?|pelapor\s*[:=])\s*{_HONORIFIC}{_NO_NAME}{_CALLED}",
            ),
        ),
    ),
    *(
        Rules(
            shape=re.compile(rf"{cue}\s+{_TITLE}\b"),
            rules=(_rule("nama", rf"\b(?i:{cue}\s+{_TITLE})\b\.?\s+{_NO_NAME}{_CALLED}"),),
        )
        for cue in ("dengan", "dgn", "hubungi", "kontak")
    ),
)
"""Names that no form asks for."""

RULES = (_MAIL, _TAXPAYER, _NUMBERS, *_ODD_PHONES, _PLATES, _ACCOUNTS, *_NAMES, *_SPOKEN)
"""In the order in which they are tried."""

_TIME = r"\d{1,2}[.:]\d{2}"
HARMLESS = (
    Rules(
        shape=re.compile(r"\.\d{4}"),
        rules=(_rule("derajat", r"(?<![\d.])-?(?:0|[1-9]\d{0,2})\.\d{4,}(?![\d.])"),),
    ),
    Rules(
        shape=re.compile(r"\d[.:]\d\d"),
        rules=(
            _rule(
                "jam",
                rf"(?<![\d.]){_TIME}(?:[.:]\d{{2}})?\s*(?i:wib)?\s*(?:-|–|(?i:s\.?/?d|sampai|hingga))\s*{_TIME}(?![\d.])",
            ),
            _rule("jam", rf"(?i:jam|pukul|pkl)\.?\s*{_TIME}(?![\d.])"),
            _rule("jam", r"(?<![\d.:])(?:[01]?\d|2[0-4])[.:][0-5]\d(?![\d.:]|[ \-]\d{3})"),
        ),
    ),
    Rules(
        shape=re.compile(r"\d[\-/.][01]?\d[\-/.]\d"),
        rules=(
            _rule("tanggal", r"(?<![\d\-/.])[0-3]?\d([\-/.])[01]?\d\1(?:19|20)?\d\d(?!\d|[\-/.]\d)"),
            _rule("tanggal", r"(?<![\d\-/.])(?:19|20)\d\d([\-/.])[01]?\d\1[0-3]?\d(?!\d|[\-/.]\d)"),
        ),
    ),
    Rules(
        shape=re.compile(r"r[tw][\s.:]{0,3}\d"),
        rules=(_rule("RT/RW", r"\b(?i:R[TW])[\s.:]{0,3}\d{1,3}(?:\s?[/,\-]\s?\d{1,3})*(?!\d)"),),
    ),
    Rules(
        cues=("1500", "0800", "0-800"),
        rules=(_rule("layanan", r"(?<![\d\-.])(?:1500[ \-.]?\d{3}|0-?800(?:[ \-.]?\d){6,10})(?![\d\-])"),),
    ),
    Rules(cues=("rp",), rules=(_rule("rupiah", r"\b(?i:rp)\.?\s*\d[\d.,]*"),)),
)
"""Numbers that would look like phones and identity cards; here the whole match counts."""

JAKI = re.compile(r"(?<![A-Za-z0-9])JK[\s\-.]?(\d{6})(\d{4})(?!\d)", re.IGNORECASE)
HUB = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,4}-([0-9A-TV-Z]{8})(?![A-Za-z0-9])", re.IGNORECASE)
LAPOR = re.compile(
    rf"\b(?:lapor!?|laporan|sp4n|tracking|tiket)(?![a-z]){_few_words('!')}[\s.:!=#\-]*+"
    r"(?<![\d.,])#?([1-9]\d{6})(?![.,]?\d)",
    re.IGNORECASE,
)
QLUE = re.compile(rf"\bqlue\b{_few_words()}[\s.:=#\-]*+(?<![\d.,])#?(\d{{5,9}})(?![.,]?\d)", re.IGNORECASE)
URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
PROFILE = re.compile(
    r"(?:twitter|x|instagram|facebook|fb|tiktok|threads)\.com/@?(?!(?:i|p|reel|groups|share|watch|story|web|hashtag)/)"
    r"(?P<akun>[A-Za-z0-9_.]{2,50})|(?:t\.me/|wa\.me/|phone=)\+?(?P<telepon>[A-Za-z0-9_]{4,40})",
    re.IGNORECASE,
)
"""Who is behind a link."""
