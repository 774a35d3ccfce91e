"""Labelled complaints: rows of `aduan import` with a member `gold`, and pairs that people compared."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from hub.rows import parse_row, read_row
from normalizer.complaint import Complaint
from normalizer.taxonomy import BY_CODE

Label = Literal["dup", "not", "unsure"]
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Time of a row without one."""


class Gold(BaseModel):
    """What people say is right; empty where they did not say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    incident: str = ""
    """Complaints about one incident have the same."""
    category: str = ""
    second_category: str = ""
    """Another category that is just as right."""
    kelurahan: str = ""
    kecamatan: str = ""
    """Kemendagri codes with dots."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A complaint, and what is right about it."""

    id: str
    channel: str
    complaint: Complaint
    gold: Gold


@dataclass(frozen=True, slots=True)
class Pair:
    """Two complaints that people compared: would one work order settle both?"""

    a: str
    b: str
    label: Label
    kind: str = ""
    """What makes it hard, where the file says so."""


@dataclass(slots=True)
class Reading:
    """What a file held, and its bad lines, each with its number."""

    rows: list[Labelled] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)


def read_labelled(file: Path, zone: str) -> Reading:
    """Read rows of `aduan import` with labels; a time without a zone is of `zone`. Raises OSError."""
    found = Reading()
    seen: set[str] = set()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = parse_labelled(line.removeprefix(BOM_UTF8), zone, seen)
            except ValueError as error:
                found.bad.append(f"{file.name}, line {number}: {_reason(error)}")
            else:
                seen.add(row.id)
                found.rows.append(row)
    return found


def parse_labelled(line: bytes, zone: str, seen: Container[str] = ()) -> Labelled:
    """Read one row with its labels. Raises ValueError saying what is wrong, also for an id that was seen."""
    row = parse_row(line, ZoneInfo(zone), _NEVER)
    if row.id in seen:
        raise ValueError(f"the id {row.id!r} stands there twice")
    labels = from_json(line).get("gold") or {}
    if not isinstance(labels, dict):
        raise ValueError("gold: not a JSON object")  # noqa: TRY004 - a bad line is a bad value, whatever its type
    gold = {name: value for name, value in labels.items() if value is not None}
    label = Gold.model_validate(gold)
    for code in (label.category, label.second_category):
        if code and code not in BY_CODE:
            raise ValueError(f"gold: there is no category {code!r}")
    complaint = read_row(line, {"zone": zone, "at": _NEVER.isoformat()})
    return Labelled(row.id, row.channel, complaint, label)


def _reason(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def read_pairs(file: Path, known: Container[str]) -> tuple[list[Pair], list[str]]:
    """Read pairs from a CSV file with `a,b,label` and perhaps `kind`; give them and the bad lines. Raises OSError."""
    pairs: list[Pair] = []
    bad: list[str] = []
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = [name for name in ("a", "b", "label") if name not in (rows.fieldnames or ())]
        if missing:
            return [], [f"{file.name}: no column {missing[0]!r}; the first line names the columns a,b,label"]
        for number, row in enumerate(rows, start=2):
            wrong = _wrong(row, known)
            if wrong:
                bad.append(f"{file.name}, line {number}: {wrong}")
            else:
                pairs.append(Pair(row["a"], row["b"], row["label"], row.get("kind") or ""))  # type: ignore[arg-type]  # checked
    return pairs, bad


def _wrong(row: dict[str, str], known: Container[str]) -> str:
    missing = [name for name in ("a", "b", "label") if not row.get(name)]
    if missing:
        return f"no {missing[0]}"
    if row["label"] not in get_args(Label):
        return f"label {row['label']!r}; choose from {', '.join(get_args(Label))}"
    if row["a"] == row["b"]:
        return "a and b are one complaint"
    strangers = [row[name] for name in ("a", "b") if row[name] not in known]
    return f"no complaint has the id {strangers[0]!r}" if strangers else ""
