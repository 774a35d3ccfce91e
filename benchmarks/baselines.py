"""What others use today to tell duplicates, on the same complaints as ours: tuned radius, MinHash on text, splink.

    pip install 'aduan-hub[eval]'
    python -m benchmarks.baselines      # about two minutes: tunes on one made-up stream, reports on another

The thresholds below are those that this program found best on stream `TUNED_ON`.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import product
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.stream import rows as made_up
from hub.host import make_normalizer
from hub.quality.examine import grouping_row
from hub.quality.labels import Pair, parse_labelled
from hub.quality.measures import Tally, components, pairwise, tally
from hub.quality.replay import Arrived, arrive, replay
from hub.quality.rules import FIXMYSTREET, NOTHING, Rule, Tuned, group
from normalizer.text import tokens

TUNED_ON, REPORTED_ON, ROWS = 21, 31, 10_000
Said = dict[str, str]
"""Complaint to group."""
Link = tuple[str, str, float]
"""Two complaints and how much they are alike."""
Figures = dict[str, Any]

RADIUS = Rule(80, 1.5, same_category=True)
METRES = (20, 40, 60, 80, 100, 150, 250)
HOURS = (1.5, 3, 6, 24, 72, 168, 336)
PERMUTATIONS = 128
LIKE_TEXT, LIKE_TEXT_NEARBY, WEIGHT = 0.6, 0.25, -2.0
SHINGLE, NEARBY_SHINGLE = 3, 1
"""Words in a row: the better of 1 and 3, with and without a look at the place."""
NEARBY = Rule(500, 30 * 24)
"""Mark-a-Spot flags texts that are alike within 500 m and 30 days."""
CELL, SPAN = 250 / 111_320, 14 * 24.0
"""Edge of splink's blocks, in degrees and in hours."""
SAMPLE = 2e6
"""Pairs from which splink learns how often complaints agree by accident."""


@dataclass(frozen=True)
class Method:
    """A way to score pairs. Those at or over `least` are one incident, chains included."""

    name: str
    link: Callable[[Sequence[Arrived]], list[Link]]
    least: float
    steps: Sequence[float]
    """What is tried when tuning."""

    def group(self, arrived: Sequence[Arrived]) -> Said:
        """Group complaints."""
        return join(arrived, self.link(arrived), self.least)

    def tune(self, arrived: Sequence[Arrived], true: Mapping[str, str]) -> float:
        """Give the threshold with the best F1."""
        links = self.link(arrived)
        return max(self.steps, key=lambda least: pairwise(join(arrived, links, least), true).f1)


def join(arrived: Sequence[Arrived], links: Sequence[Link], least: float) -> Said:
    """Group complaints by connected components of the links that are strong enough, as all these tools do."""
    said = {one.id: one.id for one in arrived}
    for part in components((a, b) for a, b, score in links if score >= least):
        said.update(dict.fromkeys(part, min(part)))
    return said


def need(module: str) -> Any:
    """Import what only the extra `eval` installs. Raises SystemExit with advice."""
    try:
        return import_module(module)
    except ImportError as error:
        raise SystemExit(f"{module} is not here: pip install 'aduan-hub[eval]'") from error


# ------------------------------------------------------------------------------------------------------ tuned radius


def best_radius(worth: Callable[[Rule], float]) -> Rule:
    """Give the rule of metres, hours and perhaps one category that is worth most."""
    return max((Rule(*choice) for choice in product(METRES, HOURS, (False, True))), key=worth)


def best_radius_on_stream(arrived: Sequence[Arrived], true: Mapping[str, str]) -> Rule:
    """Tune on whole incidents."""
    return best_radius(lambda rule: pairwise(group(rule, arrived), true).f1)


def radius_by_halves(pairs: Sequence[Pair], arrived: Mapping[str, Arrived]) -> Tally:
    """Tune on one half of labelled pairs and count on the other, both ways. What hangs together stays in one half."""
    parts = sorted(components((pair.a, pair.b) for pair in pairs), key=min)
    half = {name: number % 2 for number, part in enumerate(parts) for name in part}
    halves: list[list[Pair]] = [[], []]
    for pair in pairs:
        if pair.label != "unsure":
            halves[half[pair.a]].append(pair)
    both = (halves, halves[::-1])
    return sum((_count(_best_on(tuning, arrived), others, arrived) for tuning, others in both), Tally())


