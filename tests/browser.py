"""A real Chromium for tests, driven by Playwright. Skips plainly where none is installed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Error, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage")
PATIENCE = 30.0
DESKTOP = (1366, 768)


def find_chromium() -> str:
    """Give the program; without one skip the test, but fail where tests must be complete."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed: pages were not looked at")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


class Browser:
    """One tab; `page` is Playwright's, for whatever has no name of its own here."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        """What the console complained of, refused loads included."""
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        self._devtools = page.context.new_cdp_session(page)

    def goto(self, url: str) -> None:
        """Load a page to the end."""
        self.page.goto(url)

    def run(self, script: str) -> Any:
        """Give the value of a script. By the debugging protocol: the page's own policy refuses Playwright's `eval`."""
        answer = self.devtools("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
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
            except (AssertionError, Error):  # the page is being replaced
                pass
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {condition}")

    def leave(self, script: str) -> None:
        """Run what leads to another page, and wait for that page."""
        self.run("window.stale = true")
        self.run(f"{{ {script} }} 0")
        self.wait("window.stale === undefined && document.readyState === 'complete'")

    def press(self, key: str) -> None:
        """Press and release a key, or keys together: `Alt+1`."""
        self.page.keyboard.press(key)

    def show(self, width: int, height: int, scheme: Literal["light", "dark"] = "light") -> None:
        """Look at the page in a window of this size, by day or by night."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": height})

    def look(
        self, file: Path, *, dark: bool = False, width: int = DESKTOP[0], height: int = DESKTOP[1], whole: bool = False
    ) -> None:
        """Keep a picture of the page; `whole`: as long as it is."""
        self.show(width, height, "dark" if dark else "light")
        self.page.screenshot(path=file, full_page=whole)

    def devtools(self, method: str, **params: Any) -> dict[str, Any]:
        """Speak the browser's debugging protocol."""
        return self._devtools.send(method, params)  # type: ignore[no-any-return]


@contextmanager
def open_browser(folder: Path, *, scripts: bool = True) -> Iterator[Browser]:
    """Start Chromium with a profile of its own; end it with the block."""
    program = find_chromium()
    with sync_playwright() as player:
        context = player.chromium.launch_persistent_context(
            folder,
            executable_path=program,
            headless=True,
            chromium_sandbox=False,
            args=FLAGS,
            java_script_enabled=scripts,
            viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
        )
        context.set_default_timeout(PATIENCE * 1000)
        try:
            yield Browser(context.pages[0])
        finally:
            context.close()
