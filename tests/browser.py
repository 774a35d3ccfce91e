"""A real Chromium for tests, spoken to over its debugging pipe. Skips plainly where none is installed."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--window-size=1366,768",
)
PATIENCE = 30.0


def find_chromium() -> str:
    """Give the program; without one skip the test, but fail where tests must be complete."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed: pages were not looked at")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


class Browser:
    """One tab."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._buffer = b""
        self._next = 0
        self._session = ""
        self.problems: list[str] = []
        """What the console complained of, refused loads included."""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")

    def goto(self, url: str) -> None:
        """Load a page to the end."""
        self._send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """Give the value of a script, without going through the page's own policy."""
        answer = self._send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"].get("description", "script failed"))
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a script gives true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if self.run(condition):
                    return
            except (AssertionError, RuntimeError):  # the page is being replaced
                pass
            select.select([self._answers], [], [], 0.05)
        raise AssertionError(f"never true: {condition}")

    def leave(self, script: str) -> None:
        """Run what leads to another page, and wait for that page."""
        self.run("window.stale = true")
        self.run(f"{{ {script} }} 0")
        self.wait("window.stale === undefined && document.readyState === 'complete'")

    def press(self, key: str) -> None:
        """Press and release a key."""
        text = {"Enter": "\r"}.get(key, key)
        for kind in ("keyDown", "keyUp"):
            sent = {"text": text} if kind == "keyDown" else {}
            self._send("Input.dispatchKeyEvent", type=kind, key=key, **sent)

    def look(self, file: Path, *, dark: bool = False, width: int = 1366, height: int = 768) -> None:
        """Keep a picture of the page."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._send("Emulation.setEmulatedMedia", features=scheme)
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        file.write_bytes(base64.b64decode(self._send("Page.captureScreenshot", format="png")["data"]))

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        self._next += 1
        message: dict[str, Any] = {"id": self._next, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            self._notice(answer)
            if answer.get("id") == message["id"]:
                if "error" in answer:
                    raise RuntimeError(answer["error"]["message"])
                return answer["result"]  # type: ignore[no-any-return]

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], PATIENCE)
            chunk = os.read(self._answers, 1 << 20) if ready else b""
            if not chunk:
                raise RuntimeError("Chromium does not answer")
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)  # type: ignore[no-any-return]

    def _notice(self, message: dict[str, Any]) -> None:
        if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            self.problems.append(message["params"]["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.problems.append(message["params"]["exceptionDetails"]["text"])


@contextmanager
def open_browser(folder: Path) -> Iterator[Browser]:
    """Start Chromium with a profile of its own; end it with the block."""
    program = find_chromium()
    command_out, command_in = os.pipe()
    answer_out, answer_in = os.pipe()
    high = [os.dup(descriptor) for descriptor in (command_out, answer_in)]

    def place_pipes() -> None:
        # Chromium reads commands from descriptor 3 and answers on 4.
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    process = subprocess.Popen(  # noqa: S603 - the program found above
        [program, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=place_pipes,  # noqa: PLW1509 - nothing else runs threads that hold locks here
        close_fds=False,
    )
    try:
        yield Browser(command_in, answer_out)
    finally:
        process.terminate()
        process.wait(10)
        for descriptor in (command_out, command_in, answer_out, answer_in, *high):
            os.close(descriptor)
