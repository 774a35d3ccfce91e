"""The measures of quality: against plain counting, and laws that must hold."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.quality.measures import (
    Tally,
    b_cubed,
    bootstrap,
    calibration_error,
    components,
    macro_f1,
    pairwise,
    reliability,
    tally,
    wilson,
)

groupings = st.dictionaries(st.integers(0, 30).map(str), st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1)


@given(groupings)
def test_pairs_are_counted_as_if_each_were_looked_at(things: dict[str, tuple[int, int]]) -> None:
    said, true = ({name: both[at] for name, both in things.items()} for at in (0, 1))
    answers = [(said[a] == said[b], true[a] == true[b]) for a, b in combinations(things, 2)]
    assert pairwise(said, true) == tally(answers)


@given(groupings)
def test_b_cubed_is_the_mean_over_things(things: dict[str, tuple[int, int]]) -> None:
    said, true = ({name: both[at] for name, both in things.items()} for at in (0, 1))
    shares = []
    for one in things:
        mine = {other for other in things if said[other] == said[one]}
        real = {other for other in things if true[other] == true[one]}
        shares.append((len(mine & real) / len(mine), len(mine & real) / len(real)))
    precision, recall, f = b_cubed(said, true)
    assert precision == pytest.approx(sum(share for share, _ in shares) / len(shares))
    assert recall == pytest.approx(sum(share for _, share in shares) / len(shares))
    assert min(precision, recall) - 1e-9 <= f <= max(precision, recall) + 1e-9


def test_the_true_grouping_is_perfect_and_doing_nothing_finds_nothing() -> None:
    true = {"a": 1, "b": 1, "c": 2}
    assert b_cubed(true, true) == (1, 1, 1)
    nothing = pairwise({"a": 1, "b": 2, "c": 3}, true)
    assert (nothing.precision, nothing.recall, nothing.f1) == (1, 0, 0)


def test_small_classes_do_not_count_in_the_macro_f1() -> None:
    answers = [("a", "a")] * 5 + [("b", "c")] * 4
    assert macro_f1(answers) == 1
    assert macro_f1([*answers, ("b", "c")]) == 0.5


def test_reliability_puts_each_answer_into_its_bin() -> None:
    bins = reliability([(0.05, False), (0.1, True), (0.95, True), (1.0, True)], (0, 0.1, 0.5, 1))
    assert [(one.low, one.count, one.accuracy) for one in bins] == [(0, 1, 0), (0.1, 1, 1), (0.5, 2, 1)]
    assert calibration_error(bins) == pytest.approx((0.05 + 0.9 + 2 * 0.025) / 4)


@given(st.integers(0, 50), st.integers(0, 50))
def test_an_interval_holds_its_share(right: int, wrong: int) -> None:
    low, high = wilson(right, right + wrong)
    assert 0 <= low <= high <= 1
    if right + wrong:
        assert low - 1e-9 <= right / (right + wrong) <= high + 1e-9


def test_a_bootstrap_draws_whole_blocks() -> None:
    blocks = [Tally(8, 0, 0), Tally(0, 8, 0)]
    assert bootstrap(blocks, lambda some: sum(some, Tally()).precision) == (0, 1)
    assert bootstrap([Tally(4, 4, 0)] * 9, lambda some: sum(some, Tally()).precision) == (0.5, 0.5)


@given(st.lists(st.tuples(st.integers(0, 20).map(str), st.integers(0, 20).map(str)), max_size=30))
def test_connected_parts_share_nothing_and_split_no_pair(pairs: list[tuple[str, str]]) -> None:
    parts = components(pairs)
    assert sum(map(len, parts)) == len(set().union(*parts)) if parts else not pairs
    assert all(any(a in part and b in part for part in parts) for a, b in pairs)
