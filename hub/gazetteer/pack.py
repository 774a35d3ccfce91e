"""Writes rows into a region pack: beside it first, checked as a whole, then renamed, so that no hub reads a half."""

from __future__ import annotations

import csv
import io
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from importlib.resources.abc import Traversable
from pathlib import Path

from hub.gazetteer.readings import STREET
from hub.regions import RegionError, load_region, region_files
from normalizer.region import Region, Spot, Street

GAZETTEER, STREETS, SOURCES = "gazetteer.csv", "streets.csv", "SOURCES.md"
HEADING = "## Imported"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    GAZETTEER: ("name", "kind", "lat", "lon", "kelurahan"),
    STREETS: ("name", "kelurahan", "lat", "lon"),
}


class Pack:
    """A region pack, and the folder where it is or will be."""

    def __init__(self, name_or_folder: str, folder: Path) -> None:
        self.folder = folder
        self.fresh = not folder.exists()
        self._source: Traversable = region_files(name_or_folder if self.fresh else str(folder))
        self.region: Region = load_region(name_or_folder if self.fresh else str(folder))
        if not self.fresh and (wanted := load_region(name_or_folder).code) != self.region.code:
            raise RegionError(f"{folder}: is the pack of {self.region.code!r} already, not of {wanted!r}")

    def add(self, spots: Iterable[Spot], streets: Iterable[Street], note: str, without: Collection[str] = ()) -> str:
        """Add rows and a line on where they are from; `without` names kinds whose former rows go. Gives the version.

        Raises:
            RegionError: the pack would not be whole, or somebody changed it meanwhile.
        """
        changed = {
            GAZETTEER: self._table(GAZETTEER, [asdict(spot) for spot in spots], without),
            STREETS: self._table(STREETS, [asdict(street) for street in streets], without),
            SOURCES: self._noted(note),
        }
        changed = {name: data for name, data in changed.items() if data != self._bytes(name)}
        stage = self.folder.parent / f".{self.folder.name}-{secrets.token_hex(4)}"
        try:
            return self._written(stage, changed)
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def _written(self, stage: Path, changed: Mapping[str, bytes]) -> str:
        """Write the whole pack beside the old one, check it, then put what is new of it in the old one's place."""
        stage.mkdir(parents=True)
        kept = [entry for entry in self._source.iterdir() if entry.is_file() and entry.name not in changed]
        for name, data in (*((entry.name, entry.read_bytes()) for entry in kept), *changed.items()):
            _write(stage / name, data)
        version = load_region(str(stage)).version
        if self.fresh:
            stage.rename(self.folder)
        else:
            self._renew(stage, changed)
        _sync(self.folder)
        _sync(self.folder.parent)
        return version

    def _renew(self, stage: Path, changed: Iterable[str]) -> None:
        if load_region(str(self.folder)).version != self.region.version:
            raise RegionError(f"{self.folder}: somebody changed it meanwhile; import again")
        for name in changed:
            if (self.folder / name).exists():
                shutil.copymode(self.folder / name, stage / name)
            (stage / name).replace(self.folder / name)

    def _table(self, name: str, added: list[dict[str, object]], without: Collection[str]) -> bytes:
        """Give a table with the rows added; its columns, and what a person wrote into further ones, stay."""
        reader = csv.DictReader(io.StringIO(self._bytes(name).decode("utf-8-sig"), newline=""))
        rows = [row for row in reader if (row.get("kind") or STREET) not in without]
        if not added and not without:
            return self._bytes(name)
        written = io.StringIO()
        writer = csv.DictWriter(written, reader.fieldnames or COLUMNS[name], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        writer.writerows(added)
        return written.getvalue().encode()

    def _noted(self, note: str) -> bytes:
        text = self._bytes(SOURCES).decode("utf-8", "replace").rstrip()
        heading = "" if HEADING in text else f"\n\n{HEADING}\n"
        return f"{text}{heading}\n- {note}\n".encode()

    def _bytes(self, name: str) -> bytes:
        file = self._source / name
        return file.read_bytes() if file.is_file() else b""


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make names in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
