"""Where each generation of Qlue's feed keeps what. Four incompatible shapes, one map each, no clever parser.

Key names are those that independent clients of each generation read; no documentation was ever public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Generation = Literal["g1", "g2", "g3", "g4"]


@dataclass(frozen=True, slots=True)
class Fields:
    """Dotted paths into a row; empty where the generation has no such thing."""

    id: str
    time: str
    text: str
    image: str
    lat: str
    lon: str
    title: str = ""
    format: str = ""
    """`image` or something else; without it the address of the file tells."""
    status: str = ""
    comments: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    kelurahan: tuple[str, ...] = ()
    """Names and codes, the best first."""
    address: str = ""
    user: str = ""
    all_about: str = ""
    """The category of every row, where the feed has only one."""


GENERATIONS: Mapping[Generation, Fields] = {
    "g1": Fields(
        id="post_id",
        time="post_date",
        title="post_title",
        text="post_desc",
        image="post_images",
        lat="loc_lat",
        lon="loc_lng",
        user="profile_name",
    ),
    "g2": Fields(
        id="id",
        time="profile.timestamp",
        text="profile.detail.desc",
        image="profile.detail.image",
        lat="profile.location.lat",
        lon="profile.location.lng",
        status="profile.detail.status",
        comments="profile.detail.comment_count",
        category="type",
        tags=("profile.detail.suggest.tags",),
        kelurahan=("profile.detail.name_kel", "profile.detail.kd_kel"),
        user="profile.username",
    ),
    "g3": Fields(
        id="id",
        time="timestamp",
        title="title",
        text="description",
        image="file.url",
        format="file.format",
        lat="location.lat",
        lon="location.lng",
        all_about="banjir",
    ),
    "g4": Fields(
        id="id",
        time="timestamp",
        title="title",
        text="description",
        image="image_url",
        format="format",
        lat="lat",
        lon="lng",
        status="progress",
        tags=("tag1", "tag2"),
        kelurahan=("kelurahan", "kode_kelurahan"),
        address="rt_rw",
        user="username",
    ),
}


def find(row: Any, path: str) -> Any:
    """Follow a dotted path; None where it leads nowhere."""
    for name in path.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return row


def rows_of(document: Any) -> list[Any] | None:
    """Give the list in a document: the document itself, or its `data` (third generation). None where there is none."""
    rows = document.get("data") if isinstance(document, dict) else document
    return rows if isinstance(rows, list) else None
