"""Heads of RT and RW are known by their account's name or their own words; talk about them is not theirs."""

from __future__ import annotations

import time

import pytest

from normalizer.duty import role_of


@pytest.mark.parametrize(
    ("name", "text", "role"),
    [
        ("Ketua RT 05 Contoh", "", "rt"),
        ("RT003/RW07 Kel. Contoh", "", "rt"),
        ("pengurus_rw_09", "", "rw"),
        ("Pak RT 2", "", "rt"),
        ("", "Saya selaku ketua RW 03 melaporkan sampah", "rw"),
        ("", "kami pengurus RT 5 mohon lampu jalan", "rt"),
    ],
)
def test_who_says_so_is_one(name: str, text: str, role: str) -> None:
    assert role_of(name, text) == role


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Artika", "banjir di RT 05 RW 07"),
        ("warga", "ketua RT kami tidak peduli"),
        ("warga", "dari ketua RT kami belum ada jawaban"),
        ("Arwana 12", "sampah menumpuk"),
        ("", "sudah lapor ketua rw tapi diam saja"),
    ],
)
def test_talk_about_them_is_not(name: str, text: str) -> None:
    assert role_of(name, text) == ""


@pytest.mark.parametrize("row", [" ", ". ", "_", "pak ", "\t."])
def test_a_name_of_blanks_is_read_at_once(row: str) -> None:
    started = time.perf_counter()
    assert role_of(row * 10_000 + "x", "saya " * 10_000) == ""
    assert time.perf_counter() - started < 2
