"""The demo: a small part of the day through the whole hub, and checks that do not look away."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.commands.demo import play_once
from hub.commands.demo_checks import check_answers, check_flows, check_places, is_good
from hub.commands.demo_live import free_port
from hub.log import configure
from hub.settings import load_settings
from sandbox.day import make_day
from sandbox.town import Town, start_of_day

CHANNELS = {"email", "qlue", "twitter", "lapor", "facebook"}
"""Those whose replies reach the town."""
CHECKS = {
    "open_at_crop",
    "in_their_queue",
    "sealed_only_at_integrity",
    *(f"replies_seen_{name}" for name in CHANNELS),
    "replies_elsewhere",
    "replies_twice",
    "followups_taken",
    "faults_seen_by_crop",
    "quarantined",
    "answered",
}
KINDS = ["waze", "qlue", "twitter", "email", "lapor", "petajakarta", "facebook", "file", "balaiwarga", "posko", "crop"]


@dataclass
class Row:
    number: str
    handling: str
    queue: str
    unit: str | None
    category: str = "banjir"


@pytest.mark.anyio
async def test_a_part_of_the_day_ends_well(tmp_path: Path) -> None:
    log = StringIO()
    configure("warning", json=True, stream=log)
    summary, good = await play_once(tmp_path, share=0.05, pace=0.2)
    assert not log.getvalue()
    assert good, summary["checks"]
    assert summary["checks"].keys() == CHECKS
    assert summary["channels"].keys() >= set(KINDS)
    for figures in summary["channels"].values():
        parts = ("complaints", "additions", "revisions", "followups", "ended", "skipped", "quarantined")
        assert figures["items"] == sum(figures[part] for part in parts)
    assert 0 < summary["reports"] < summary["complaints"]
    assert summary["channels"]["waze"]["ended"] > 0
    assert summary["channels"]["qlue"]["revisions"] > 0
    assert summary["channels"]["facebook"]["revisions"] > 0
    truth = Counter(channel for channel, _ in make_day(datetime.now(UTC), share=0.05).truth)
    assert 0.9 * truth["twitter"] <= summary["channels"]["twitter"]["complaints"] <= truth["twitter"]
    for name in ("waze", "lapor", "petajakarta", "balaiwarga", "posko", "file"):
        assert summary["channels"][name]["complaints"] == truth[name], name
    assert summary["replies"]["sent"] > 0


def test_a_report_in_the_wrong_place_is_noticed() -> None:
    at_crop = {"A": {"complaints": [1]}, "S": {"complaints": []}}
    right = [Row("A", "open", "31.74.01", "31.74.01"), Row("S", "sealed", "integritas", "integritas")]
    assert is_good(check_places(right, at_crop, "integritas"))
    for wrong in (
        Row("B", "open", "31.74.01", "31.74.01"),
        Row("A", "open", "31.74.01", "triase"),
        Row("A", "open", "31.74.01", None),
        Row("A", "sealed", "integritas", "integritas"),
        Row("S", "sealed", "31.74.01", "31.74.01"),
    ):
        assert not is_good(check_places([wrong], at_crop, "integritas")), wrong


def test_a_lost_message_is_noticed() -> None:
    crop = dict.fromkeys(
        ("changed_repeats", "order_violations", "bad_signatures", "bad_requests", "followups_refused"), 0
    )
    town = {
        "replies": {"email": 2, "twitter": 1, "qlue": 0},
        "twice": 0,
        "refusable": 0,
        "crop": {**crop, "followups_sent": 4},
    }
    came, out = {"crop": {"followups": 4, "quarantined": 0}}, {"email": 2, "twitter": 1, "posko": 7}
    assert is_good(check_flows(came, out, town))
    assert not is_good(check_flows(came, {**out, "twitter": 2}, town))
    assert not is_good(check_flows(came, {**out, "qlue": 1}, town))
    assert not is_good(check_flows(came, {**out, "waze": 1}, town))
    assert not is_good(check_flows(came, out, {**town, "twice": 1}))
    assert not is_good(check_flows({"crop": {"followups": 3, "quarantined": 0}}, out, town))
    assert not is_good(check_flows({"crop": {"followups": 4, "quarantined": 1}}, out, town))
    assert not is_good(check_flows(came, out, {**town, "crop": {**town["crop"], "order_violations": 1}}))


@dataclass
class Said:
    state: str
    next_at: datetime | None = None
    reason: str = ""


def test_a_complaint_without_an_answer_is_noticed() -> None:
    later = datetime.now(UTC)
    assert is_good(check_answers([[Said("sent")], [Said("due", later), Said("waiting", later)]]))
    assert is_good(check_answers([[Said("undeliverable", reason="no private route")]]))
    for wrong in (
        [],
        [Said("due")],
        [Said("undeliverable")],
        [Said("dead", later, "gone")],
        [Said("sent"), Said("due")],
    ):
        assert not is_good(check_answers([[Said("sent")], wrong])), wrong


@pytest.mark.anyio
async def test_the_settings_of_a_town_point_at_every_stand_in(tmp_path: Path) -> None:
    town = Town(make_day(start_of_day(datetime.now(UTC)), share=0.3))
    await town.start()
    try:
        file = tmp_path / "aduan.toml"
        file.write_text(town.settings(tmp_path, 8000), encoding="utf-8")
        settings = load_settings(file)
        assert [channel.kind for channel in settings.channels] == KINDS
        await town.move_to(timedelta(hours=3))
        feed = settings.channels[0].options["feeds"][0]
        async with httpx2.AsyncClient() as client:
            assert (await client.get(feed)).json()["alerts"]
            told = (await client.get(f"{town.http}/summary")).json()
            truth = (await client.get(f"{town.http}/truth")).json()
        assert 0 < told["shown"] < told["events"]
        assert {row["channel"] for row in truth} == set(KINDS) - {"crop", "balaiwarga", "posko"}
    finally:
        await town.stop()


@pytest.mark.anyio
async def test_what_has_ended_is_gone_at_the_end_of_the_day() -> None:
    town = Town(make_day(start_of_day(datetime.now(UTC)), share=0.05))
    try:
        await town.start()
        await town.move_to(timedelta(days=1))
        ended = {event.name for event in town.day.events if event.do == "gone"}
        assert ended
        assert town.is_over
        assert not ended & {alert["uuid"] for alert in town.stands.waze.document()["alerts"]}
    finally:
        await town.stop()


@pytest.mark.anyio
async def test_forms_and_entries_are_handed_in_at_the_hubs_own_doors() -> None:
    taken: list[tuple[str, str]] = []

    async def take(kind: str, fields: Mapping[str, Any]) -> None:
        taken.append((kind, str(fields.get("key") or fields["id"])))

    town = Town(make_day(start_of_day(datetime.now(UTC)), share=0.3))
    town.open_doors(take)
    try:
        await town.start()
        await town.move_to(timedelta(days=1))
    finally:
        await town.stop()
    known = {(channel, name) for channel, name in town.day.truth if channel in {"balaiwarga", "posko"}}
    assert set(taken) == known
    assert len(taken) > len(known)


@pytest.mark.anyio
async def test_facebook_pushes_again_what_the_hub_did_not_take() -> None:
    taken: list[bytes] = []
    away = True

    async def hub(request: httpx2.Request) -> httpx2.Response:
        if away:
            raise httpx2.ConnectError("away")
        taken.append(await request.aread())
        return httpx2.Response(200)

    town = Town(make_day(start_of_day(datetime.now(UTC)), share=0.1))
    town.stands.page.call("http://hub.test/hooks/facebook", httpx2.MockTransport(hub))
    try:
        await town.start()
        await town.move_to(timedelta(hours=3))
        assert not taken
        away = False
        await town.move_to(timedelta(days=1))
    finally:
        await town.stop()
    new = [body for number, body in enumerate(town.stands.page.pushed) if body not in town.stands.page.pushed[:number]]
    assert list(dict.fromkeys(taken)) == new
    assert not [name for channel, name in town.day.truth if channel == "facebook" and name.startswith("fb-")]


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first := free_port()))
        taken.listen()
        assert free_port() != first
