"""Opens OpenStreetMap's files, XML or PBF, and passes their elements by one at a time: extracts are large."""

from __future__ import annotations

import bz2
import gzip
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError, iterparse

from rich.progress import Progress

from hub.gazetteer.readings import Unreadable
from normalizer.geometry import Position


@dataclass(frozen=True, slots=True)
class Node:
    """A point."""

    id: int
    tags: dict[str, str]
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Way:
    """A line or an outline, by the ids of its nodes."""

    id: int
    tags: dict[str, str]
    refs: array[int]


def named(path: Path, progress: Progress) -> Iterator[Node | Way]:
    """Give the nodes and ways that have a name. Raises Unreadable."""
    return _pbf_named(path, progress) if _is_pbf(path) else _xml_named(path, progress)


def locate(path: Path, wanted: set[int], progress: Progress) -> dict[int, Position]:
    """Give the positions of these nodes, as far as the file has them. Raises Unreadable."""
    nodes = _pbf_positions(path, wanted, progress) if _is_pbf(path) else _xml_positions(path, wanted, progress)
    return dict(nodes)


def _is_pbf(path: Path) -> bool:
    return path.suffix == ".pbf"


# -------------------------------------------------------------------------------------------------------------- XML


def _xml_named(path: Path, progress: Progress) -> Iterator[Node | Way]:
    for element in _elements(path, progress, "reading names"):
        if element.tag in {"node", "way"} and len(element):
            tags = {tag.get("k", ""): tag.get("v", "") for tag in element.iterfind("tag")}
            if "name" not in tags:
                continue
            if element.tag == "node":
                lat, lon = _position(element)
                yield Node(_number(element, "id"), tags, lat, lon)
            else:
                refs = array("q", (_number(nd, "ref") for nd in element.iterfind("nd")))
                yield Way(_number(element, "id"), tags, refs)


def _xml_positions(path: Path, wanted: set[int], progress: Progress) -> Iterator[tuple[int, Position]]:
    for element in _elements(path, progress, "reading positions"):
        if element.tag == "node" and (number := _number(element, "id")) in wanted:
            yield number, _position(element)


def _elements(path: Path, progress: Progress, description: str) -> Iterator[Element]:
    """Give each element of the top level, whole, and forget it."""
    try:
        with progress.open(path, "rb", description=description) as raw:
            parser = iterparse(_unpacked(path, raw), ("start", "end"))  # noqa: S314 - expat bounds what entities may grow to
            _, root = next(parser)
            if root.tag != "osm":
                raise Unreadable(f"<{root.tag}> is not OpenStreetMap's XML")
            for event, element in parser:
                if event == "end" and element.tag in {"node", "way", "relation"}:
                    yield element
                    root.clear()
    except ParseError as error:
        raise Unreadable(f"the XML breaks off or is wrong: {error}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable(f"the archive is damaged: {error}") from None


def _unpacked(path: Path, raw: BinaryIO) -> BinaryIO:
    match path.suffix:
        case ".gz":
            return cast("BinaryIO", gzip.GzipFile(fileobj=raw))
        case ".bz2":
            return cast("BinaryIO", bz2.BZ2File(raw))
    return raw


def _number(element: Element, name: str) -> int:
    try:
        return int(element.get(name, ""))
    except ValueError:
        raise Unreadable(f"a <{element.tag}> has no {name}") from None


def _position(element: Element) -> Position:
    try:
        return float(element.get("lat", "")), float(element.get("lon", ""))
    except ValueError:
        raise Unreadable(f"node {element.get('id')} has no position") from None


# -------------------------------------------------------------------------------------------------------------- PBF


def _pbf_named(path: Path, progress: Progress) -> Iterator[Node | Way]:
    osmium = _osmium()
    kinds = osmium.osm.NODE | osmium.osm.WAY
    for thing in _processed(path, kinds, osmium.filter.KeyFilter("name"), progress, "reading names"):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            yield Node(thing.id, tags, thing.location.lat, thing.location.lon)
        else:
            yield Way(thing.id, tags, array("q", (node.ref for node in thing.nodes)))


def _pbf_positions(path: Path, wanted: set[int], progress: Progress) -> Iterator[tuple[int, Position]]:
    osmium = _osmium()
    chosen = osmium.filter.IdFilter(wanted)
    for node in _processed(path, osmium.osm.NODE, chosen, progress, "reading positions"):
        yield node.id, (node.location.lat, node.location.lon)


def _processed(path: Path, kinds: Any, chosen: Any, progress: Progress, description: str) -> Iterator[Any]:
    """Give what a filter lets through; it works in C++, so that millions of others cost nothing here."""
    processor = _osmium().FileProcessor(str(path), kinds).with_filter(chosen)
    try:
        yield from progress.track(processor, description=description)
    except RuntimeError as error:
        raise Unreadable(f"the PBF breaks off or is wrong: {error}") from None


def _osmium() -> Any:
    try:
        import osmium  # noqa: PLC0415 - an extra: only those who read PBF need it
    except ImportError:
        raise Unreadable("reading PBF needs a library: pip install 'aduan-hub[osm]'") from None
    return osmium
