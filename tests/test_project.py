"""The project's own rules, kept by a test: short files, docstrings, papers, and words that must not appear."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("hub", "normalizer", "plugins", "sandbox")
MAX_LINES, MAX_FUNCTION = 400, 60
VENDORED = "hub/web/static/vendor"
DATA = (".csv", ".geojson", ".tsv", ".po", ".pot", ".mo", ".png", ".woff2", ".ico", ".jpg")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - git is where it is
    names = [name for name in listed.stdout.split("\0") if name]
    if not names:
        pytest.skip("not a checkout: no list of files")
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(VENDORED) and path.suffix not in DATA:
            yield name, path.read_text(encoding="utf-8", errors="replace")


def modules() -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in texts() if name.endswith(".py"))


def test_every_module_says_why_it_exists() -> None:
    inside = ((name, text) for name, text in modules() if name.startswith(PACKAGES))
    assert [name for name, text in inside if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_no_file_is_too_long() -> None:
    whole = {"hub/plugin.py"}  # the contract is one thing, read from top to bottom
    long = {name: len(text.splitlines()) for name, text in modules()}
    allowed = {name for name in long if name in whole or "migrations/versions" in name or name.startswith("tests/")}
    assert {name: count for name, count in long.items() if count > MAX_LINES and name not in allowed} == {}


def test_no_function_is_too_long() -> None:
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name, text in modules()
        if name.startswith(PACKAGES) and "migrations/versions" not in name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION
    ]
    assert found == []


# One letter of each in brackets, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|NotImplemente[d]Error")
PLACES = re.compile(r"/wor[k]/|pyp[i]\.org|pythonhoste[d]\.|registry\.npmj[s]|debian\.or[g]|[-]-(extra-)?index-ur[l]")


def test_nothing_is_left_to_do() -> None:
    assert [name for name, text in texts() if UNFINISHED.search(text)] == []


def test_no_registry_and_no_workshop_is_named() -> None:
    assert [name for name, text in texts() if PLACES.search(text.lower())] == []


PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").exists())


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugins_readme_says_what_it_needs_its_options_and_its_limits(folder: Path) -> None:
    readme = folder / "README.md"
    assert readme.is_file(), f"plugins/{folder.name} has no README.md"
    headings = " ".join(re.findall(r"^#+ (.*)$", readme.read_text(encoding="utf-8"), re.MULTILINE)).lower()
    missing = [word for word in ("needs", "option", "limit") if word not in headings]
    assert missing == [], f"plugins/{folder.name}/README.md has no heading about: {', '.join(missing)}"


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_bundled_plugin_is_announced_like_a_strangers(folder: Path) -> None:
    assert project()["entry-points"]["aduan.plugins"].get(folder.name) == f"plugins.{folder.name}"


def test_every_dependency_has_its_line() -> None:
    wanted = [*project()["dependencies"], *project()["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=~! ]", line)[0] for line in wanted}
    written = set(re.findall(r"^\| ([\w.-]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE))
    libraries = {"package", "library", "htmx", "leaflet"}
    assert names == written - libraries


def test_shipped_data_is_named_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for word in ("wilayah_boundaries", "wilayah_kodepos", "TransJakarta", "indo-collex", "NLP_bahasa_resources"):
        assert word in notice
    for folder in (ROOT / VENDORED).iterdir():
        assert not folder.is_dir() or f"{folder.name}/LICENSE" in notice


def test_the_changelog_names_the_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in changes or f"## {project()['version']}" in changes


def project() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found
