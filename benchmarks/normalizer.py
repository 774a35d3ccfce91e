"""How fast complaints are understood and compared on one core, and which part takes the time.

Run: `python -m benchmarks.normalizer`. Figures depend on the machine; the shares, and the ratios to what anybody would
write first, hardly do. With `ADUAN_SHARED` set to a folder of evaluation data, real texts are timed beside the made-up
ones. Words are remembered once they were met, ours as well as PySastrawi's; what that hides stands in rows of its own.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.plain import Dictionary, blot, has_stemmer, make_stemmer
from hub.lexicons import load_categories, load_words
from hub.regions import load_region
from normalizer.categories import Categorizer
from normalizer.complaint import Complaint, Reporter
from normalizer.duplicates import Arrival, Candidate, decide, facts, keys, probes
from normalizer.places import Placer
from normalizer.privacy import find_quoted, scrub
from normalizer.region import Region
from normalizer.text import tidy
from normalizer.understand import Normalizer

COUNT, NEARBY = 2_000, 10
Work = Callable[[Complaint], object]
SCRUB, PLACE, ALL = "  scrub", "  place", "place + category + scrub"
FIRST = "  the same, texts never met before"
NAMES, BLOT = "n-gram dictionary of all names", "four bare patterns"
STEM, STEM_FIRST = "PySastrawi, words met before", "PySastrawi, fresh"
COMPARED = ((PLACE, NAMES), (SCRUB, BLOT), (ALL, NAMES), (ALL, STEM), (FIRST, STEM_FIRST))
"""Ours and the baseline that it is measured by."""
START = datetime(2031, 3, 1, tzinfo=UTC)
MATTERS = (
    "Banjir setinggi lutut sejak semalam, pompa belum datang",
    "Lampu jalan padam sudah tiga malam, gelap sekali dan rawan",
    "Jalan berlubang dalam, sudah ada motor yang jatuh",
    "Sampah menumpuk di pinggir jalan, baunya sampai ke rumah warga",
    "Parkir liar di bahu jalan bikin macet setiap sore",
    "Pohon miring hampir tumbang ke kabel listrik",
    "Saluran mampet, air got meluap ke jalan tiap hujan",
    "Trotoar dipakai jualan, pejalan kaki turun ke jalan",
)
ENDS = ("mohon segera ditindaklanjuti", "tolong dibantu ya min", "sudah lapor berkali-kali #contoh", "terima kasih", "")


def made_up(dice: random.Random, region: Region, number: int) -> Complaint:
    """Invent a complaint: half of them with a position, all with the everyday mix of address words."""
    street = dice.choice(region.streets).name if region.streets else "Jalan Contoh"
    area = dice.choice(region.areas)
    where = f"di {street} no {dice.randint(1, 90)} RT {dice.randint(1, 15):03}/{dice.randint(1, 12):03} {area.name}"
    positioned = dice.random() < 0.5
    return Complaint(
        native_id=str(number),
        created_at=START + timedelta(seconds=number),
        text=f"{dice.choice(MATTERS)} {where}, {dice.choice(ENDS)}",
        lat=area.lat if positioned else None,
        lon=area.lon if positioned else None,
        reporter=Reporter(handle=f"warga{number}@example.org", name="Warga Contoh"),
    )


def read_real(limit: int) -> list[Complaint]:
    """Read real texts, where somebody has them: never shipped, never shown. Median 203 characters, a tenth over 687."""
    folder = os.environ.get("ADUAN_SHARED")
    if not folder:
        return []
    with (Path(folder) / "data/text/surabaya_wargaku_2022_first_half.csv").open(encoding="utf-8", newline="") as file:
        rows = list(islice(csv.DictReader(file), limit))
    return [Complaint(native_id=row["id"], created_at=START, text=row["keluhan"]) for row in rows]


def microseconds(make: Callable[[], Work], complaints: list[Complaint]) -> float:
    """Give the processor time a complaint takes, the best of five runs: the others measure the machine's other work."""
    runs = []
    for _ in range(5):
        work = make()
        start = time.process_time()
        for complaint in complaints:
            work(complaint)
        runs.append(time.process_time() - start)
    return 1e6 * min(runs) / len(complaints)


