"""Report numbers: what is made is found again, and a slip of the pen is noticed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizer.number import ALPHABET, find_numbers, make_number, read_number

KEYS = st.integers(0, 2**35 - 1)


@given(KEYS)
def test_a_number_leads_back_to_its_key(key: int) -> None:
    number = make_number(key, "JKT")
    assert re.fullmatch(f"JKT-[{ALPHABET}]{{8}}", number)
    assert read_number(number) == key


@pytest.mark.parametrize("key", [-1, 2**35])
def test_keys_beyond_the_numbers_are_refused(key: int) -> None:
    with pytest.raises(ValueError, match="key"):
        make_number(key, "JKT")


def test_no_two_keys_share_a_number() -> None:
    assert len({make_number(key, "JKT") for key in range(20_000)}) == 20_000


@given(KEYS, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed(key: int, place: int, letter: str) -> None:
    body = make_number(key, "JKT")[4:]
    wrong = body[:place] + letter + body[place + 1 :]
    assert wrong == body or read_number(f"JKT-{wrong}") is None


@given(KEYS, st.integers(0, 6))
def test_two_letters_swapped_are_noticed(key: int, place: int) -> None:
    body = make_number(key, "JKT")[4:]
    wrong = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert wrong == body or read_number(f"JKT-{wrong}") is None


@pytest.mark.parametrize(
    "written", ["JKT-00000000", "JKT-OOOOOOOO", "00000000", "JKT-", "", "JKT-7K3M9QX", "JKT-7K3U9QXD"]
)
def test_what_is_no_number_is_not_read(written: str) -> None:
    assert read_number(written) is None


@given(KEYS)
def test_letters_that_look_like_digits_are_forgiven(key: int) -> None:
    number = make_number(key, "JKT")
    for letter, digit in (("O", "0"), ("I", "1"), ("L", "1"), ("o", "0"), ("l", "1")):
        assert read_number(number.replace(digit, letter)) == key


@given(KEYS, st.sampled_from(["", " ", "-"]), st.sampled_from(["", " ", "-"]), st.booleans())
def test_it_is_found_in_a_text_however_it_is_written(key: int, first: str, second: str, small: bool) -> None:  # noqa: FBT001 (drawn by hypothesis)
    number = make_number(key, "JKT")
    written = f"JKT{first}{number[4:8]}{second}{number[8:]}"
    text = f"Laporan saya {written.lower() if small else written}, bagaimana?"
    assert find_numbers(text, "JKT") == (number,)


def test_only_valid_numbers_of_the_region_are_found_each_once() -> None:
    number, other = make_number(1, "JKT"), make_number(2, "KRO")
    text = f"{number} lagi {number.lower()}, bukan {other}, JKT-00000000 atau X{number}9"
    assert find_numbers(text, "JKT") == (number,)
