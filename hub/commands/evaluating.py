"""`aduan eval`: how good the normalizer is on somebody's own labelled complaints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from hub.commands.screen import Misuse, to_people
from hub.quality import examine
from hub.quality.labels import Labelled, Pair, read_labelled, read_pairs
from hub.quality.replay import Arrived, replay
from normalizer.understand import Normalizer

Figures = dict[str, Any]
FEW = 5
"""Bad lines that are named where nothing else was found."""
ASK = (
    "labels are members of `gold`: incident, category, second_category, kelurahan, kecamatan; pairs go in --pairs FILE"
)


@dataclass(frozen=True)
class Evaluated:
    """What was found, and the bad lines."""

    figures: Figures
    bad: list[str]


def evaluate(file: Path, pairs: Path | None, normalizer: Normalizer, zone: str) -> Evaluated:
    """Understand every row, join them in the order of their times, and compare with the labels.

    Raises:
        Misuse: nothing is labelled.
        OSError: a file cannot be read.
    """
    read = read_labelled(file, zone)
    told, wrong = read_pairs(pairs, {row.id for row in read.rows}) if pairs else ([], [])
    if not told and not any(row.gold.model_dump(exclude_defaults=True) for row in read.rows):
        raise Misuse("\n".join([*(read.bad + wrong)[:FEW], f"{file.name} holds no labels: {ASK}"]))
    people = to_people()
    arrived = [
        Arrived(row.id, row.complaint.created_at, normalizer.understand(row.complaint))
        for row in track(read.rows, file.name, console=people, disable=not people.is_terminal)
    ]
    return Evaluated(figures_of(read.rows, told, arrived), read.bad + wrong)


def figures_of(rows: list[Labelled], pairs: list[Pair], arrived: list[Arrived]) -> Figures:
    """Give the figures of all that is labelled."""
    known, grouping = {one.id: one for one in arrived}, replay(arrived)
    found: Figures = {"complaints": len(rows), "reports": len(set(grouping.report.values()))}
    if any(row.gold.kecamatan or row.gold.kelurahan for row in rows):
        found["place"] = examine.place_figures(rows, known)
    if any(row.gold.category for row in rows):
        found["category"] = examine.category_figures(rows, known)
    if pairs:
        found["pairs"] = examine.pair_figures(pairs, known, grouping)
    if any(row.gold.incident for row in rows):
        found["incidents"] = examine.incident_figures(rows, known, grouping)
    return found


def show(figures: Figures) -> None:
    """Print the figures as tables."""
    console = Console()
    console.print(f"{figures['complaints']} complaints in {figures['reports']} reports", highlight=False)
    for table in tables(figures):
        console.print(table)


def tables(figures: Figures) -> Iterable[Table]:
    """Give a table for each kind of answer that was labelled."""
    if "place" in figures:
        yield _places(figures["place"])
    if "category" in figures:
        yield _categories(figures["category"])
        yield _reliability(figures["category"]["reliability"])
        yield _listed("most often confused", figures["category"]["confused"])
    if "pairs" in figures:
        yield _rules(f"labelled pairs; a person is asked about {percent(figures['pairs']['asked'])}", figures["pairs"])
        yield _listed("pairs by kind", figures["pairs"]["kinds"])
    if "incidents" in figures:
        one = figures["incidents"]
        yield _rules(f"{one['incidents']} incidents; a person is asked about {percent(one['asked'])}", one)
        yield _listed("pairs of channels", one["channels"])


def _grid(title: str, *columns: str) -> Table:
    grid = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for at, name in enumerate(columns):
        grid.add_column(name, justify="right" if at else "left")
    return grid


def _places(levels: Figures) -> Table:
    grid = _grid("place", "level", "labelled", "answered", "right", "95 %", "undecided")
    for level, one in levels.items():
        shares = (percent(one["share_right"]), between(one["interval"]), percent(one["undecided"]))
        grid.add_row(level, str(one["labelled"]), str(one["answered"]), *shares)
    return grid


def _categories(one: Figures) -> Table:
    grid = _grid("category", "labelled", "right", "95 %", "macro-F1", "classes", "sure", "right when sure", "off by")
    grid.add_row(
        str(one["labelled"]),
        percent(one["accuracy"]),
        between(one["interval"]),
        f"{one['macro_f1']:.3f}" if one["classes"] else "–",
        str(one["classes"]),
        percent(one["sure"]),
        percent(one["sure_right"]),
        f"{one['calibration_error']:.3f}",
    )
    return grid


def _reliability(bins: list[Figures]) -> Table:
    grid = _grid("what confidence means", "claimed", "answers", "right", "")
    for one in bins:
        bar = "█" * round(20 * one["right"])
        grid.add_row(f"{one['claimed']:.2f}", str(one["answers"]), percent(one["right"]), bar)
    return grid


def _rules(title: str, one: Figures) -> Table:
    cubed = "b_cubed_f" in one["rules"][0]
    more = ("B³ precision", "B³ recall", "B³ F") if cubed else ("precision 95 %", "recall 95 %")
    grid = _grid(title, "rule", "precision", "recall", "F1", *more)
    for row in one["rules"]:
        cells = [percent(row[name]) for name in ("precision", "recall", "f1")]
        if cubed:
            cells += [percent(row[f"b_cubed_{name}"]) for name in ("precision", "recall", "f")]
        else:
            cells += [between(row[f"{name}_interval"]) for name in ("precision", "recall")]
        grid.add_row(row["rule"], *cells)
    return grid


def _listed(title: str, rows: list[Mapping[str, Any]]) -> Table:
    grid = _grid(title if rows else f"{title}: none", *(rows[0] if rows else ()))
    for row in rows:
        grid.add_row(
            *(
                "–" if value is None else percent(value) if isinstance(value, float) else str(value)
                for value in row.values()
            )
        )
    return grid


def percent(share: float | None) -> str:
    """Write a share."""
    return "–" if share is None else f"{100 * share:.1f} %"


def between(interval: tuple[float, float]) -> str:
    """Write an interval of shares."""
    return f"{100 * interval[0]:.1f}–{100 * interval[1]:.1f}"