def stages(region: Region, categorizer: Categorizer, complaints: list[Complaint]) -> dict[str, Work]:
    """Give the parts of understanding and deciding, with all that is remembered of words once they were met."""
    normalizer, placer = Normalizer(region, categorizer), Placer(region)
    before = {one.native_id: (placer.place(one), categorizer.guess(one), scrub(one.text)) for one in complaints}

    def comparing(complaint: Complaint) -> object:
        known = facts(complaint, *before[complaint.native_id], ())
        return keys(known), probes(known)

    dice = random.Random(2)
    cases = {
        one.native_id: (Arrival(one.created_at, normalizer.understand(one).facts), nearby(one, normalizer, dice))
        for one in complaints
    }
    return {
        "understand": normalizer.understand,
        "  tidy": lambda complaint: tidy(complaint.words),
        SCRUB: lambda complaint: scrub(complaint.text),
        PLACE: placer.place,
        "  category": categorizer.guess,
        "  quoted numbers": lambda complaint: find_quoted(complaint.text, region.letters),
        "  facts, keys, probes": comparing,
        f"decide among {NEARBY}": lambda complaint: decide(*cases[complaint.native_id]),
        ALL: three(placer, categorizer),
    }


def three(placer: Placer, categorizer: Categorizer) -> Work:
    """Give what the aim is set for."""
    return lambda complaint: (placer.place(complaint), categorizer.guess(complaint), scrub(complaint.text))


def baselines(region: Region) -> dict[str, Callable[[], Work]]:
    """Give what anybody would write first, made anew for each run."""
    names = Dictionary(region)
    found: dict[str, Callable[[], Work]] = {
        NAMES: lambda: lambda complaint: names.find(complaint.text),
        BLOT: lambda: lambda complaint: blot(complaint.text),
    }
    if has_stemmer():
        stem = make_stemmer()
        found[STEM] = lambda: lambda complaint: stem(complaint.text)
        found[STEM_FIRST] = lambda: _over(make_stemmer())
    return found


def _over(stem: Callable[[str], str]) -> Work:
    return lambda complaint: stem(complaint.text)


def nearby(complaint: Complaint, normalizer: Normalizer, dice: random.Random) -> list[Candidate]:
    """Surround a complaint by others of the same kind within some hundred metres."""
    known: dict[str, Any] = normalizer.understand(complaint).facts
    around = []
    for number in range(NEARBY):
        moved = {**known, "x": number, "r": number, "t": dice.sample(range(999), 8)}
        if "p" in known:
            moved["p"] = [known["p"][0] + dice.uniform(-1, 1) / 500, known["p"][1], known["p"][2]]
        at = complaint.created_at - timedelta(minutes=10 * number)
        around.append(Candidate(complaint=number, report=number // 2, at=at, facts=moved))
    return around


def measure(region: Region, categorizer: Categorizer, complaints: list[Complaint]) -> dict[str, float]:
    """Time everything on the same texts."""
    works: dict[str, Callable[[], Work]] = {
        name: partial(_same, work) for name, work in stages(region, categorizer, complaints).items()
    }
    works[FIRST] = lambda: three(Placer(region), Categorizer(load_categories(), load_words()))
    works |= baselines(region)
    return {name: microseconds(make, complaints) for name, make in works.items()}


def _same(work: Work) -> Work:
    return work


def ratios(figures: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Compare ours with the baselines of the same run."""
    for ours, theirs in COMPARED:
        if theirs in figures:
            yield f"{ours.strip()} : {theirs}", figures[ours] / figures[theirs]


def main() -> None:
    dice, region, categorizer = random.Random(1), load_region("jakarta"), Categorizer(load_categories(), load_words())
    real = sorted(read_real(COUNT), key=lambda complaint: len(complaint.text))
    kinds = {
        "made up": [made_up(dice, region, number) for number in range(COUNT)],
        "real, all": real,
        "real, middle fifth": real[len(real) * 2 // 5 : len(real) * 3 // 5],
    }
    figures = {kind: measure(region, categorizer, some) for kind, some in kinds.items() if some}
    times = Table("one core", *(column for kind in figures for column in (f"{kind}, µs", "a second")))
    for name in next(iter(figures.values())):
        cells = (cell for row in figures.values() for cell in (f"{row[name]:.1f}", f"{1e6 / row[name]:,.0f}"))
        times.add_row(name, *cells)
    beside = Table("times as long", *figures)
    for rows in zip(*map(ratios, figures.values()), strict=True):
        beside.add_row(rows[0][0], *(f"{ratio:.2f}" for _, ratio in rows))
    console = Console(width=120)
    console.print(times, beside)
    if not has_stemmer():
        console.print("PySastrawi is not installed: stemming is left out")


if __name__ == "__main__":
    main()
