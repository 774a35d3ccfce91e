"""The categories of complaint: stable codes, and what follows from each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from normalizer.complaint import Handling

NeedsPlace = Literal["true", "helpful", "none"]
LegalClass = Literal["ringan", "normatif", "tidak-berkadar-pengawasan", "berkadar-pengawasan"]
"""SP4N classes with 2, 5, 14 and 60 working days."""


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of complaint.

    `reach` is how far apart, in metres, two complaints about one incident of this kind usually are; `extent`
    how large one incident may be; `span` how long it goes on, so that later complaints still mean it.
    """

    code: str
    name_id: str
    name_en: str
    group: str
    """Kinds that people mix up share a group; the search for the same incident looks inside one."""
    span: timedelta
    reach: float
    extent: float
    needs_place: NeedsPlace = "true"
    handling: Handling = "open"
    legal_class: LegalClass = "normatif"
    ends_when_gone: bool = False
    """A jam that nobody reports any more is over; a pothole is not."""


def _hours(count: float) -> timedelta:
    return timedelta(hours=count)


def _days(count: float) -> timedelta:
    return timedelta(days=count)


CATEGORIES: tuple[Category, ...] = (
    Category("banjir", "Banjir dan genangan", "Flood", "air", _hours(12), 80, 400, legal_class="ringan"),
    Category("saluran-air", "Saluran air, kali, sungai", "Drains and rivers", "saluran", _days(14), 60, 200),
    Category("jalan-rusak", "Jalan rusak", "Damaged road", "jalan", _days(21), 30, 120),
    Category("trotoar", "Trotoar", "Sidewalk", "jalan", _days(21), 30, 100),
    Category("lampu-jalan", "Lampu jalan", "Street light", "lampu", _days(14), 60, 250),
    Category(
        "lampu-lalu-lintas",
        "Lampu lalu lintas",
        "Traffic light",
        "lalu-lintas",
        _days(2),
        60,
        120,
        legal_class="ringan",
    ),
    Category("rambu", "Rambu dan marka", "Road signs", "lalu-lintas", _days(21), 40, 100),
    Category("macet", "Kemacetan", "Traffic jam", "macet", _hours(2), 200, 800, ends_when_gone=True),
    Category(
        "kecelakaan", "Kecelakaan", "Accident", "macet", _hours(2), 100, 200, legal_class="ringan", ends_when_gone=True
    ),
    Category("bahaya-jalan", "Bahaya di jalan", "Road hazard", "bahaya", _hours(12), 80, 200, legal_class="ringan"),
    Category("parkir-liar", "Parkir liar", "Illegal parking", "parkir", _hours(12), 80, 250),
    Category(
        "transportasi-umum",
        "Transportasi umum",
        "Public transport",
        "angkutan",
        _days(1),
        80,
        200,
        needs_place="helpful",
    ),
    Category("sampah", "Sampah", "Waste", "sampah", _days(5), 40, 150),
    Category("pohon", "Pohon", "Trees", "pohon", _days(7), 80, 160, legal_class="ringan"),
    Category("taman", "Taman", "Parks", "taman", _days(14), 80, 300),
    Category("hewan", "Hewan dan satwa", "Animals", "hewan", _days(2), 60, 200),
    Category("pkl-liar", "PKL liar", "Illegal street vendors", "parkir", _days(5), 50, 200),
    Category("ketertiban", "Ketertiban dan kebisingan", "Public order and noise", "ketertiban", _days(2), 60, 150),
    Category("kriminal", "Tindak kriminal", "Crime", "kriminal", _hours(12), 80, 200, legal_class="ringan"),
    Category("pmks", "Penyandang masalah sosial", "People in need", "sosial", _days(2), 80, 200),
    Category("reklame", "Reklame dan spanduk", "Billboards and banners", "reklame", _days(14), 40, 120),
    Category("bangunan", "Bangunan dan izin bangunan", "Buildings", "bangunan", _days(30), 20, 60),
    Category("fasilitas-umum", "Fasilitas umum", "Public facilities", "fasilitas", _days(14), 60, 150),
    Category("kebakaran", "Kebakaran", "Fire", "kebakaran", _hours(6), 150, 400, legal_class="ringan"),
    Category("bencana", "Bencana", "Disaster", "bencana", _hours(24), 150, 500, legal_class="ringan"),
    Category("air-bersih", "Air bersih", "Water supply", "air-bersih", _days(3), 150, 600),
    Category(
        "listrik-telekomunikasi", "Listrik dan telekomunikasi", "Power and telecoms", "listrik", _days(2), 120, 500
    ),
    Category("rokok", "Kawasan dilarang merokok", "Smoking", "rokok", _days(2), 50, 100),
    Category("makanan", "Makanan tidak higienis", "Food safety", "makanan", _days(5), 50, 100),
    Category("kesehatan", "Kesehatan", "Health", "layanan", _days(5), 50, 100, needs_place="helpful"),
    Category("pendidikan", "Pendidikan", "Education", "layanan", _days(5), 50, 100, needs_place="helpful"),
    Category("bantuan-sosial", "Bantuan sosial", "Social aid", "layanan", _days(5), 30, 60, needs_place="none"),
    Category("kependudukan", "Kependudukan", "Civil registry", "layanan", _days(5), 30, 60, needs_place="none"),
    Category("perizinan", "Perizinan", "Permits", "layanan", _days(5), 30, 60, needs_place="none"),
    Category(
        "pelayanan-publik", "Pelayanan publik", "Public service", "layanan", _days(5), 30, 60, needs_place="helpful"
    ),
    Category(
        "pungli",
        "Pungutan liar",
        "Extortion by officials",
        "pungli",
        _days(5),
        30,
        60,
        needs_place="helpful",
        handling="sealed",
        legal_class="berkadar-pengawasan",
    ),
    Category("pertanian", "Pertanian", "Agriculture", "pertanian", _days(14), 100, 400),
    Category("joki-three-in-one", "Joki three in one", "Three-in-one jockeys", "parkir", _hours(6), 80, 200),
    Category("lainnya", "Lainnya", "Other", "lainnya", _days(2), 30, 60, needs_place="helpful"),
)

BY_CODE: dict[str, Category] = {category.code: category for category in CATEGORIES}
OTHER = BY_CODE["lainnya"]


def category(code: str) -> Category:
    """Give the category with this code; `lainnya` for an unknown one."""
    return BY_CODE.get(code, OTHER)
