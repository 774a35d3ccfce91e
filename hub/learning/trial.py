"""Tries what was learned on complaints not seen: the newest, of people and reports that are in no other part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hub.learning.examples import Example, vocabulary
from hub.learning.fit import calibrate, fit, surprise
from hub.learning.model_file import Share, Unseen
from hub.quality.measures import macro_f1, wilson
from normalizer.learned import Learned

NEWEST = 0.2
"""Share of the complaints that the trial is held on; as many before them choose how far weights are held back."""
STRENGTHS = (0.3, 1.0, 3.0)
LEAST = 30
"""Complaints that each part needs."""
SAMPLES, LEVEL = 2000, 0.9
"""Of the bootstrap, and its interval."""


class NothingUnseen(ValueError):
    """What people reported cannot be parted: too few have complained only lately, or only before."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """Learns from examples, of words that may be learned."""

    private: frozenset[str]
    stopwords: frozenset[str]

    def learn(self, examples: Sequence[Example], strength: float) -> Learned:
        """Fit on these, with the words that enough of these people used."""
        return fit(examples, vocabulary(examples, self.private, self.stopwords), strength)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it."""

    unseen: Unseen
    strength: float
    temperature: float
    sure: float

    @property
    def won(self) -> bool:
        """Whether it answered better than the lists, beyond chance, and not at the cost of rare categories."""
        return self.unseen.gain_interval[0] > 0 and self.unseen.macro_f1_after >= self.unseen.macro_f1_before


def hold(teacher: Teacher, examples: Sequence[Example]) -> Trial:
    """Choose on one part, measure on the newest. `examples` are ordered by time. Raises NothingUnseen."""
    newest = examples[len(examples) - int(len(examples) * NEWEST) :]
    older = apart(examples[: len(examples) - len(newest)], newest)
    chosen = older[len(older) - int(len(older) * NEWEST / (1 - NEWEST)) :]
    first = apart(older[: len(older) - len(chosen)], chosen)
    for part in (newest, chosen, first):
        if len(part) < LEAST:
            raise NothingUnseen
    tried = [(surprise(model := teacher.learn(first, strength), chosen), strength, model) for strength in STRENGTHS]
    _, strength, model = min(tried, key=lambda one: one[:2])
    temperature, sure = calibrate(model, chosen)
    judged = replace(teacher.learn(older, strength), temperature=temperature, sure=sure)
    return Trial(measure(judged, newest), strength, temperature, sure)


def apart(examples: Sequence[Example], others: Sequence[Example]) -> list[Example]:
    """Leave out what shares a report or a person with the others."""
    reports = {one.report for one in others}
    people = {one.reporter for one in others} - {""}
    return [one for one in examples if one.report not in reports and one.reporter not in people]


def measure(learned: Learned, examples: Sequence[Example]) -> Unseen:
    """Count right answers with and without the model."""
    answers = [one.after(learned) for one in examples]
    after = [said == one.category for one, (said, _) in zip(examples, answers, strict=True)]
    before = [one.before == one.category for one in examples]
    sure = [good for (_, confidence), good in zip(answers, after, strict=True) if confidence >= learned.sure]

    def share(which: Callable[[Example], bool]) -> Share:
        picked = [at for at, one in enumerate(examples) if which(one)]
        return Share(rows=len(picked), before=sum(before[at] for at in picked), after=sum(after[at] for at in picked))

    codes = Counter(one.category for one in examples)
    return Unseen(
        **share(lambda _: True).model_dump(),
        before_interval=_rounded(wilson(sum(before), len(examples))),
        after_interval=_rounded(wilson(sum(after), len(examples))),
        gain_interval=_rounded(_gain(examples, before, after)),
        macro_f1_before=round(macro_f1([(one.before, one.category) for one in examples]), 4),
        macro_f1_after=round(
            macro_f1([(said, one.category) for one, (said, _) in zip(examples, answers, strict=True)]), 4
        ),
        corrected=share(lambda one: one.corrected),
        left=share(lambda one: not one.corrected),
        sure=len(sure),
        sure_right=sum(sure),
        by_category={code: share(lambda one, code=code: one.category == code) for code in sorted(codes)},  # type: ignore[misc]
    )


def _gain(examples: Sequence[Example], before: Sequence[bool], after: Sequence[bool]) -> tuple[float, float]:
    """Draw the reports again and again: how much better, each time?"""
    gains, rows = defaultdict[int, int](int), Counter(one.report for one in examples)
    for one, then, now in zip(examples, before, after, strict=True):
        gains[one.report] += now - then
    gain, count = np.array([gains[report] for report in rows]), np.array([*rows.values()])
    dice = np.random.default_rng(1)
    drawn = [dice.integers(0, len(gain), len(gain)) for _ in range(SAMPLES)]
    shares = sorted(float(gain[draw].sum() / count[draw].sum()) for draw in drawn)
    edge = int((1 - LEVEL) / 2 * SAMPLES)
    return shares[edge], shares[-1 - edge]


def _rounded(interval: tuple[float, float]) -> tuple[float, float]:
    return round(interval[0], 4), round(interval[1], 4)
