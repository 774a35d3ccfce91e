"""The kit must pass what is right and name what is wrong: for each promise, a plugin that breaks only that one."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from pydantic import BaseModel, Field

from hub.plugin import (
    Complaint,
    Delivery,
    Item,
    Notice,
    Page,
    Reading,
    Receipt,
    Received,
    Reply,
    Request,
    Secret,
    Sink,
    Source,
    Throttled,
    TryAgain,
    Unauthorized,
)
from hub.testing import (
    NOW,
    RETRY_AFTER,
    SINK_CHECKS,
    SOURCE_CHECKS,
    ContractFailure,
    HttpWorld,
    MemoryBoard,
    SinkCase,
    SourceCase,
    check_sink,
    check_source,
    make_context,
    sample_notice,
    sample_reply,
)

pytestmark = pytest.mark.anyio
ROWS = [{"id": number, "text": f"Lampu mati nomor {number}"} for number in range(1, 6)]
README = "# Lamps\n\n## What it needs\nNothing.\n\n## Options\n`url`, `token`\n\n## Limits\nNone.\n"
TOKEN = "hush-hush-token"


def write(folder: Path, text: str = README) -> Path:
    path = folder / "README.md"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    return write(tmp_path)


def refuse(answer: httpx2.Response) -> None:
    if answer.status_code in {401, 403}:
        raise Unauthorized("refused")
    if answer.status_code == 429:
        wait = answer.headers["retry-after"]
        raise Throttled(NOW + timedelta(seconds=int(wait) if wait.isdigit() else RETRY_AFTER))
    if answer.status_code != 200:
        raise TryAgain(f"HTTP {answer.status_code}")


class Lamps(Source):
    """Pages of two, by id; also takes pushes with a token."""

    kind = "lamps"

    class Options(BaseModel):
        url: str = Field("https://lamps.test", description="Where it is.")
        token: Secret = Field(Secret(TOKEN), description="Who we are.")

    options: Options

    async def fetch(self) -> list[dict[str, Any]]:
        headers = {"Authorization": self.options.token.get_secret_value()}
        try:
            answer = await self.context.http.get(self.options.url, headers=headers)
        except httpx2.TransportError:
            raise TryAgain("no answer") from None
        refuse(answer)
        try:
            rows: list[dict[str, Any]] = answer.json()
        except ValueError:
            raise TryAgain("no JSON") from None
        return rows

    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        rows = [row for row in await self.fetch() if row["id"] > (cursor or 0)]
        for start in range(0, len(rows), 2):
            page = rows[start : start + 2]
            yield Page([self.item(row) for row in page], page[-1]["id"])

    def item(self, row: dict[str, Any]) -> Item:
        return Item(str(row["id"]), json.dumps(row).encode())

    async def receive(self, request: Request) -> Received:
        if request.headers.get("authorization") != self.options.token.get_secret_value():
            return Received(status=401)
        try:
            return Received([self.item(json.loads(request.body))])
        except ValueError:
            return Received(status=400)

    def read(self, item: Item) -> Sequence[Reading]:
        row = json.loads(item.body)
        return [Complaint(native_id=item.native_id, text=row["text"], created_at=datetime(2026, 1, 1, tzinfo=UTC))]


PUSH = Request("POST", {"authorization": TOKEN}, {}, json.dumps(ROWS[0]).encode())


def source_case(kind: type[Source], readme: Path, **more: Any) -> SourceCase:
    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=ROWS)

    return SourceCase(kind=kind, options={}, world=lambda: HttpWorld(answer), readme=readme, **more)


async def test_a_good_source_passes_every_check(readme: Path) -> None:
    case = source_case(Lamps, readme, pushes=[PUSH], forged=[replace(PUSH, headers={})])
    case = replace(case, bad_world=case.world)
    assert await check_source(case) == tuple(check.name for check in SOURCE_CHECKS)


class TupleCursor(Lamps):
    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        async for page in super().pull(cursor[0] if cursor else None):
            yield replace(page, cursor=(page.cursor,))


class RunsAhead(Lamps):
    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        async for page in super().pull(cursor):
            yield replace(page, cursor=page.cursor + 1)


class RandomIds(Lamps):
    count = 0

    def item(self, row: dict[str, Any]) -> Item:
        RandomIds.count += 1
        return Item(str(RandomIds.count), b"{}" if "text" not in row else json.dumps(row).encode())


class OnePage(Lamps):
    async def pull(self, cursor: Any) -> AsyncIterator[Page]:
        rows = await self.fetch()
        yield Page([Item(f"{row['id']}-{copy}", b'{"text": ""}') for row in rows for copy in range(200)], None)


class RetriesForEver(Lamps):
    async def fetch(self) -> list[dict[str, Any]]:
        try:
            return await super().fetch()
        except Unauthorized:
            raise TryAgain("perhaps later") from None


class RestsTooLittle(Lamps):
    async def fetch(self) -> list[dict[str, Any]]:
        try:
            return await super().fetch()
        except Throttled:
            raise Throttled(NOW + timedelta(seconds=1)) from None


class TrustsTheAnswer(Lamps):
    async def fetch(self) -> list[dict[str, Any]]:
        answer = await self.context.http.get(self.options.url)
        if answer.status_code in {401, 403, 429}:
            refuse(answer)
        rows: list[dict[str, Any]] = answer.json()
        return rows


class LetsNobodyGo(Lamps):
    async def fetch(self) -> list[dict[str, Any]]:
        try:
            return await super().fetch()
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await anyio.sleep(1.2)
            raise


class Chatty(Lamps):
    async def fetch(self) -> list[dict[str, Any]]:
        logging.getLogger("lamps").debug("asking as %s", self.options.token.get_secret_value())
        return await super().fetch()


class TellsInErrors(Lamps):
    async def fetch(self) -> list[dict[str, Any]]:
        try:
            return await super().fetch()
        except TryAgain as error:
            cause = ValueError(f"with {self.options.token.get_secret_value()}")
            raise TryAgain(str(error)) from cause


class BelievesAnybody(Lamps):
    async def receive(self, request: Request) -> Received:
        return Received([self.item(json.loads(request.body))] if request.body.endswith(b"}") else [])


class FallsOverCutPushes(Lamps):
    async def receive(self, request: Request) -> Received:
        if request.headers.get("authorization") != TOKEN:
            raise Unauthorized("not signed")
        return Received([self.item(json.loads(request.body))])


class ReadsTheClock(Lamps):
    def read(self, item: Item) -> Sequence[Reading]:
        return [Complaint(native_id=item.native_id, text="", created_at=self.context.clock())]


class RemembersBadItems(Lamps):
    bad = False

    def read(self, item: Item) -> Sequence[Reading]:
        if self.bad:
            return []
        self.bad = True
        readings = super().read(item)
        self.bad = False
        return readings


class ReadsWords(Lamps):
    def read(self, item: Item) -> Sequence[Reading]:
        return ["Lampu mati"]  # type: ignore[list-item]


class NextVersion(Lamps):
    API = 2


class ShowsItsToken(Lamps):
    class Options(BaseModel):
        url: str = Field("https://lamps.test", description="Where it is.")
        token: str = Field(TOKEN, description="Who we are.")

    async def fetch(self) -> list[dict[str, Any]]:
        self.options = Lamps.Options()
        return await super().fetch()


class Undescribed(Lamps):
    class Options(Lamps.Options):
        url: str = "https://lamps.test"


BROKEN_SOURCES = {
    TupleCursor: "cursor-survives-json",
    RunsAhead: "kill-loses-nothing",
    RandomIds: "ids-are-stable",
    OnePage: "pages-are-bounded",
    RetriesForEver: "credentials-refused",
    RestsTooLittle: "throttling-obeyed",
    TrustsTheAnswer: "outages-retried",
    LetsNobodyGo: "cancels-at-once",
    Chatty: "keeps-secrets",
    TellsInErrors: "keeps-secrets",
    BelievesAnybody: "forged-pushes-refused",
    FallsOverCutPushes: "cut-pushes-answered",
    ReadsTheClock: "read-is-pure",
    RemembersBadItems: "bad-items-end",
    ReadsWords: "read-gives-readings",
    NextVersion: "kind-declared",
    ShowsItsToken: "options-make-a-form",
    Undescribed: "options-make-a-form",
}


@pytest.mark.parametrize(("kind", "name"), BROKEN_SOURCES.items())
async def test_a_broken_source_is_told_which_promise_it_breaks_and_why(
    kind: type[Source], name: str, readme: Path
) -> None:
    case = source_case(kind, readme, pushes=[PUSH], forged=[replace(PUSH, headers={})])
    with pytest.raises(ContractFailure) as failure:
        await check_source(case)
    why = next(check.why for check in SOURCE_CHECKS if check.name == name)
    assert f"{name}: {why} — " in str(failure.value)


async def test_a_source_that_gives_up_a_page_for_one_bad_item_is_found(readme: Path) -> None:
    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=[*ROWS, {"id": 0}, {"id": 99, "text": "no more"}])

    class Fussy(Lamps):
        async def fetch(self) -> list[dict[str, Any]]:
            rows = await super().fetch()
            return rows if all("text" in row for row in rows) else [{"id": 1, "text": "only this"}]

    case = source_case(Fussy, readme, bad_world=lambda: HttpWorld(answer))
    with pytest.raises(ContractFailure, match="bad-item-stays-alone"):
        await check_source(case)


async def test_a_readme_must_explain_every_option(tmp_path: Path) -> None:
    readme = write(tmp_path, README.replace("`token`", ""))
    with pytest.raises(ContractFailure, match=r"readme-complete.*`token`"):
        await check_source(source_case(Lamps, readme))


async def test_an_endless_read_does_not_hang_the_tests(readme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = False

    class Endless(Lamps):
        def read(self, item: Item) -> Sequence[Reading]:
            while not item.body and not released:
                pass
            return super().read(item)

    monkeypatch.setattr("hub.testing.read.PATIENCE", 0.05)
    with pytest.raises(ContractFailure, match="bad-items-end"):
        await check_source(source_case(Endless, readme))
    released = True


class PostOffice(HttpWorld):
    """Honours Idempotency-Key."""

    def __init__(self) -> None:
        super().__init__(self.take)
        self.taken: set[str] = set()

    def take(self, request: httpx2.Request) -> httpx2.Response:
        self.taken.add(request.headers["idempotency-key"])
        return httpx2.Response(200)

    def effects(self) -> int:
        return len(self.taken)


class Letters(Sink):
    """Posts parcels under their key."""

    kind = "letters"
    Options = Lamps.Options
    options: Lamps.Options

    def wants(self, parcel: Notice | Reply) -> bool:
        return True

    def key(self, delivery: Delivery) -> str:
        return delivery.key

    async def deliver(self, delivery: Delivery) -> Receipt:
        headers = {"Idempotency-Key": self.key(delivery)}
        try:
            answer = await self.context.http.post(self.options.url, content=delivery.body, headers=headers)
        except httpx2.ConnectError:
            raise TryAgain("not reached") from None
        except httpx2.TransportError:
            raise TryAgain("no answer", uncertain=True) from None
        refuse(answer)
        return Receipt()


def sink_case(kind: type[Sink], readme: Path) -> SinkCase:
    parcels: list[Notice | Reply] = [sample_notice(), sample_reply()]
    return SinkCase(kind=kind, options={}, world=PostOffice, parcels=parcels, readme=readme)


async def test_a_good_sink_passes_every_check(readme: Path) -> None:
    assert await check_sink(sink_case(Letters, readme)) == tuple(check.name for check in SINK_CHECKS)


class NewKeyEachTry(Letters):
    def key(self, delivery: Delivery) -> str:
        return f"{delivery.key}-{delivery.attempt}"


class NeverUncertain(Letters):
    async def deliver(self, delivery: Delivery) -> Receipt:
        try:
            return await super().deliver(delivery)
        except TryAgain:
            raise TryAgain("no answer") from None


class TellsTheVersion(Letters):
    def tells(self, notice: Notice) -> str:
        return str(notice.report.version)


class WantsNothing(Letters):
    def wants(self, parcel: Notice | Reply) -> bool:
        return False


class DecidesByClock(Letters):
    def due(self, notice: Notice, before: Notice | None, last: datetime | None) -> datetime | None:
        return self.context.clock()


class Swallows(Letters):
    async def deliver(self, delivery: Delivery) -> Receipt:
        try:
            return await super().deliver(delivery)
        except Unauthorized:
            return Receipt()


BROKEN_SINKS = {
    NewKeyEachTry: "one-effect-a-key",
    NeverUncertain: "unknown-outcome-said",
    TellsTheVersion: "tells-news-only",
    WantsNothing: "wants-its-parcels",
    DecidesByClock: "decides-purely",
    Swallows: "credentials-refused",
}


@pytest.mark.parametrize(("kind", "name"), BROKEN_SINKS.items())
async def test_a_broken_sink_is_told_which_promise_it_breaks(kind: type[Sink], name: str, readme: Path) -> None:
    with pytest.raises(ContractFailure, match=name):
        await check_sink(sink_case(kind, readme))


async def test_a_lost_answer_must_not_post_twice(readme: Path) -> None:
    with pytest.raises(ContractFailure, match="lost-answer-one-effect"):
        await check_sink(sink_case(NewKeyEachTry, readme))


async def test_the_board_keeps_the_newest() -> None:
    board = MemoryBoard()
    await board.place("R", "b", 2)
    await board.place("R", "a", 1)
    assert board.queues == {"R": "b"}
    await board.remove("R", 3)
    await board.place("R", "a", 2)
    assert board.queues == {}


async def test_a_context_has_no_network_unless_it_is_given_one() -> None:
    context = make_context()
    with pytest.raises(httpx2.ConnectError):
        await context.http.get("https://example.org/")
    await context.http.aclose()


def test_a_check_says_why_it_is_there_in_one_line() -> None:
    for check in (*SOURCE_CHECKS, *SINK_CHECKS):
        assert check.why, check.name
        assert "\n" not in check.why
