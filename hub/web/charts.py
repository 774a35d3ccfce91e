"""Charts as plain numbers that a template draws as SVG: patterns and direct numbers, so that they need no colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "selesai": ("selesai",),
    "terbuka": ("menunggu", "disposisi", "proses"),
    "koordinasi": ("koordinasi",),
    "ditolak": ("ditolak",),
    "berakhir": ("berakhir",),
}
"""How statuses are stacked, from the ground up."""
WIDTH, HEIGHT, HEAD = 720, 150, 18
FEW, TICKS = 14, 6
"""With so few bars every one has its number; so many dates stand below them."""
MANY = 62
"""More days than this are drawn week by week."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar."""

    outcome: str
    y: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """What came in within a day or a week."""

    first: date
    last: date
    x: float
    width: float
    top: float
    total: int
    parts: Sequence[Part]
    labelled: bool = False
    """Its total stands above it."""

    def of(self, outcome: str) -> int:
        """Give how many came to this."""
        return next((part.count for part in self.parts if part.outcome == outcome), 0)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars that share a scale."""

    bars: Sequence[Bar]
    totals: Mapping[str, int]
    """By outcome, over all bars."""
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def ticks(self) -> Sequence[Bar]:
        """Give the bars below which a date stands: few enough for a phone."""
        return self.bars[:: max(1, -(-len(self.bars) // TICKS))]


def stack(days: Mapping[date, Counter[str]], first: date, last: date) -> Chart:
    """Stack the outcomes of each day, or of each week where the days are many."""
    step = WEEK if (last - first).days >= MANY else 1
    starts = [first + timedelta(days=number) for number in range(0, (last - first).days + 1, step)]
    tallies = [_outcomes(days, start, min(start + timedelta(days=step - 1), last)) for start in starts]
    highest = max((tally.total() for tally in tallies), default=0)
    pitch, scale = WIDTH / max(len(starts), 1), (HEIGHT - HEAD) / max(highest, 1)
    bars = [
        _bar((start, min(start + timedelta(days=step - 1), last)), tally, number * pitch, pitch, scale)
        for number, (start, tally) in enumerate(zip(starts, tallies, strict=True))
    ]
    highest_at = max(range(len(bars)), key=lambda at: bars[at].total, default=0)
    shown = {len(bars) - 1, highest_at} if len(bars) > FEW else set(range(len(bars)))
    bars = [replace(bar, labelled=at in shown) for at, bar in enumerate(bars)]
    return Chart(bars, sum(tallies, Counter()))


def _outcomes(days: Mapping[date, Counter[str]], first: date, last: date) -> Counter[str]:
    counted: Counter[str] = Counter()
    for number in range((last - first).days + 1):
        statuses = days.get(first + timedelta(days=number), Counter())
        for outcome, members in OUTCOMES.items():
            counted[outcome] += sum(statuses[status] for status in members)
    return counted


def _bar(days: tuple[date, date], tally: Counter[str], x: float, pitch: float, scale: float) -> Bar:
    parts, y = [], float(HEIGHT)
    for outcome in OUTCOMES:
        if tally[outcome]:
            height = tally[outcome] * scale
            y -= height
            parts.append(Part(outcome, round(y, 2), round(height, 2), tally[outcome]))
    gap = min(pitch * 0.2, 4)
    return Bar(*days, round(x + gap / 2, 2), round(pitch - gap, 2), round(y, 2), tally.total(), parts)
