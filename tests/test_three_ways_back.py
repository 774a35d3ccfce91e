"""One incident told on X, by mail and on Qlue, finished in CROP: each citizen hears of it once, on the own channel.

X, Qlue and CROP are stand-ins on loopback; the citizen's mail is read from a real IMAP server, into which an SMTP
server lays what the hub sends. The hub is `aduan serve` in a process of its own.

What "once" rests on when the hub dies between the other side's taking and its own noting that:

- X: the conversation is searched for the reply's mark. Search lags behind; until it shows the reply, X's refusal of a
  text that it has already must do.
- Mail: SMTP knows no repeats. With `own_copy` the server takes a copy for us together with the citizen's, and the hub
  looks for it by its Message-ID. Where that copy needs longer than the hub waits, or without `own_copy`, a kill between
  the server's taking and our copy in `sent_folder` gives the citizen the same mail twice, with one Message-ID.
- Qlue: nothing is looked up. The same key comes again, and whoever takes replies must honour it.
- CROP's follow-up: it is on disk before it is answered with 202, and its id has one effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.dovecot import USER, Dovecot, running
from tests.three_ways import BY_MAIL, MAIL_ID, SUBJECT, THEIR_NAMES, City, city_at, until

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running() as server:
        yield server


async def check(city: City, number: str) -> None:
    """Each citizen has an acknowledgement, then one answer, which says what it is about and names nobody else."""
    letters, posts, entries = await city.letters(), city.x.replies, city.entries()
    said = {
        "x": [one["text"] for one in posts],
        "email": [one.get_content() for one in letters],
        "qlue": [one["description"] for one in entries],
    }
    assert {channel: len(texts) for channel, texts in said.items()} == {"x": 2, "email": 2, "qlue": 2}
    for channel, (first, answer) in said.items():
        assert "kami terima" in first
        assert number in first
        for word in (number, "selesai", "Lampu jalan", "Bangka", "Petugas: Lampu diganti", "BEDA"):
            assert word in answer, channel
        others = [name for other, names in THEIR_NAMES.items() if other != channel for name in names]
        assert not [name for name in others if name in first + answer], channel
    assert [one["to"] for one in posts] == [city.post] * 2
    for letter in letters:
        assert letter["To"] == BY_MAIL
        assert letter["In-Reply-To"] == letter["References"] == MAIL_ID
        assert letter["Subject"] == f"Re: {SUBJECT} [{number}]"
    assert [one["status"] for one in entries] == ["wait", "complete"]
    assert [one["complaint_count"] for one in city.crop.reports.values()] == [3]


async def polled_again(city: City) -> None:
    """Let the hub see its own replies at X, in the mailbox and at Qlue."""
    before = len(city.x.asked)
    await until(lambda: len(city.x.asked) >= before + 2, "two more polls")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_each_is_answered_once_where_they_wrote(
    engine: str, dovecot: Dovecot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = "sqlite:///aduan.db" if engine == "sqlite" else request.getfixturevalue("empty_postgres")
    async with city_at(dovecot, tmp_path, database) as city:
        city.complain()
        report = await city.joined()
        await city.finish(report)
        await until(lambda: city.have_taken(2), "three answers")
        await polled_again(city)
        await check(city, report["report"])
        address = city.entries()[1]["file"]
        await until(lambda: httpx2.get(address).headers["content-type"] == "image/jpeg", "CROP's photo")
        assert {name: way.taken for name, way in city.ways.items()} == {"x": 2, "email": 2, "qlue": 2}
        assert [one.recipients for one in city.mails.mails] == [(BY_MAIL, USER)] * 2


async def test_each_arrives_once_though_the_hub_is_killed_between_any_two_steps(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    async with city_at(dovecot, tmp_path) as city:
        city.complain()
        report = await city.joined()
        await until(lambda: [city.hub.replies(name) for name in city.ways] == [["sent"]] * 3, "it is noted")
        for way in city.ways.values():
            way.shut()
        await city.finish(report)
        for name in city.ways:
            await kill_around(city, name)
        await polled_again(city)
        await check(city, report["report"])
        assert city.hub.kills == 6
        assert {name: way.taken for name, way in city.ways.items()} == {"x": 2, "email": 2, "qlue": 3}
        assert [city.hub.replies(name) for name in city.ways] == [["sent"] * 2] * 3


async def kill_around(city: City, name: str) -> None:
    """Kill the hub before the other side has its answer, and again when it has it and has not said so.

    The first kill falls right after CROP's follow-up was accepted, the next ones between two channels.
    """
    hub, way = city.hub, city.ways[name]
    await hub.kill()
    way.keep()
    await hub.start()
    await until(lambda: way.taken == 2, f"{name} has it")
    await hub.kill()
    way.open()
    await hub.start()
    await until(lambda: hub.replies(name) == ["sent"] * 2, f"{name} is known to have it")
