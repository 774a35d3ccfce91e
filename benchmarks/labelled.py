"""The labelled complaints that the figures in docs/quality.md come from, as far as they are at hand.

They hold people's words, so none is shipped: `ADUAN_SHARED` names the folder that has them. Labels of our own stand in
`benchmarks/labels/`, by the id of the row alone.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hub.quality.labels import Gold, Labelled, Pair, read_labelled, read_pairs
from hub.quality.replay import Arrived
from normalizer.blocking import keys, probes
from normalizer.complaint import Complaint, Place, Understanding

SHARED = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data"
LABELS = Path(__file__).parent / "labels"
_NO_TIME = datetime(2023, 1, 1, tzinfo=UTC)
_BOSTON_PIN = (42.3594, -71.0587)
_BOSTON_KINDS = {
    "Traffic Signal Repair": "lampu-lalu-lintas",
    "Sidewalk Repair": "trotoar",
    "Sidewalk Repair (Make Safe)": "trotoar",
    "Pick up Dead Animal": "hewan",
}
_BOSTON_REASONS = {
    "Sanitation": "sampah",
    "Recycling": "sampah",
    "Street Cleaning": "sampah",
    "Highway Maintenance": "jalan-rusak",
    "Trees": "pohon",
    "Street Lights": "lampu-jalan",
    "Housing": "bangunan",
    "Building": "bangunan",
    "Signs & Signals": "rambu",
    "Graffiti": "reklame",
    "Environmental Services": "hewan",
    "Enforcement & Abandoned Vehicles": "parkir-liar",
    "Health": "makanan",
    "Park Maintenance & Safety": "taman",
}


def flood() -> tuple[list[Labelled], list[Pair]]:
    """Give the reports of the Jakarta flood of February 2017, and the pairs that two readers compared."""
    rows = read_labelled(SHARED / "petabencana/reports.jsonl", "Asia/Jakarta").rows
    return rows, read_pairs(SHARED / "petabencana/pairs.csv", {row.id for row in rows})[0]


def flood_outside() -> list[Pair]:
    """Give pairs just outside those: 200 to 300 m apart, or 6 to 72 hours. One reader."""
    rows, _ = flood()
    return read_pairs(LABELS / "pairs_outside.csv", {row.id for row in rows})[0]


def surabaya(labels: Path) -> list[Labelled]:
    """Give the complaints of Surabaya that a file of labels names (`id,code,second_code,note`)."""
    with (SHARED / "text/surabaya_wargaku_2022_first_half.csv").open(encoding="utf-8", newline="") as lines:
        texts = {row["id"]: row for row in csv.DictReader(lines)}
    with labels.open(encoding="utf-8", newline="") as lines:
        return [
            Labelled(row["id"], "wargaku", _said(row["id"], texts[row["id"]]["keluhan"]), _category(row))
            for row in csv.DictReader(lines)
            if row["id"] in texts
        ]


def jakarta() -> list[Labelled]:
    """Give complaints of Jakarta's own system, with their category and the kelurahan that it was filed under."""
    with (SHARED / "text/jakarta_crm_gold_open.csv").open(encoding="utf-8", newline="") as lines:
        codes = {row["report_id"]: row["code"] for row in csv.DictReader(lines)}
    with (SHARED / "geo/jakarta_codes.csv").open(encoding="utf-8", newline="") as lines:
        areas = {_squeezed(row["kelurahan"]): (row["code"], row["kecamatan_code"]) for row in csv.DictReader(lines)}
    found = []
    with (SHARED / "text/jakarta_crm_2023_sample.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            here = areas.get(_squeezed(row["location"].removeprefix("KELURAHAN")), ("", ""))
            gold = Gold(category=codes.get(row["report_id"], ""), kelurahan=here[0], kecamatan=here[1])
            found.append(Labelled(row["report_id"], "jaki", _said(row["report_id"], row["description"]), gold))
    return found


def boston() -> tuple[list[Arrived], list[tuple[str, str]]]:
    """Give the requests of Boston in the third quarter of 2011, without words, and the links that staff made."""
    with gzip.open(SHARED / "dedup/boston311_2011_q3.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    arrived = [_request(row) for row in rows]
    known = {one.id for one in arrived}
    return arrived, [(row["case_enquiry_id"], row["dup_of"]) for row in rows if row["dup_of"] in known]


def kinds_of_boston() -> dict[str, str]:
    """Give each request's own type: the city's plain rules ask for the same one."""
    with gzip.open(SHARED / "dedup/boston311_2011_q3.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return {row["case_enquiry_id"]: row["type"] for row in csv.DictReader(lines)}


def _said(id: str, text: str) -> Complaint:  # noqa: A002 - as the rows call it
    return Complaint(native_id=id, created_at=_NO_TIME, text=text)


def _category(row: dict[str, str]) -> Gold:
    """Take the second code for right only where the label says that both are equally right."""
    equal = "equally" in row.get("note", "")
    return Gold(category=row["code"], second_category=row["second_code"] if equal else "")


def _squeezed(name: str) -> str:
    return "".join(name.split()).casefold()


def _request(row: dict[str, str]) -> Arrived:
    kind = _BOSTON_KINDS.get(row["type"]) or _BOSTON_REASONS.get(row["reason"], "lainnya")
    at = datetime.strptime(row["open_dt"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    facts = {"c": kind, "h": int(at.timestamp() // 3600)}
    place = Place()
    for lat, lon in _position(row):
        facts |= {"p": [lat, lon, 15]}
        place = Place(result="found", level="point", lat=lat, lon=lon)
    understood = Understanding(
        text="",
        place=place,
        category=kind,
        category_confidence=1.0,
        category_sure=True,
        facts=facts,
        keys=keys(facts),
        probes=probes(facts),
    )
    return Arrived(row["case_enquiry_id"], at, understood)


def _position(row: dict[str, str]) -> Iterator[tuple[float, float]]:
    """Give the position, unless it is the city's default pin."""
    lat, lon = float(row["latitude"] or 0), float(row["longitude"] or 0)
    if lat and max(abs(lat - _BOSTON_PIN[0]), abs(lon - _BOSTON_PIN[1])) > 1e-4:
        yield lat, lon
