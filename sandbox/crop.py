"""A stand-in for CROP: checks what the hub sends as a strict receiver would, works on it, and reports back."""

from __future__ import annotations

import base64
import hashlib
import heapq
import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx2
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

EVENTS = "/events"
FAULTS = ("401", "410", "429", "500", "503", "timeout", "reset", "lost")
"""`timeout` and `reset` come before the event is taken, `lost` afterwards: the hub cannot tell them apart."""
MAX_TRIES = 12


def made_up_secret(name: str) -> str:
    """Give a signing secret, always the same for a name: good for a sandbox only."""
    return f"whsec_{base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()}"


@dataclass
class Summary:
    """What has happened so far."""

    effects: int = 0
    repeats: int = 0
    changed_repeats: int = 0
    """The same key with other bytes: never right."""
    order_violations: int = 0
    """An older version of a report after a newer one: never right."""
    bad_signatures: int = 0
    bad_requests: int = 0
    faults: int = 0
    followups_sent: int = 0
    followups_refused: int = 0


class Officers:
    """They set off for each new report, finish it, and say so to the hub, signed."""

    def __init__(
        self,
        hook_url: str,
        secret: str,
        pace: float = 2,
        photo_url: str = "",
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Post to `hook_url`; `pace` seconds from an event to the first follow-up and from there to the second."""
        self._transport = transport
        self.sent = self.refused = 0
        self._hook_url, self._secret = hook_url, Webhook(secret)
        self._pace, self._photo_url = pace, photo_url
        self._tasks: list[_Task] = []
        self._news = anyio.Event()

    @property
    def due(self) -> int:
        """How many follow-ups are still to come."""
        return len(self._tasks)

    def begin(self, report: Mapping[str, Any]) -> None:
        """Plan both follow-ups of a report."""
        unit = next((share["unit"] for share in report["units"]), "")
        told = {"report": report["report"], "unit": unit, "officer": "Petugas Contoh"}
        photos = [self._photo_url] if self._photo_url else []
        begun: dict[str, Any] = {
            "status": "Proses",
            "note": "Petugas menuju lokasi.",
            "note_internal": "Tim 1",
            "photos": [],
        }
        done: dict[str, Any] = {
            "status": "Selesai",
            "note": "Sudah ditangani, terima kasih.",
            "note_internal": None,
            "photos": photos,
        }
        for step, words in enumerate((begun, done), start=1):
            self._plan(step * self._pace, {"id": f"crop-{report['report']}-{step}", **told, **words})

    def drop(self, report: str) -> None:
        """Forget a report that was merged away or withdrawn."""
        self._tasks = [task for task in self._tasks if task.message["report"] != report]
        heapq.heapify(self._tasks)

    def _plan(self, wait: float, message: dict[str, Any], tries: int = 0) -> None:
        heapq.heappush(self._tasks, _Task(anyio.current_time() + wait, tries, message))
        self._news.set()

    async def work(self) -> None:
        """Send what is due, until cancelled."""
        async with httpx2.AsyncClient(timeout=10, transport=self._transport) as client:
            while True:
                while self._tasks and self._tasks[0].at <= anyio.current_time():
                    await self._finish(heapq.heappop(self._tasks), client)
                self._news = anyio.Event()
                with anyio.move_on_after(self._tasks[0].at - anyio.current_time() if self._tasks else None):
                    await self._news.wait()

    async def _finish(self, task: _Task, client: httpx2.AsyncClient) -> None:
        status = await self._post(task.message, client)
        if status == 202:
            self.sent += 1
        elif status in {0, 503} and task.tries < MAX_TRIES:
            self._plan(min(0.1 * 2**task.tries, 30), task.message, task.tries + 1)
        else:
            self.refused += 1

    async def _post(self, message: dict[str, Any], client: httpx2.AsyncClient) -> int:
        """Give the status of the hub's answer, 0 where there was none."""
        now = datetime.now(UTC).replace(microsecond=0)
        message.setdefault("at", now.isoformat())
        body = json.dumps(message, ensure_ascii=False)
        headers = {
            "content-type": "application/json",
            "webhook-id": message["id"],
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._secret.sign(message["id"], now, body),
        }
        try:
            return (await client.post(self._hook_url, content=body.encode(), headers=headers)).status_code
        except httpx2.TransportError:
            return 0


@dataclass(order=True)
class _Task:
    at: float
    tries: int
    message: dict[str, Any] = field(compare=False)


class Crop:
    """What CROP remembers: every key with its bytes, and the newest version of every report."""

    def __init__(self, secrets: Sequence[str], officers: Officers | None = None, faults: Iterable[str] = ()) -> None:
        """Accept what one of the secrets has signed; show one planned fault for each of the next events."""
        self.faults = deque(faults)
        self.officers = officers
        self.reports: dict[str, dict[str, Any]] = {}
        self._summary = Summary()
        self._secrets = [Webhook(secret) for secret in secrets]
        self._bodies: dict[str, bytes] = {}

    def summary(self) -> dict[str, int]:
        """Count everything."""
        self._summary.followups_sent = self.officers.sent if self.officers else 0
        self._summary.followups_refused = self.officers.refused if self.officers else 0
        due = self.officers.due if self.officers else 0
        return asdict(self._summary) | {"reports": len(self.reports), "followups_due": due}

    def next_fault(self) -> str:
        """Give the fault that is planned for this event, if any."""
        if not self.faults:
            return ""
        self._summary.faults += 1
        return self.faults.popleft()

    def look_up(self, key: str, headers: Mapping[str, str]) -> Response:
        """Say whether an event has arrived."""
        if not self._is_signed(headers, b""):
            return Response(status_code=401)
        return JSONResponse({"id": key}) if key in self._bodies else Response(status_code=404)

    def take(self, headers: Mapping[str, str], body: bytes) -> Response:
        """Take an event once."""
        key = headers.get("webhook-id", "")
        if not self._is_signed(headers, body):
            return Response(status_code=401)
        if headers.get("idempotency-key") != f'"{key}"':
            self._summary.bad_requests += 1
            return JSONResponse({"detail": "Idempotency-Key must be the quoted webhook-id"}, 400)
        if key in self._bodies:
            return self._repeat(key, body)
        self._bodies[key] = body
        self._have_effect(json.loads(body)["data"])
        return JSONResponse({"id": key}, 202)

    def _is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        for secret in self._secrets:
            with suppress(WebhookVerificationError, ValueError):
                secret.verify(body, dict(headers), json_parse=False)
                return True
        self._summary.bad_signatures += 1
        return False

    def _repeat(self, key: str, body: bytes) -> Response:
        self._summary.repeats += 1
        if self._bodies[key] == body:
            return JSONResponse({"id": key}, 202)
        self._summary.changed_repeats += 1
        return JSONResponse({"detail": "this key has come with another body"}, 422)

    def _have_effect(self, report: dict[str, Any]) -> None:
        self._summary.effects += 1
        number = report["report"]
        known = self.reports.get(number)
        if known and known["version"] > report["version"]:
            self._summary.order_violations += 1
            return
        self.reports[number] = report
        if self.officers and report["merged_into"]:
            self.officers.drop(number)
        elif self.officers and known is None:
            self.officers.begin(report)


def make_app(crop: Crop, delay: float = 60) -> Starlette:
    """Serve `EVENTS`, `/summary`, and `/faults` to plan some. A time-out lasts `delay` seconds."""

    async def take(request: Request) -> Response:
        body, fault = await request.body(), crop.next_fault()
        if fault not in {"", "lost"}:
            return await _misbehave(fault, delay)
        answer = crop.take(request.headers, body)
        return await _misbehave(fault, delay) if fault else answer

    async def look_up(request: Request) -> Response:
        return crop.look_up(request.path_params["key"], request.headers)

    async def plan(request: Request) -> Response:
        faults = await request.json()
        if unknown := [fault for fault in faults if fault not in FAULTS]:
            return JSONResponse({"unknown": unknown, "known": FAULTS}, 422)
        crop.faults.extend(faults)
        return JSONResponse({"planned": len(crop.faults)})

    async def summarise(_request: Request) -> Response:
        return JSONResponse(crop.summary())

    return Starlette(
        routes=[
            Route(EVENTS, take, methods=["POST"]),
            Route(f"{EVENTS}/{{key}}", look_up),
            Route("/faults", plan, methods=["POST"]),
            Route("/summary", summarise),
        ]
    )


async def _misbehave(fault: str, delay: float) -> Response:
    if fault == "timeout":
        await anyio.sleep(delay)
    if fault in {"timeout", "reset", "lost"}:
        return _Broken()
    return Response(status_code=int(fault), headers={"Retry-After": "1"} if fault in {"429", "503"} else {})


class _Broken(Response):
    """Begins to answer and leaves: the client sees a lost connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"64")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
