"""What is shipped: a wheel with every data file, and lock files that are whole, hashed and silent about hosts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.cli_fixtures import Desk, row, surroundings

ROOT = Path(__file__).parents[1]
PACKAGES = ("hub/", "normalizer/", "plugins/", "sandbox/")
LOCKS = ("runtime", "dev")
PLATFORMS = [
    {"python_version": python, "python_full_version": f"{python}.0", "platform_machine": machine, "extra": ""}
    for python in ("3.11", "3.12", "3.13")
    for machine in ("x86_64", "aarch64")
]


# ------------------------------------------------------------------------------------------------------------ the wheel


def python(*words: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, *words], cwd=cwd, env=surroundings(more), capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - git is where it is
    if listed.returncode != 0:
        pytest.skip("not a checkout: no list of files")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, tracked: list[str]) -> Path:
    """Built from a copy, so that the checkout stays clean."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in tracked:
        if name.startswith(PACKAGES) or "/" not in name:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    done = python("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", built, source, cwd=built)
    assert done.returncode == 0, done.stderr
    return next(built.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path, tracked: list[str]) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert [name for name in tracked if name.startswith(PACKAGES) and name not in inside] == []


def test_the_wheel_holds_licence_and_notice(wheel: Path) -> None:
    names = [name.rpartition("/")[2] for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/licenses/" in name]
    assert {"LICENSE", "NOTICE"} <= set(names)


def test_an_installed_wheel_works_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    done = python("-m", "pip", "install", "--no-deps", "--no-index", "--target", installed, wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    desk = Desk(tmp_path)
    desk.settings('[[channel]]\nkind = "posko"\n')
    desk.write("day.jsonl", [row(1, "Banjir di depan pasar", lat=-6.16489, lon=106.81067)])
    start = f"import hub.cli; assert hub.cli.__file__.startswith({str(installed)!r}), hub.cli.__file__; hub.cli.main()"
    for words in (["check"], ["import", "day.jsonl"], ["run", "--once"], ["export", "reports"]):
        done = python("-c", start, *words, cwd=tmp_path, PYTHONPATH=str(installed))
        assert done.returncode == 0, done.stderr
    assert '"31.71.01.1003"' in done.stdout


# ------------------------------------------------------------------------------------------------------- the lock files


def read_lock(name: str) -> dict[str, list[str]]:
    """Give each locked requirement with its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {words[0]: [word for word in words[1:] if word.startswith("--hash=sha256:")] for words in lines}


def locked_names(name: str) -> set[str]:
    return {canonicalize_name(one.partition("==")[0]) for one in read_lock(name)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    lock = read_lock(name)
    assert all(re.fullmatch(r"[\w.-]+==[\w.!+]+", one) for one in lock)
    assert [one for one, hashes in lock.items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_says_nothing_about_where_packages_come_from(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_the_test_lock_adds_to_the_other_and_changes_nothing() -> None:
    runtime, dev = read_lock("runtime"), read_lock("dev")
    assert {one: dev.get(one) for one in runtime} == runtime


def declared(*extras: str) -> Iterator[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in extras:
        lines += project["project"]["optional-dependencies"][extra]
    return map(Requirement, lines)


@pytest.mark.parametrize(("name", "extras"), [("runtime", ()), ("dev", ("dev",))])
def test_a_lock_fits_the_project(name: str, extras: tuple[str, ...]) -> None:
    versions = {canonicalize_name(one.split("==")[0]): one.split("==")[1] for one in read_lock(name)}
    wanted = {canonicalize_name(one.name): one.specifier for one in declared(*extras)}
    unfit = [one for one, specifier in wanted.items() if versions.get(one, "0") not in specifier]
    assert unfit == [], "run `make lock`"


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda one: f"{one['python_version']}-{one['platform_machine']}")
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_whole_on_every_python_and_machine(name: str, platform: dict[str, str]) -> None:
    """What a locked package needs there is locked, too: the lock was made on one Python only."""
    locked = locked_names(name)
    missing = {
        f"{package} needs {needed.name}"
        for package in locked
        for needed in needs(package)
        if (needed.marker is None or needed.marker.evaluate(platform)) and canonicalize_name(needed.name) not in locked
    }
    assert missing == set()


def needs(package: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in requires(package) or ()]
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed here")
