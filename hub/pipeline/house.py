"""What the pipeline needs to know of the house it runs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hub.plugin import Audience, Route, Sink
from hub.tracking import track_code
from normalizer.region import Region
from normalizer.report import Report


def _private(_channel: str) -> Audience:
    return "private"


def _plain_link(name: str) -> str:
    return f"/foto/{name}"


def _plain_track(code: str) -> str:
    return f"/lacak/{code}"


def _open_secret(channel: str, native_id: str) -> str:
    return track_code(b"", channel, native_id)


@dataclass(frozen=True)
class House:
    """The region, the sinks, and the few settings that change what a batch writes."""

    region: Region
    sinks: Mapping[str, Sink] = field(default_factory=dict)
    audience: Callable[[str], Audience] = _private
    decides: frozenset[str] = frozenset()
    """Channels whose own status may move a report at any time."""
    photo_link: Callable[[str], str] = _plain_link
    track: Callable[[str, str], str] = _open_secret
    """The code of a complaint's tracking page, by channel and native id."""
    track_link: Callable[[str], str] = _plain_track
    """The address of a tracking page, by its code."""
    routes: dict[tuple[str, ...], Route] = field(default_factory=dict)
    """What the region's rules said before, by all that they look at."""
    route: Callable[[Report], Route | None] | None = None
    """Asked before the region's rules, where a plugin has something to say."""
