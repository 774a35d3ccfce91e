"""What the pipeline needs to know of the house it runs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hub.clocks.keeper import Keeper, keeper_of
from hub.plugin import Audience, Route, Sink
from hub.replies import ReplyRules
from hub.tracking import track_code
from normalizer.complaint import Place
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
    replies: ReplyRules = field(default_factory=ReplyRules)
    claim: timedelta = timedelta(hours=4)
    """For how long whoever takes a report keeps it without doing anything."""
    routes: dict[tuple[str, ...], Route] = field(default_factory=dict)
    """What the region's rules said before, by all that they look at."""
    route: Callable[[Report], Route | None] | None = None
    """Asked before the region's rules, where a plugin has something to say."""

    @property
    def keeper(self) -> Keeper:
        """Who knows when a report is due."""
        return keeper_of(self.region)

    def place_name(self, place: Place) -> str:
        """Name the area of a place as citizens know it; never finer than a kelurahan. Empty where nobody knows."""
        area = next((area for area in self.region.areas if area.code == place.kelurahan), None)
        if area is not None:
            return f"{area.name}, {area.kecamatan_name}"
        return next((area.kecamatan_name for area in self.region.areas if area.kecamatan == place.kecamatan), "")

    def unit_name(self, code: str) -> str:
        """Name a unit; empty for none."""
        return next((unit.name for unit in self.region.units if unit.code == code), "")
