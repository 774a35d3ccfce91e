"""Fits the weights: logistic regression over all categories, beside what the lists say, held back by L2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from hub.learning.examples import Example
from normalizer.learned import Learned, begin

UNIT = 1.7
"""Scores are divided by it while fitting, so that weights come out in the unit of the lists' own."""
LEAST = 0.1
"""Weights below it are left out: they decide nothing and nobody could read a file of them."""
LEFT = 0.5
"""Weight of an example that nobody corrected: to leave a category as it is costs less thought than to set one."""
ROUNDS = 200
TEMPERATURES = tuple(1.0 + 0.1 * step for step in range(51))
THRESHOLDS = (0.7, 0.75, 0.8, 0.85, 0.9)
RIGHT = 0.9
"""Share of sure answers that are to be right."""
ENOUGH = 30
"""Answers that tell such a share."""


def fit(examples: Sequence[Example], words: Sequence[str], strength: float) -> Learned:
    """Find the weights of words, and of the lists' own answers, under which what persons said is likeliest."""
    codes = list(begin({}))
    names = [*words, *(f"={code}" for code in codes)]
    features = _features(examples, {name: at for at, name in enumerate(names)})
    base = np.array([[*begin(one.sums).values()] for one in examples])
    right = np.array([codes.index(one.category) for one in examples])
    share = np.array([1.0 if one.corrected else LEFT for one in examples])
    rows, shape = np.arange(len(examples)), (len(names), len(codes))

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(shape)
        logs = _log_softmax((base + features @ weights) / UNIT)
        wrong = np.exp(logs)
        wrong[rows, right] -= 1
        slope = features.T @ (wrong * share[:, None]) / UNIT + strength * weights
        return float(-share @ logs[rows, right] + strength * (flat @ flat) / 2), slope.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    kept = {name: _told(row, codes) for name, row in zip(names, found.x.reshape(shape), strict=True)}
    told = {name: weights for name, weights in kept.items() if weights}
    return Learned(
        words={name: weights for name, weights in told.items() if name[0] != "="},
        answers={name[1:]: weights for name, weights in told.items() if name[0] == "="},
        temperature=UNIT,
    )


def _features(examples: Sequence[Example], places: dict[str, int]) -> Any:
    known = [
        (row, places[name])
        for row, one in enumerate(examples)
        for name in (*one.phrases, f"={one.before}")
        if name in places
    ]
    ones, at = np.ones(len(known)), tuple(zip(*known, strict=True)) or ((), ())
    return csr_matrix((ones, at), shape=(len(examples), len(places)))


def _log_softmax(scores: Any) -> Any:
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _told(row: Any, codes: Sequence[str]) -> dict[str, float]:
    return {code: round(float(weight), 2) for code, weight in zip(codes, row, strict=True) if abs(weight) >= LEAST}


def surprise(learned: Learned, examples: Sequence[Example], temperature: float = UNIT) -> float:
    """Give the mean of what the right answers cost, in nats: less is better."""
    codes = list(begin({}))
    scores = np.array([[*learned.weigh(one.sums, one.phrases).values()] for one in examples])
    right = np.array([codes.index(one.category) for one in examples])
    return float(-_log_softmax(scores / temperature)[np.arange(len(examples)), right].mean())


def calibrate(learned: Learned, examples: Sequence[Example]) -> tuple[float, float]:
    """Give the temperature under which confidences are true, and the confidence from which 9 of 10 are right."""
    codes = list(begin({}))
    scores = np.array([[*learned.weigh(one.sums, one.phrases).values()] for one in examples])
    right = np.array([codes.index(one.category) for one in examples])
    rows = np.arange(len(examples))
    costs = [-_log_softmax(scores / temperature)[rows, right].mean() for temperature in TEMPERATURES]
    temperature = TEMPERATURES[int(np.argmin(costs))]
    claimed = np.exp(_log_softmax(scores / temperature)).max(axis=1)
    good = scores.argmax(axis=1) == right
    for threshold in THRESHOLDS:
        sure = claimed >= threshold
        if sure.sum() >= ENOUGH and good[sure].mean() >= RIGHT:
            return round(temperature, 2), threshold
    return round(temperature, 2), THRESHOLDS[-1]
