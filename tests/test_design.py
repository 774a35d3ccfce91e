"""The design holds what it promises: contrast in both themes, no barrier, nothing that an old office browser lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from hub.web.pages import HERE, STATIC
from normalizer.complaint import URGENCIES
from normalizer.report import STATUSES
from tests.axe import violations
from tests.browser import open_browser
from tests.test_web_browser import serving
from tests.web_fixtures import Office, open_office

SHEETS = sorted(STATIC.glob("*.css")) + sorted((HERE.parents[1] / "plugins").glob("*/static/*.css"))
TOO_NEW = re.compile(
    r"color-mix\(|:has\(|light-dark\(|@layer|@container|@scope|\bsubgrid\b|text-wrap:|field-sizing|&[ :.]"
)
"""What Chromium 109 or Firefox 115 does not know, or knows only in part."""
PAIRS = [
    (ink, ground)
    for ink in ("ink", "quiet", "accent", "darurat", "mendesak", "good")
    for ground in ("surface", "ground", "raised")
] + [
    ("accent-ink", "accent"),
    ("accent", "accent-soft"),
    ("darurat", "darurat-soft"),
    ("mendesak", "mendesak-soft"),
    ("good", "good-soft"),
    ("ink", "internal-soft"),
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("desain")) as made:
        yield made


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r"(?<=\{)[^{}]*color-scheme: (light|dark);", (STATIC / "tokens.css").read_text())
    texts = re.findall(r"\{([^{}]*color-scheme: (?:light|dark);)", (STATIC / "tokens.css").read_text())
    named: dict[str, dict[str, str]] = {}
    for scheme, text in zip(blocks, texts, strict=True):
        values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", text))
        assert named.setdefault(scheme, values) == values, "the dark theme chosen by hand is the system's"
    return named


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_are_readable_on_their_ground(scheme: str, ink: str, ground: str) -> None:
    colours = themes()[scheme]
    darker, lighter = sorted(luminance(colours[name]) for name in (ink, ground))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_old_office_browsers_understand_every_sheet(sheet: Path) -> None:
    lines = enumerate(sheet.read_text().splitlines(), start=1)
    assert [f"{sheet.name}:{at}: {line.strip()}" for at, line in lines if TOO_NEW.search(line)] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_colours_are_named_and_never_written_down_twice(sheet: Path) -> None:
    if sheet.name == "tokens.css":
        return
    screen = re.sub(r"@media print \{.*?\n\}", "", sheet.read_text(), flags=re.DOTALL)
    assert re.findall(r"(?<![\w-])#[0-9a-fA-F]{3,8}\b", screen) == []


def test_the_page_shows_every_mark(office: Office) -> None:
    text = office.browser.get("/desain").text
    for code in (*URGENCIES, *STATUSES):
        shape = re.search(rf'class="(?:urgency|status) {code}"><svg.*?</svg>(.+?)</span>', text, re.DOTALL)
        assert shape is not None, code
        assert shape.group(1).strip()


def test_every_mark_has_a_shape_of_its_own(office: Office) -> None:
    text = office.browser.get("/desain").text
    for kind, codes in (("urgency", URGENCIES), ("status", STATUSES)):
        shapes = re.findall(rf'class="{kind} [a-z]+">(<svg.*?</svg>)', text, re.DOTALL)
        assert len(set(shapes)) == len(codes)


def test_no_barrier_in_either_theme_narrow_or_wide(office: Office, tmp_path: Path) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    with serving(office) as address, open_browser(tmp_path / "profil") as browser:
        browser.goto(f"{address}/desain")
        for width in (360, 1366):
            for scheme in schemes:
                browser.show(width, 800, scheme)
                assert violations(browser) == [], (width, scheme)
                assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.problems == []
