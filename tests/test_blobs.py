"""Files by content hash: whole or not there, however many store the same bytes at once."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.store.blobs import Blobs


def test_the_same_bytes_are_one_file_however_many_store_them_at_once(tmp_path: Path) -> None:
    blobs, data = Blobs(tmp_path), b"x" * 100_000
    with ThreadPoolExecutor(16) as threads:
        names = set(threads.map(lambda _: blobs.put(data), range(64)))
    assert names == {hashlib.sha256(data).hexdigest()}
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [data]


def test_an_erased_file_is_gone_and_erasing_it_again_is_no_fault(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"photo")
    blobs.erase(name)
    blobs.erase(name)
    with pytest.raises(FileNotFoundError):
        blobs.get(name)
