"""How good the answers are: place, category, and which complaints are one incident. The tables of docs/quality.md.

    ADUAN_SHARED=../shared python -m benchmarks.quality              # about three minutes
    python -m benchmarks.quality --only synthetic --baseline         # beside what people use today
    python -m benchmarks.quality --fit                               # learn the weights of evidence anew

Data that is not at hand is left out, and said so. `--json FILE` writes all figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import crossval, labelled
from benchmarks.stream import rows as made_up
from hub.commands.evaluating import between, percent, tables
from hub.host import make_normalizer
from hub.quality import examine
from hub.quality.labels import Labelled, parse_labelled
from hub.quality.measures import Tally
from hub.quality.replay import Arrived, Grouping, arrive, replay
from hub.quality.rules import FIXMYSTREET, NOTHING, PLAIN, Rule, Tuned, group
from normalizer.weights import POLICY

SEEDS = (101, 102, 103, 104, 105)
"""Streams on which nothing was tuned, each a day of a large city."""
ROWS = 40_000
Figures = dict[str, Any]


class Run:
    """One run: the normalizer, and what was found."""

    def __init__(self, *, baseline: bool) -> None:
        self.normalizer = make_normalizer("jakarta", b"")
        self.baseline = baseline
        self.figures: Figures = {}
        self.console = Console(width=150)

    def arrive(self, rows: Sequence[Labelled]) -> list[Arrived]:
        """Understand each row."""
        return arrive(((row.id, row.complaint) for row in rows), self.normalizer.understand)

    def keep(self, name: str, figures: Figures, *shown: Table) -> None:
        """Keep figures, and print their tables."""
        self.figures[name] = figures
        self.console.rule(name, align="left")
        for table in shown:
            self.console.print(table)


# ------------------------------------------------------------------------------------------------------ same incident


def flood(run: Run) -> None:
    """Labelled pairs of a flood: cross-validated, as shipped, beside plain rules, and with evidence left out."""
    rows, pairs = labelled.flood()
    arrived = run.arrive(rows)
    known = {one.id: one for one in arrived}
    trial = crossval.cross_validate(pairs, arrived)
    shipped = examine.pair_figures(pairs, known, replay(arrived))
    grid = table("labelled pairs", "rule", "right", "95 %", "found", "95 %", "asked")
    grid.add_row("ours, cross-validated", *_trial_cells(trial))
    for row in shipped["rules"]:
        shares = [
            cell for name in ("precision", "recall") for cell in (percent(row[name]), between(row[f"{name}_interval"]))
        ]
        grid.add_row(row["rule"], *shares, percent(shipped["asked"]) if row["rule"] == "ours" else "")
    told = [pair for pair in pairs if pair.label != "unsure"]
    ablation = {"all": _tally_row(crossval.count(replay(arrived), told))}
    ablation |= {
        name: _tally_row(crossval.count(crossval.run(arrived, crossval.without(kinds)), told))
        for name, kinds in crossval.KINDS.items()
    }
    left_out = table("left out", "kind of evidence", "right", "found", "F1")
    for name, row in ablation.items():
        left_out.add_row(
            name if name != "all" else "nothing", *(percent(row[key]) for key in ("precision", "recall", "f1"))
        )
    figures = {"cross_validated": _tally_row(trial.total), "thresholds": trial.thresholds, "asked": trial.asked}
    figures |= {f"{name}_interval": trial.interval(name) for name in ("precision", "recall")}
    run.keep("flood", {**figures, "shipped": shipped, "left_out": ablation}, grid, left_out)


def outside(run: Run) -> None:
    """Pairs just outside the window of the labelled ones: does it join too far, and long enough?"""
    rows, _ = labelled.flood()
    arrived = run.arrive(rows)
    figures = examine.pair_figures(labelled.flood_outside(), {one.id: one for one in arrived}, replay(arrived))
    run.keep("outside", figures, *tables({"complaints": 0, "reports": 0, "pairs": figures}))


def boston(run: Run) -> None:
    """Links made by the staff of Boston: no words, and only some duplicates marked, so no precision."""
    arrived, links = labelled.boston()
    kinds = labelled.kinds_of_boston()

    class SameType(Rule):
        """The city's own types must agree."""

        def holds(self, a: Arrived, b: Arrived) -> bool:
            return kinds[a.id] == kinds[b.id] and Rule.holds(self, a, b)

    rules = [SameType(100, 7 * 24), SameType(50, 7 * 24), SameType(15, 48)]
    ours = replay(arrived)
    found = [("ours", ours.report)]
    found += [(f"{rule.name}, same type", group(rule, arrived)) for rule in rules]
    figures: list[Figures] = []
    grid = table(f"{len(links)} links among {len(arrived)} requests", "rule", "links found", "share merged")
    for name, said in found:
        together = sum(said[a] == said[b] for a, b in links) / len(links)
        merged = 1 - len(set(said.values())) / len(said)
        figures.append({"rule": name, "recall": together, "merged": merged})
        grid.add_row(name, percent(together), percent(merged))
    run.keep("boston", {"rules": figures, "asked": ours.asked / len(arrived)}, grid)


