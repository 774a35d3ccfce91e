"""How fast complaints are understood and compared on one core, and which part takes the time.

Run: `python -m benchmarks.normalizer`. Figures depend on the machine; the shares hardly do. With `ADUAN_SHARED` set to
a folder of evaluation data, real texts are timed beside the made-up ones.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

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


def microseconds(work: Callable[[Complaint], object], complaints: list[Complaint]) -> float:
    """Give the processor time a complaint takes, the best of five runs: the others measure the machine's other work."""
    runs = []
    for _ in range(5):
        start = time.process_time()
        for complaint in complaints:
            work(complaint)
        runs.append(time.process_time() - start)
    return 1e6 * min(runs) / len(complaints)


def stages(
    region: Region, categorizer: Categorizer, complaints: list[Complaint]
) -> dict[str, Callable[[Complaint], object]]:
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
        "  scrub": lambda complaint: scrub(complaint.text),
        "  place": placer.place,
        "  category": categorizer.guess,
        "  quoted numbers": lambda complaint: find_quoted(complaint.text, region.letters),
        "  facts, keys, probes": comparing,
        f"decide among {NEARBY}": lambda complaint: decide(*cases[complaint.native_id]),
    }


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


def main() -> None:
    dice, region, categorizer = random.Random(1), load_region("jakarta"), Categorizer(load_categories(), load_words())
    real = sorted(read_real(COUNT), key=lambda complaint: len(complaint.text))
    kinds = {
        "made up": [made_up(dice, region, number) for number in range(COUNT)],
        "real, all": real,
        "real, middle fifth": real[len(real) * 2 // 5 : len(real) * 3 // 5],
    }
    table = Table(
        "one core", *(column for kind, some in kinds.items() if some for column in (f"{kind}, µs", "a second"))
    )
    figures = [
        {name: microseconds(work, some) for name, work in stages(region, categorizer, some).items()}
        for some in kinds.values()
        if some
    ]
    for name in figures[0]:
        table.add_row(name, *(cell for row in figures for cell in (f"{row[name]:.1f}", f"{1e6 / row[name]:,.0f}")))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
