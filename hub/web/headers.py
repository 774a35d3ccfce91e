"""Headers on every answer: what a browser may load and do. Nothing inline, nothing from elsewhere."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FOR_GOOD = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """Adds them, unless an endpoint chose its own value. `pictures`: another host that they may come from."""

    def __init__(self, app: ASGIApp, *, secure: bool, pictures: str = "") -> None:
        self._app = app
        policy = {"Content-Security-Policy": POLICY.replace("img-src 'self'", f"img-src 'self' {pictures}".rstrip())}
        self._headers = HEADERS | policy | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                    if not headers[name]:
                        del headers[name]  # an endpoint wants none
                if scope["path"].startswith("/static/") and message["status"] == 200 and scope["query_string"]:
                    headers["Cache-Control"] = FOR_GOOD
            await send(message)

        await self._app(scope, receive, dressed)
