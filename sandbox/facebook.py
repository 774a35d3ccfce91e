"""A stand-in for Facebook: a page with posts, comments and Messenger, its Graph API, and signed pushes to a webhook."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import anyio
import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

PAGE_ID = "100200300400"
TOKEN, APP_SECRET, VERIFY_TOKEN = "sandbox-page-token", "sandbox-app-secret", "sandbox-verify-token"
WINDOW, HUMAN_WINDOW = timedelta(hours=24), timedelta(days=7)
FAULTS = ("500", "timeout", "html", "lost")
"""Faults beside the codes of Graph errors, which stand for themselves: `lost` takes the write and breaks off."""
_SUBCODES = {190: 460, 10: 0}
_REFUSED = {190: 401, 10: 403, 4: 403}


def now() -> datetime:
    """Give the time on the wall."""
    return datetime.now(UTC)


class Page:
    """One page: who writes to it, what it answers, and the webhook that is told.

    Whoever writes is named by a number; their messages, posts and comments get ids as Facebook's look.
    """

    def __init__(
        self,
        hook_url: str = "",
        transport: httpx2.AsyncBaseTransport | None = None,
        *,
        page_id: str = PAGE_ID,
        token: str = TOKEN,
        app_secret: str = APP_SECRET,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Push to `hook_url`, if there is one."""
        self.id, self.token, self.fault = page_id, token, ""
        self.usage: Mapping[str, str] = {}
        """Headers on every answer of the Graph API, like `X-Page-Usage`."""
        self.comments: list[dict[str, Any]] = []
        """What the page answered under posts and comments: `to`, `message`, `id`."""
        self.messages: list[dict[str, Any]] = []
        """What the page answered by Messenger: the body of each request and its `message_id`."""
        self.pushed: list[bytes] = []
        """Every body that was pushed, to be pushed again."""
        self.posts: dict[str, dict[str, Any]] = {}
        self.under: dict[str, list[dict[str, Any]]] = {}
        """Comments by post, the oldest first."""
        self.talks: dict[str, list[dict[str, Any]]] = {}
        """Messages by person, the oldest first."""
        self._hook_url, self._transport, self._secret, self.clock = hook_url, transport, app_secret, clock
        self.count = 0
        """How many things have got an id; set it to choose the next one's."""
        self._held: list[dict[str, Any]] | None = None

    def call(self, hook_url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        """Push to this address from now on."""
        self._hook_url, self._transport = hook_url, transport

    # ------------------------------------------------------------------------------------------- what people do

    async def post(self, author: str, text: str, photo: str = "") -> str:
        """A visitor posts on the page."""
        name = f"{self.id}_{self._next()}"
        self.posts[name] = self._row(name, author, text) | _attachments(photo)
        await self._tell(self._change("photo" if photo else "status", "add", name, photo=photo))
        return name

    async def comment(self, author: str, post: str, text: str, *, parent: str = "", photo: str = "") -> str:
        """Somebody comments on a post, or answers a comment."""
        name = f"{post.partition('_')[2]}_{self._next()}"
        row = self._row(name, author, text) | ({"parent": {"id": parent}} if parent else {})
        self.under.setdefault(post, []).append(row | ({"attachment": _picture(photo)} if photo else {}))
        await self._tell(self._change("comment", "add", name, photo=photo))
        return name

    async def edit(self, name: str, text: str) -> None:
        """The author changes a post or comment."""
        self._find(name)["message"] = text
        await self._tell(self._change("status" if name in self.posts else "comment", "edited", name))

    async def remove(self, name: str) -> None:
        """The author takes a post or comment away."""
        change = self._change("status" if name in self.posts else "comment", "remove", name)
        self.posts.pop(name, None)
        self.under = {post: [row for row in rows if row["id"] != name] for post, rows in self.under.items()}
        await self._tell(change)

    async def message(
        self, person: str, text: str = "", *, images: Sequence[str] = (), sticker: str = "", standby: bool = False
    ) -> str:
        """Somebody writes by Messenger."""
        name = f"m_{self._next()}"
        row = self._row(name, person, text)
        row["attachments"] = {"data": [{"image_data": {"url": url}} for url in images]}
        self.talks.setdefault(person, []).append(row)
        files = [{"type": "image", "payload": {"url": url}} for url in images]
        files += [{"type": "sticker", "payload": {"url": sticker, "sticker_id": 1}}] if sticker else []
        said = {"mid": name} | ({"text": text} if text else {}) | ({"attachments": files} if files else {})
        event = {"sender": {"id": person}, "recipient": {"id": self.id}, "timestamp": self._now() * 1000}
        await self._tell({"standby" if standby else "messaging": [event | {"message": said}]}, 1000)
        return name

    async def echo(self, person: str, text: str) -> None:
        """The page itself writes, from its own inbox."""
        said = {"mid": f"m_{self._next()}", "text": text, "is_echo": True, "app_id": 1}
        event = {"sender": {"id": self.id}, "recipient": {"id": person}, "timestamp": self._now() * 1000}
        await self._tell({"messaging": [event | {"message": said}]}, 1000)

    # --------------------------------------------------------------------------------------------------- pushes

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[None]:
        """Push all that happens meanwhile in one body, entries of both kinds mixed."""
        self._held = []
        yield
        held, self._held = self._held, None
        await self.push(held)

    async def push(self, entries: Sequence[Mapping[str, Any]]) -> int:
        """Push entries as Facebook does; give the status of the answer."""
        return await self.send(json.dumps({"object": "page", "entry": list(entries)}).encode())

    async def send(self, body: bytes, signature: str | None = None) -> int:
        """Push a body, anew or again, signed unless told how; 0 where there is no webhook."""
        self.pushed.append(body)
        if not self._hook_url:
            return 0
        headers = {"content-type": "application/json", "x-hub-signature-256": signature or self.sign(body)}
        async with httpx2.AsyncClient(transport=self._transport) as client:
            return (await client.post(self._hook_url, content=body, headers=headers)).status_code

    def sign(self, body: bytes) -> str:
        """Give the header that proves a body."""
        return f"sha256={hmac.digest(self._secret.encode(), body, sha256).hex()}"

    async def _tell(self, what: dict[str, Any], scale: int = 1) -> None:
        entry = {"id": self.id, "time": self._now() * scale, **what}
        if self._held is not None:
            self._held.append(entry)
        else:
            await self.push([entry])

    def _change(self, item: str, verb: str, name: str, photo: str = "") -> dict[str, Any]:
        row = self._find(name)
        post = name if name in self.posts else self.post_of(name)
        value = {"item": item, "verb": verb, "post_id": post, "from": row["from"], "created_time": self._seconds(row)}
        if item == "comment":
            value |= {"comment_id": name, "parent_id": row.get("parent", {}).get("id", post)}
        if verb != "remove":
            value |= {"message": row["message"]} | ({"photo": photo} if photo else {})
        return {"changes": [{"field": "feed", "value": value}]}

    # ---------------------------------------------------------------------------------------------- what is there

    def post_of(self, comment: str) -> str:
        """Give the post that a comment stands under; empty for what is no comment."""
        return next((post for post, rows in self.under.items() if any(row["id"] == comment for row in rows)), "")

    def answer_comment(self, target: str, text: str) -> Response:
        """Take a comment of the page's own."""
        post = target if target in self.posts else self.post_of(target)
        if not post:
            return graph_error(100, 33)
        if any(row["message"] == text for row in self.comments[-1:]):
            return graph_error(506)
        if len(text) > 8000 or not text:
            return graph_error(100)
        name = f"{post.partition('_')[2]}_{self._next()}"
        row = self._row(name, self.id, text) | {"parent": {"id": target}}
        self.under.setdefault(post, []).append(row)
        self.comments.append({"to": target, "message": text, "id": name})
        return JSONResponse({"id": name})

    def answer_message(self, body: Mapping[str, Any]) -> Response:
        """Take a message of the page's own, within the window."""
        person, text = str(body["recipient"]["id"]), str(body["message"]["text"])
        heard = [row["created_time"] for row in self.talks.get(person, ()) if row["from"]["id"] == person]
        if not heard:
            return graph_error(551)
        quiet = self.clock() - datetime.fromisoformat(heard[-1])
        late = body.get("messaging_type") == "MESSAGE_TAG" and body.get("tag") == "HUMAN_AGENT"
        if quiet > (HUMAN_WINDOW if late else WINDOW):
            return graph_error(10, 2018278)
        if len(text) > 2000:
            return graph_error(100)
        name = f"m_{self._next()}"
        self.talks[person].append(self._row(name, self.id, text))
        self.messages.append({**body, "message_id": name})
        return JSONResponse({"recipient_id": person, "message_id": name})

    def conversations(self, person: str = "") -> list[dict[str, Any]]:
        """Give all conversations, or one, the newest first; messages, too."""
        talks = {name: rows for name, rows in self.talks.items() if rows and person in ("", name)}
        rows = [
            {"id": f"t_{name}", "updated_time": said[-1]["created_time"], "messages": paged(said[::-1], 100)}
            for name, said in talks.items()
        ]
        return sorted(rows, key=lambda row: row["updated_time"], reverse=True)

    def feed(self, since: int, nested: int) -> list[dict[str, Any]]:
        """Give posts made since then, the newest first, each with its first comments."""
        rows = [row for row in self.posts.values() if self._seconds(row) >= since]
        return [row | {"comments": paged(self.under.get(row["id"], []), nested)} for row in reversed(rows)]

    def _find(self, name: str) -> dict[str, Any]:
        return self.posts.get(name) or next(row for rows in self.under.values() for row in rows if row["id"] == name)

    def _row(self, name: str, author: str, text: str) -> dict[str, Any]:
        who = {"id": author, "name": "Halaman Contoh" if author == self.id else f"Warga Contoh {author}"}
        at = self.clock().strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {"id": name, "message": text, "from": who, "created_time": at}

    def _next(self) -> int:
        self.count += 1
        return 5000 + self.count

    def _now(self) -> int:
        return int(self.clock().timestamp())

    @staticmethod
    def _seconds(row: Mapping[str, Any]) -> int:
        return int(datetime.fromisoformat(row["created_time"]).timestamp())


def _picture(url: str) -> dict[str, Any]:
    return {"type": "photo", "media": {"image": {"src": url}}}


def _attachments(photo: str) -> dict[str, Any]:
    return {"attachments": {"data": [_picture(photo)]}} if photo else {}


def paged(rows: Sequence[Mapping[str, Any]], limit: int, after: str = "") -> dict[str, Any]:
    """Give a part of an edge with its cursors, and an address of the next part while there is one."""
    start = int(after or 0)
    end = start + limit
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
    if end < len(rows):
        paging["next"] = "https://graph.facebook.invalid/next?access_token=never-follow-me"
    return {"data": list(rows[start:end]), "paging": paging}


def graph_error(code: int, subcode: int = 0) -> JSONResponse:
    """Give an error as the Graph API spells it."""
    error = {"message": f"(#{code}) made-up refusal", "type": "OAuthException", "code": code, "fbtrace_id": "Atrace"}
    return JSONResponse({"error": error | ({"error_subcode": subcode} if subcode else {})}, _REFUSED.get(code, 400))


def make_app(page: Page, version: str = "v25.0", *, limit: int = 25, nested: int = 25, delay: float = 60) -> Starlette:
    """Serve a page's Graph API. `limit` and `nested` bound what one answer holds; a time-out lasts `delay` seconds."""

    async def feed(request: Request) -> Response:
        rows = page.feed(int(request.query_params.get("since", 0)), nested)
        visitors = request.url.path.endswith("visitor_posts")
        return JSONResponse(_part(request, [r for r in rows if not (visitors and r["from"]["id"] == page.id)], limit))

    async def conversations(request: Request) -> Response:
        return JSONResponse(_part(request, page.conversations(request.query_params.get("user_id", "")), limit))

    async def messages(request: Request) -> Response:
        person = request.path_params["talk"].removeprefix("t_")
        return JSONResponse(_part(request, page.talks.get(person, [])[::-1], limit))

    async def comments(request: Request) -> Response:
        target = request.path_params["target"]
        rows = page.under.get(target) or [
            row for rows in page.under.values() for row in rows if row.get("parent", {}).get("id") == target
        ]
        newest_first = request.query_params.get("order") == "reverse_chronological"
        return JSONResponse(_part(request, rows[::-1] if newest_first else rows, 100))

    async def comment(request: Request) -> Response:
        return page.answer_comment(request.path_params["target"], str((await request.json()).get("message", "")))

    async def message(request: Request) -> Response:
        return page.answer_message(await request.json())

    def guarded(path: str, endpoint: Callable[[Request], Any], method: str = "GET") -> Route:
        async def serve(request: Request) -> Response:
            return await _answer(page, endpoint, request, delay)

        return Route(f"/{version}/{path}", serve, methods=[method])

    return Starlette(
        routes=[
            guarded(f"{page.id}/visitor_posts", feed),
            guarded(f"{page.id}/feed", feed),
            guarded(f"{page.id}/conversations", conversations),
            guarded(f"{page.id}/messages", message, "POST"),
            guarded("{talk}/messages", messages),
            guarded("{target}/comments", comments),
            guarded("{target}/comments", comment, "POST"),
        ]
    )


def _part(request: Request, rows: Sequence[Mapping[str, Any]], limit: int) -> dict[str, Any]:
    asked = min(int(request.query_params.get("limit", limit)), limit)
    return paged(rows, asked, request.query_params.get("after", ""))


async def _answer(page: Page, endpoint: Callable[[Request], Any], request: Request, delay: float) -> Response:
    """Check the token, show the fault, else answer."""
    fault = page.fault
    if request.headers.get("authorization") != f"Bearer {page.token}":
        return graph_error(190, 460)
    if fault.isdigit() and fault != "500":
        return graph_error(int(fault), _SUBCODES.get(int(fault), 0))
    if fault == "timeout":
        await anyio.sleep(delay)
    if fault == "html":
        return HTMLResponse("<!doctype html><title>Facebook</title>")
    if fault == "500":
        return JSONResponse({"error": {"message": "made-up outage", "type": "OAuthException", "code": 2}}, 500)
    response: Response = await endpoint(request)
    response.headers.update(page.usage)
    return _Broken() if fault == "lost" else response


class _Broken(Response):
    """The connection breaks before the answer is through."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"64")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
