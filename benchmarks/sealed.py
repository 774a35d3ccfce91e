"""Whether danger and blame of officials are seen: by labels of readers, and by what four of them found in all texts.

    ADUAN_SHARED=../shared python -m benchmarks.sealed [--json]

Readers went through all complaints of one city and noted where they disagreed with the program as it was then
(`read_through.csv`; `agreed` are emergencies and accusations that they left as they were). These rows have been tuned
on since, and so has the sample `dev` of the other labels. The marks in `category.csv` have not.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console

from benchmarks.labelled import LABELS, SHARED
from benchmarks.quality import Figures, table
from hub.commands.evaluating import percent
from hub.lexicons import load_categories, load_words
from normalizer.categories import Categorizer, Guess
from normalizer.complaint import Complaint

_NO_TIME = datetime(2023, 1, 1, tzinfo=UTC)
TEXTS = SHARED / "text/surabaya_wargaku_2022_first_half.csv"
HEADS = {"darurat": "emergencies", "mendesak": "dangers", "sealed": "accusations"}
TESTS: dict[str, Callable[[Guess], bool]] = {
    "darurat": lambda guess: guess.urgency == "darurat",
    "mendesak": lambda guess: guess.urgency != "biasa",
    "sealed": lambda guess: guess.handling == "sealed",
}
"""A danger that is raised too far is not missed."""
_FALSE = {"open": "sealed", "biasa": "darurat"}
"""What a text was taken for that a reader says is only this."""
_Row = dict[str, str]
_Guesses = Mapping[str, Guess]


def guess_all() -> dict[str, Guess]:
    """Run the program over all texts, by their ids. Raises FileNotFoundError where they are not at hand."""
    categorizer = Categorizer(load_categories(), load_words())
    with TEXTS.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: categorizer.guess(_said(row)) for row in csv.DictReader(lines)}


def _said(row: _Row) -> Complaint:
    return Complaint(native_id=row["id"], created_at=_NO_TIME, text=row["keluhan"])


def labels(name: str) -> list[_Row]:
    """Read labels, the ids as the texts have them."""
    with (LABELS / name).open(encoding="utf-8", newline="") as lines:
        return [{**row, "id": row["id"].removeprefix("surabaya:")} for row in csv.DictReader(lines)]


def flagged(guesses: _Guesses) -> Figures:
    """Count what is flagged among all texts."""
    return {name: _seen(name, guesses, guesses) for name in TESTS} | {"texts": len(guesses)}


def read_through(guesses: _Guesses) -> list[Figures]:
    """Count what the readers found missing, what they found false, and what they agreed with."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in labels("read_through.csv"):
        false = "darurat" if row["kind"].startswith("false-alarm") and row["should"] != "open" else ""
        wrongly = false or _FALSE.get(row["should"], "")
        if row["should"] in TESTS:
            kind = "agreed" if row["kind"] == "agreed" else "missed then"
            found.setdefault((kind, row["should"]), []).append(row["id"])
        if wrongly:
            found.setdefault(("false then", wrongly), []).append(row["id"])
    return [
        {"set": f"read through: {kind}", "what": what, "rows": len(ids), "flagged": _seen(what, ids, guesses)}
        for (kind, what), ids in sorted(found.items())
    ]


def samples(guesses: _Guesses) -> list[Figures]:
    """Count by labels of single rows: what is found of each kind, and how many others are flagged."""
    sets: list[tuple[str, str, list[_Row], Callable[[_Row], bool]]] = []
    urgency, conduct, category = labels("urgency.csv"), labels("conduct.csv"), labels("category.csv")
    for sample in ("dev", "fresh"):
        some = [row for row in urgency if row["sample"] == sample]
        sets.append((sample, "darurat", some, lambda row: row["label"] == "darurat"))
        sets.append((sample, "mendesak", some, lambda row: row["label"] != "none"))
        some = [row for row in conduct if row["sample"] == sample]
        sets.append((sample, "sealed", some, lambda row: row["label"] == "1"))
    sets.append(("held out", "darurat", category, lambda row: row["danger"] == "darurat"))
    sets.append(("held out", "mendesak", category, lambda row: bool(row["danger"])))
    sets.append(("held out", "sealed", category, lambda row: row["conduct"] == "1"))
    return [_sample(name, what, some, is_true, guesses) for name, what, some, is_true in sets]


def _sample(name: str, what: str, rows: Sequence[_Row], is_true: Callable[[_Row], bool], guesses: _Guesses) -> Figures:
    known = [row for row in rows if row["id"] in guesses]
    true = [row["id"] for row in known if is_true(row)]
    false = [row["id"] for row in known if not is_true(row)]
    return {
        "set": name,
        "what": what,
        "rows": len(true),
        "flagged": _seen(what, true, guesses),
        "others": len(false),
        "others_flagged": _seen(what, false, guesses),
    }


def _seen(what: str, ids: Iterable[str], guesses: _Guesses) -> int:
    return sum(TESTS[what](guesses[one]) for one in ids if one in guesses)


def show(figures: Figures, console: Console) -> None:
    """Print the tables."""
    texts = figures["flagged"]["texts"]
    grid = table(f"{texts:,} texts", "", "flagged", "share")
    for name, head in HEADS.items():
        grid.add_row(f"{head} ({name})", str(figures["flagged"][name]), percent(figures["flagged"][name] / texts))
    console.print(grid)
    grid = table("by labels", "set", "what", "rows", "flagged", "share", "others", "flagged of them")
    for row in (*figures["read_through"], *figures["samples"]):
        share = percent(row["flagged"] / row["rows"]) if row["rows"] else ""
        others = (str(row["others"]), str(row["others_flagged"])) if "others" in row else ("", "")
        grid.add_row(row["set"], HEADS[row["what"]], str(row["rows"]), str(row["flagged"]), share, *others)
    console.print(grid)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    asked = parser.parse_args()
    try:
        guesses = guess_all()
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is not here; set ADUAN_SHARED")
    figures = {"flagged": flagged(guesses), "read_through": read_through(guesses), "samples": samples(guesses)}
    if asked.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures, Console(width=120))


if __name__ == "__main__":
    main()
