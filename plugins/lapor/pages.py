"""Items cut into pages that the host can store in one transaction each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.plugin import Item

MOST = 500
MOST_BYTES = 16 * 1024 * 1024
"""Half of what the contract allows: bodies grow when they are stored."""


def cut(items: Iterable[Item]) -> Iterator[tuple[list[Item], bool]]:
    """Give pages, each with whether it is the last; there is always a last one, if an empty one."""
    page: list[Item] = []
    size = 0
    for item in items:
        if len(page) == MOST or (page and size + len(item.body) > MOST_BYTES):
            yield page, False
            page, size = [], 0
        page.append(item)
        size += len(item.body)
    yield page, True