def _best_on(pairs: Sequence[Pair], arrived: Mapping[str, Arrived]) -> Rule:
    return best_radius(lambda rule: _count(rule, pairs, arrived).f1)


def _count(rule: Rule, pairs: Sequence[Pair], arrived: Mapping[str, Arrived]) -> Tally:
    return tally((rule.holds(arrived[pair.a], arrived[pair.b]), pair.label == "dup") for pair in pairs)


# --------------------------------------------------------------------------------------------------- MinHash on text


def link_texts(arrived: Sequence[Arrived], shingle: int, least: float, near: Rule | None = None) -> list[Link]:
    """Give pairs of texts that share about so much of their runs of words, near each other if that is asked."""
    datasketch = need("datasketch")
    texts = [_shingles(one.understanding.text, shingle) for one in arrived]
    hashed = datasketch.MinHash.bulk(texts, num_perm=PERMUTATIONS, seed=1)
    index = datasketch.MinHashLSH(threshold=least, num_perm=PERMUTATIONS)
    links: list[Link] = []
    for at, (one, mine) in enumerate(zip(arrived, hashed, strict=True)):
        found = [other for other in index.query(mine) if near is None or near.holds(arrived[other], one)]
        links += [(arrived[other].id, one.id, mine.jaccard(hashed[other])) for other in found]
        index.insert(at, mine)
    return links


def _shingles(text: str, size: int) -> set[bytes]:
    words = tokens(text)
    return {" ".join(words[at : at + size]).encode() for at in range(max(1, len(words) - size + 1))}


# ------------------------------------------------------------------------------------------------------------ splink


def link_records(arrived: Sequence[Arrived]) -> list[Link]:
    """Give pairs with their match weight (log2 odds) by splink, trained without labels as its documentation advises."""
    linker = _linker(arrived)
    block_on = need("splink").block_on
    training = linker.training
    sure = [block_on("cell", "category", "street"), block_on("street", "kelurahan", "category")]
    training.estimate_probability_two_random_records_match(sure, recall=0.4)
    training.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=1)
    # Each round learns the columns that it does not block on; in each, many of the blocked pairs are true.
    for columns in (("street", "kelurahan", "category"), ("category", "rt"), ("cell", "rt")):
        training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    predicted = linker.inference.predict(threshold_match_weight=-10).as_duckdbpyrelation()
    links: list[Link] = predicted.project("unique_id_l, unique_id_r, match_weight").fetchall()
    return links


def _linker(arrived: Sequence[Arrived]) -> Any:
    splink, duckdb, pyarrow = need("splink"), need("duckdb"), need("pyarrow")
    database = duckdb.connect(config={"threads": 1})  # one core, as the others
    database.execute("set enable_progress_bar = false")
    table = splink.DuckDBAPI(database).register(pyarrow.Table.from_pylist([_record(one) for one in arrived]))
    blocks = [("cell",), ("beside",), ("street", "kelurahan"), ("kelurahan", "category")]
    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[splink.block_on(*columns) for columns in blocks],
        retain_matching_columns=False,
    )
    return splink.Linker(table, settings, log_level=logging.ERROR)


def _record(one: Arrived) -> dict[str, Any]:
    """Give the columns that splink compares; None is unknown."""
    place = one.understanding.place
    point, hours = one.understanding.facts.get("p"), one.at.timestamp() / 3600

    def cell(shift: float) -> str | None:
        """Stagger two grids, so that few neighbours are parted by both."""
        if point is None:
            return None
        steps = (point[0] / CELL, point[1] / CELL, hours / SPAN)
        return "/".join(str(math.floor(step + shift)) for step in steps)

    return {
        "unique_id": one.id,
        "lat": point[0] if point else None,
        "lon": point[1] if point else None,
        "cell": cell(0),
        "beside": cell(0.5),
        "hour": hours,
        "category": one.understanding.category,
        "street": place.street or None,
        "kelurahan": place.kelurahan or None,
        "rt": "/".join(map(str, (*place.rt, *place.rw))) or None,
        "words": sorted({word for word in tokens(one.understanding.text) if len(word) > 3}) or None,
    }


