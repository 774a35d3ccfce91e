"""A clerk's first minutes in a real browser: sign in, walk the queue by keys, follow up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from normalizer.number import make_number
from tests.browser import open_browser
from tests.web_fixtures import PASSWORD, TEBET, Office, add_report, open_office

NUMBER = make_number(2, "JKT")


@contextmanager
def serving(office: Office) -> Iterator[str]:
    """Serve the pages of an office on a free port of this machine; its hub lives in the test's own loop."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(office.app, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        portal = office.browser.portal
        assert portal is not None
        done = threading.Event()

        async def serve() -> None:
            try:
                await server._serve([listener])
            finally:
                done.set()

        portal.start_task_soon(serve)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            done.wait(10)


def test_a_clerk_signs_in_finds_the_report_and_follows_up(tmp_path: Path) -> None:
    with open_office(tmp_path) as office, serving(office) as address, open_browser(tmp_path / "profile") as browser:
        office.write(lambda c: [add_report(c, key, lat=-6.23, lon=106.85) for key in (1, 2)])
        browser.goto(f"{address}/antrean/{TEBET}")
        browser.run("document.getElementById('name').value = 'petugas-tebet'")
        browser.run(f"document.getElementById('password').value = '{PASSWORD}'")
        browser.leave("document.querySelector('form.login').requestSubmit()")
        assert browser.run("location.pathname") == f"/antrean/{TEBET}"
        assert browser.run("document.querySelectorAll('.row').length") == 2
        browser.wait("document.querySelectorAll('#queue-map .area').length > 3")

        office.write(lambda c: add_report(c, 3, urgency="darurat"))
        browser.press("j")
        assert browser.run("document.activeElement.getAttribute('href')") == f"/laporan/{NUMBER}"
        browser.run("document.getElementById('refresh').click()")
        browser.wait("document.querySelectorAll('.row').length === 3")
        assert browser.run("document.activeElement.getAttribute('href')") == f"/laporan/{NUMBER}"

        browser.run("window.stale = true")
        browser.press("Enter")
        browser.wait(f"window.stale === undefined && location.pathname === '/laporan/{NUMBER}'")
        browser.wait("document.readyState === 'complete' && document.getElementById('note') !== null")
        browser.run("document.getElementById('note').value = 'pompa datang'")
        browser.leave("document.querySelector('.act form').requestSubmit()")
        assert "pompa datang" in browser.run("document.querySelector('.timeline').textContent")
        assert browser.problems == []
