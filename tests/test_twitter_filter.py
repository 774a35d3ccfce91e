"""How well the X filter tells complaints from the rest, measured on rows that its words were not chosen by.

Even rows served for choosing words and weights; these are the odd ones. The data is not shipped: without it, skipped.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.lexicons import load_categories, load_words
from normalizer.categories import Categorizer
from normalizer.complaint import Complaint
from plugins.twitter.filter import Signs, load_filter

DATA = Path(os.environ.get("ADUAN_SHARED", Path(__file__).parents[2] / "shared")) / "data"


def held_out(name: str, column: str, least: int = 0, **only: str) -> list[str]:
    """Give every second row of those with at least so many words beside hashtags."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{path.name} is not here: set ADUAN_SHARED")
    with path.open(encoding="utf-8") as lines:
        rows: Iterator[dict[str, str]] = csv.DictReader(lines) if path.suffix == ".csv" else map(json.loads, lines)
        texts = [row[column] for row in rows if only.items() <= row.items()]
    return [text for text in texts if len(re.sub(r"#\w+", "", text).split()) >= least][1::2]


def kept(texts: Iterable[str], *, called: bool) -> float:
    found = [not load_filter().refusal(Signs(text, called=called)) for text in texts]
    return sum(found) / len(found)


def complaints() -> list[str]:
    return held_out("text/surabaya_wargaku_2022_first_half.csv", "keluhan")


def floods() -> list[str]:
    return held_out("petabencana/reports.jsonl", "text", least=3)


def test_agencies_announcements_are_left_out() -> None:
    texts = held_out("text/sp4n_tweets_sentiment.csv", "full_text", status="Netral")
    assert kept(texts, called=False) < 0.1
    assert kept(texts, called=True) < 0.25


def test_talk_about_transport_is_left_out() -> None:
    assert kept(held_out("text/jakarta_transport_tweets_2025.csv", "full_text"), called=False) < 0.15


def test_who_calls_the_account_with_a_complaint_is_heard() -> None:
    assert kept(complaints(), called=True) > 0.95
    assert kept(floods(), called=True) > 0.97


def test_most_complaints_are_found_without_a_call() -> None:
    assert kept(complaints(), called=False) > 0.75
    assert kept(floods(), called=False) > 0.75


def test_emergencies_are_hardly_ever_missed() -> None:
    categorizer = Categorizer(load_categories(), load_words())
    now = datetime(2026, 11, 20, tzinfo=UTC)
    urgent = [
        text
        for text in (*complaints(), *floods())
        if categorizer.guess(Complaint(native_id="1", created_at=now, text=text)).urgency == "darurat"
    ]
    assert kept(urgent, called=True) > 0.98
    assert kept(urgent, called=False) > 0.9