def _comparisons() -> list[Any]:
    levels, library = need("splink.comparison_level_library"), need("splink.comparison_library")

    def compare(name: str, unknown: str, *steps: Any) -> Any:
        null = levels.CustomLevel(unknown).configure(is_null_level=True)
        custom = [levels.CustomLevel(step) if isinstance(step, str) else step for step in steps]
        return library.CustomComparison([null, *custom, levels.ElseLevel()], output_column_name=name)

    no_point = "(lat_l is null or lat_r is null)"
    shared = "len(list_intersect(words_l, words_r)) >= {} * len(list_distinct(list_concat(words_l, words_r)))"
    return [
        # Distance and street in one: apart they would be counted twice.
        compare(
            "place",
            f"{no_point} and (street_l is null or street_r is null)",
            *(levels.DistanceInKMLevel("lat", "lon", metres / 1000) for metres in (20, 50, 100, 250)),
            f"{no_point} and street_l = street_r and kelurahan_l = kelurahan_r",
        ),
        compare("time", "hour_l is null", *(f"abs(hour_l - hour_r) <= {hours}" for hours in (0.5, 2, 12, 72))),
        library.ExactMatch("category"),
        library.ExactMatch("rt"),
        compare("text", "words_l is null or words_r is null", *(shared.format(share) for share in (0.6, 0.4, 0.25))),
    ]


# ------------------------------------------------------------------------------------------------------------ all


METHODS = (
    Method(
        "MinHash on text (datasketch)",
        partial(link_texts, shingle=SHINGLE, least=0.4),
        LIKE_TEXT,
        tuple(step / 20 for step in range(8, 20)),
    ),
    Method(
        "MinHash on text, 500 m, 30 d",
        partial(link_texts, shingle=NEARBY_SHINGLE, least=0.2, near=NEARBY),
        LIKE_TEXT_NEARBY,
        tuple(step / 20 for step in range(4, 20)),
    ),
    Method("splink 5 on duckdb", link_records, WEIGHT, tuple(step / 2 for step in range(-20, 21))),
)


def baselines(arrived: Sequence[Arrived]) -> Iterator[tuple[str, Callable[[], Said]]]:
    """Give each method by its name: called, it groups the complaints."""
    yield f"{RADIUS.name}, tuned", partial(group, RADIUS, arrived)
    for method in METHODS:
        yield method.name, partial(method.group, arrived)


def measure(groupings: Mapping[str, Callable[[], Mapping[str, object]]], true: Mapping[str, str]) -> Iterator[Figures]:
    """Give the figures of each, and the seconds that it took."""
    for name, grouping in groupings.items():
        start = time.perf_counter()
        said = grouping()
        seconds = time.perf_counter() - start
        yield {"method": name, **grouping_row(said, true), "seconds": seconds, "per_second": len(said) / seconds}


def stream(seed: int) -> tuple[list[Arrived], dict[str, str]]:
    """Give a made-up stream, understood, and the incident of each complaint."""
    normalizer = make_normalizer("jakarta", b"")
    rows = [parse_labelled(json.dumps(row).encode(), "Asia/Jakarta") for row in made_up(ROWS, seed, gold=True)]
    arrived = arrive(((row.id, row.complaint) for row in rows), normalizer.understand)
    return arrived, {row.id: row.gold.incident for row in rows}


def main() -> None:
    for module in ("datasketch", "splink"):
        need(module)
    console = Console(width=150)
    arrived, true = stream(TUNED_ON)
    console.print(f"best on stream {TUNED_ON}: {best_radius_on_stream(arrived, true).name}; Tuned at", end=" ")
    console.print(max(METRES, key=lambda metres: pairwise(group(Tuned(metres), arrived), true).f1), "m")
    for method in METHODS:
        console.print(f"  {method.name}: {method.tune(arrived, true):g}, set to {method.least:g}")
    arrived, true = stream(REPORTED_ON)
    others = {rule.name: partial(group, rule, arrived) for rule in (NOTHING, FIXMYSTREET, Tuned())}
    ours = {"ours": lambda: replay(arrived).report}
    grid = Table("method", "precision", "recall", "F1", "B³ F", "seconds", "a second", title=f"stream {REPORTED_ON}")
    for row in measure({**ours, **others, **dict(baselines(arrived))}, true):
        shares = (f"{row[name]:.3f}" for name in ("precision", "recall", "f1", "b_cubed_f"))
        grid.add_row(row["method"], *shares, f"{row['seconds']:.1f}", f"{row['per_second']:,.0f}")
    console.print(grid)


if __name__ == "__main__":
    main()