def synthetic(run: Run) -> None:
    """Made-up streams with several seeds, whole incidents known: ours, plain rules, and with --baseline others."""
    found: dict[str, list[Figures]] = {}
    asked = []
    for seed in SEEDS:
        rows = [parse_labelled(json.dumps(row).encode(), "Asia/Jakarta") for row in made_up(ROWS, seed, gold=True)]
        arrived, true = run.arrive(rows), {row.id: row.gold.incident for row in rows}
        grouping = replay(arrived)
        asked.append(grouping.asked / len(arrived))
        for name, said in _groupings(run, arrived, grouping):
            found.setdefault(name, []).append(examine.grouping_row(said, true))
    names = ("precision", "recall", "f1", "b_cubed_f")
    grid = table(f"{len(SEEDS)} streams of {ROWS:,}", "method", "precision", "recall", "F1", "95 %", "B³ F", "95 %")
    figures: list[Figures] = []
    for method, some in found.items():
        mean = {name: statistics.mean(row[name] for row in some) for name in names}
        spread = {f"{name}_interval": _over_seeds([row[name] for row in some]) for name in ("f1", "b_cubed_f")}
        figures.append({"method": method, **mean, **spread})
        cells = [percent(mean["precision"]), percent(mean["recall"])]
        cells += [
            cell for name in ("f1", "b_cubed_f") for cell in (percent(mean[name]), between(spread[f"{name}_interval"]))
        ]
        grid.add_row(method, *cells)
    run.keep("synthetic", {"methods": figures, "asked": statistics.mean(asked)}, grid)


def _groupings(run: Run, arrived: Sequence[Arrived], ours: Grouping) -> Iterator[tuple[str, Any]]:
    yield "ours", ours.report
    yield "nothing", group(NOTHING, arrived)
    yield Tuned().name, group(Tuned(), arrived)
    for rule in (FIXMYSTREET, *PLAIN[2:4]):
        yield rule.name, group(rule, arrived)
    if run.baseline:
        from benchmarks.baselines import baselines  # noqa: PLC0415 - needs an extra

        for name, grouping in baselines(arrived):
            yield name, grouping()


def _over_seeds(values: Sequence[float]) -> tuple[float, float]:
    """Give the 95 % interval of a mean over seeds, by Student's t for five of them."""
    half = 2.776 * statistics.stdev(values) / len(values) ** 0.5
    return statistics.mean(values) - half, statistics.mean(values) + half


def _trial_cells(trial: crossval.Trial) -> list[str]:
    total = trial.total
    cells = [
        cell
        for name in ("precision", "recall")
        for cell in (percent(getattr(total, name)), between(trial.interval(name)))
    ]
    return [*cells, percent(trial.asked)]


def _tally_row(one: Tally) -> Figures:
    return {"precision": one.precision, "recall": one.recall, "f1": one.f1}


# --------------------------------------------------------------------------------------------------- what, and where


def categories(run: Run) -> None:
    """Hand-labelled complaints: looked at while tuning, and labelled afresh by a reader who saw no answers."""
    sets = {
        "Surabaya, held out": labelled.surabaya(labelled.LABELS / "category.csv"),
        "Surabaya, looked at": labelled.surabaya(labelled.SHARED / "text/surabaya_gold200_open.csv"),
        "Jakarta CRM, looked at": labelled.jakarta(),
    }
    for name, rows in sets.items():
        figures = examine.category_figures(rows, {one.id: one for one in run.arrive(rows)})
        run.keep(f"category: {name}", figures, *tables({"complaints": 0, "reports": 0, "category": figures}))


def places(run: Run) -> None:
    """Places from words alone: flood reports with their coordinates hidden, and complaints of the city's system."""
    rows, _ = labelled.flood()
    truth = {one.id: one.understanding.place for one in run.arrive(rows)}
    blind = [
        Labelled(
            row.id,
            row.channel,
            row.complaint.model_copy(update={"lat": None, "lon": None}),
            row.gold.model_copy(update={"kelurahan": truth[row.id].kelurahan, "kecamatan": truth[row.id].kecamatan}),
        )
        for row in rows
        if truth[row.id].result == "found"
    ]
    for name, some in {"flood reports, coordinates hidden": blind, "Jakarta CRM": labelled.jakarta()}.items():
        figures = examine.place_figures(some, {one.id: one for one in run.arrive(some)})
        run.keep(f"place: {name}", figures, *tables({"complaints": 0, "reports": 0, "place": figures}))


def table(title: str, *columns: str) -> Table:
    """Begin a table: its first column words, the others figures."""
    grid = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for at, name in enumerate(columns):
        grid.add_column(name, justify="right" if at else "left")
    return grid


def fit() -> None:
    """Print the weights as learned from all labelled pairs, beside the ones that are shipped."""
    rows, pairs = labelled.flood()
    arrived = Run(baseline=False).arrive(rows)
    told = [pair for pair in pairs if pair.label != "unsure"]
    learned = crossval.learn(told, {one.id: one for one in arrived})
    grid = table("weights of evidence", "kind", "shipped", "learned")
    for name, weight in POLICY.weights.items():
        grid.add_row(name, f"{weight:.1f}", f"{learned.weights[name]:.2f}")
    Console().print(grid)


PARTS: dict[str, Callable[[Run], None]] = {
    "flood": flood,
    "outside": outside,
    "boston": boston,
    "synthetic": synthetic,
    "category": categories,
    "place": places,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--baseline", action="store_true", help="with MinHash and splink; needs the extra eval")
    parser.add_argument("--fit", action="store_true", help="only learn the weights of evidence anew")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    asked = parser.parse_args()
    if asked.fit:
        fit()
        return
    run = Run(baseline=asked.baseline)
    for name, part in PARTS.items():
        if asked.only in (None, name):
            try:
                part(run)
            except FileNotFoundError as error:
                sys.stderr.write(f"{name}: {error.filename} is not here; set ADUAN_SHARED\n")
    if asked.json:
        asked.json.write_text(json.dumps(run.figures, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
