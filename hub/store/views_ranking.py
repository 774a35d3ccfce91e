"""How well kelurahan finish what is theirs to finish: every report in one class, a value, a rank."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import sqrt

from sqlalchemy import ColumnElement, Connection, case, func, select

from hub.store.cut import MARKS, Cut
from hub.store.tables import reports
from hub.store.views_figures import read_waits
from hub.store.views_sight import Sight

RULES = 1
"""Raised whenever the same reports would get another value."""
LEAST = 30
"""Judged reports below which a kelurahan is shown, and not ranked."""
HALF = 0.5
"""What a finished report counts for of which nobody has shown or said how."""
Z = 1.96
"""Of the interval in which the true value lies with 95 %."""
DONE, UNPROVEN, UNDONE = "selesai-lengkap", "selesai-tanpa-bukti", "sendiri-terbuka"
JUDGED = (DONE, UNPROVEN, UNDONE)
"""What the value is made of."""
FINISHED = (DONE, UNPROVEN)
APART = ("sendiri-koordinasi", "sendiri-ditolak", "sendiri-berakhir", "urusan-lain")
"""Not judged: between offices, refused, gone by itself, and what others must do."""
CLASSES = (*JUDGED, *APART)
"""Marks of which every report of a kelurahan has exactly one."""

Members = Mapping[str, Mapping[str, list[int]]]
"""Keys of reports by kelurahan and class."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a kelurahan has done, and what that makes."""

    kelurahan: str
    counts: Mapping[str, int]
    """Reports by class."""
    median: timedelta | None = None
    """From a report's making to its end; for reading, not for the rank."""
    rank: int | None = field(default=None, compare=False)

    @property
    def reports(self) -> int:
        """Count all."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """Count those that the value is made of."""
        return sum(self.counts.get(name, 0) for name in JUDGED)

    @property
    def value(self) -> float | None:
        """Give the share of judged reports that were finished, 0 to 1; None where none was judged."""
        points = self.counts.get(DONE, 0) + HALF * self.counts.get(UNPROVEN, 0)
        return points / self.judged if self.judged else None

    @property
    def percent(self) -> int | None:
        """Give the value as it is shown, and ranked: in whole percent, halves upwards."""
        return None if self.value is None else int(100 * self.value + HALF)

    @property
    def between(self) -> tuple[int, int] | None:
        """Give the percent between which the value could as well lie by chance (Wilson's interval)."""
        if self.value is None:
            return None
        size, value = self.judged, self.value
        middle = (value + Z * Z / (2 * size)) / (1 + Z * Z / size)
        reach = Z * sqrt(value * (1 - value) / size + Z * Z / (4 * size * size)) / (1 + Z * Z / size)
        return round(100 * max(middle - reach, 0)), round(100 * min(middle + reach, 1))


def read_scores(connection: Connection, sight: Sight, cut: Cut) -> list[Score]:
    """Score the kelurahan that this account sees, ranked."""
    kelurahan, kind = reports.c.kelurahan, _kind()
    rows = connection.execute(
        select(kelurahan, kind, func.count()).where(cut.clause(sight), kelurahan != "").group_by(kelurahan, kind)
    )
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for code, name, count in rows:
        counted[code][name] = count
    waits = read_waits(connection, cut.clause(sight), "kelurahan", "sendiri-tuntas")
    medians = {code: found.median for code, found in waits.items()}
    return ranked(Score(code, dict(counts), medians.get(code)) for code, counts in counted.items())


def read_members(connection: Connection, sight: Sight, cut: Cut) -> dict[str, dict[str, list[int]]]:
    """List which reports are of which class, by kelurahan."""
    wanted = select(reports.c.id, reports.c.kelurahan, _kind()).where(cut.clause(sight), reports.c.kelurahan != "")
    members: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, code, name in connection.execute(wanted.order_by(reports.c.id)):
        members[code][name].append(key)
    return {code: dict(classes) for code, classes in members.items()}


def _kind() -> ColumnElement[str]:
    return case(*((MARKS[name], name) for name in CLASSES if name != DONE), else_=DONE)


def ranked(scores: Iterable[Score]) -> list[Score]:
    """Rank by the value in whole percent; equals share a rank. Those with too few reports come last, unranked."""
    ordered = sorted(scores, key=lambda score: (score.judged < LEAST, -(score.percent or 0), score.kelurahan))
    percents = [score.percent for score in ordered if score.judged >= LEAST]
    return [
        Score(score.kelurahan, score.counts, score.median, percents.index(score.percent) + 1)
        if score.judged >= LEAST
        else Score(score.kelurahan, score.counts, score.median)
        for score in ordered
    ]
