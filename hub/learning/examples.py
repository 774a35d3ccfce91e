"""Complaints as examples: what the lists weigh in each, its words, and what it is about by a person's account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from normalizer.categories import Categorizer, CategoryLexicon
from normalizer.complaint import Complaint
from normalizer.learned import Learned, answer, spans
from normalizer.taxonomy import BY_CODE
from normalizer.text import tokens

REPORTERS = 5
"""So many different people must have used a word before it is learned."""
INCIDENTS = 3
"""And of so many reports: what everybody says of one incident is about that incident."""
MOST = 5
"""Complaints of one report that count: a flood that hundreds reported is one incident still."""
TITLES = frozenset("pak bapak bu ibu sdr sdri saudara saudari mas mbak bang kak haji hj ustad ustadz an nama".split())
"""What follows is somebody's name, often."""
NAMED = 0.2
"""Share of its uses in which a word follows one of these that makes it a name."""


@dataclass(frozen=True, slots=True)
class Example:
    """One complaint."""

    report: int
    reporter: str
    """Random key; empty where nobody is known."""
    at: datetime
    category: str
    """By a person's account."""
    corrected: bool
    """A person set it; else a person left it as it was."""
    sums: dict[str, float] = field(repr=False)
    phrases: tuple[str, ...] = field(repr=False)
    """Words and two words in a row, in base form, each once."""
    shown: frozenset[str] = field(repr=False)
    """Those of them that are left when personal data is scrubbed."""
    named: frozenset[str] = field(repr=False)
    """Words that follow a title here."""

    @property
    def before(self) -> str:
        """What the lists alone answer."""
        return answer(self.sums)

    def after(self, learned: Learned) -> tuple[str, float]:
        """Give what the model answers, and its confidence."""
        return learned.decide(learned.weigh(self.sums, self.phrases))


def make_example(
    categorizer: Categorizer,
    complaint: Complaint,
    scrubbed: str,
    *,
    report: int,
    reporter: str,
    category: str,
    corrected: bool,
) -> Example | None:
    """Read a complaint; None where it or its category is to be sealed, and so is never learned from."""
    if BY_CODE[category].handling == "sealed" or categorizer.guess(complaint).handling == "sealed":
        return None
    words, sums = categorizer.weigh(complaint)
    return Example(
        report=report,
        reporter=reporter,
        at=complaint.created_at,
        category=category,
        corrected=corrected,
        sums=sums,
        phrases=tuple(dict.fromkeys(phrase for _, _, phrase in spans(words))),
        shown=frozenset(phrase for _, _, phrase in spans(categorizer.spell(scrubbed))),
        named=frozenset(after for before, after in pairwise(words) if before in TITLES),
    )


def thin(examples: Iterable[Example]) -> list[Example]:
    """Leave out what one report has too much of; the oldest first, in an order that never differs."""
    kept: dict[int, list[Example]] = defaultdict(list)
    for example in sorted(examples, key=lambda one: (one.at, one.report, one.reporter, one.phrases)):
        if len(kept[example.report]) < MOST:
            kept[example.report].append(example)
    return sorted((one for some in kept.values() for one in some), key=lambda one: (one.at, one.report))


def vocabulary(examples: Sequence[Example], private: Collection[str], stopwords: Collection[str]) -> list[str]:
    """List the words and pairs of words that may be learned, by name: used by many, naming nobody, no number."""
    people, incidents = defaultdict[str, set[str]](set), defaultdict[str, set[int]](set)
    uses, named = defaultdict[str, int](int), defaultdict[str, int](int)
    for example in examples:
        for word in example.named:
            named[word] += 1
        for phrase in example.phrases:
            uses[phrase] += 1
            if example.reporter and phrase in example.shown:
                people[phrase].add(example.reporter)
                incidents[phrase].add(example.report)
    banned = {*private, *(word for word, count in named.items() if count >= NAMED * uses[word])}

    def fits(phrase: str) -> bool:
        words = phrase.split()
        telling = all(word.isalpha() and len(word) > 2 and word not in banned for word in words)
        return telling and not any(word in stopwords for word in words)

    return sorted(
        phrase
        for phrase, who in people.items()
        if len(who) >= REPORTERS and len(incidents[phrase]) >= INCIDENTS and fits(phrase)
    )


def private_words(names: Iterable[str], categorizer: Categorizer, lexicon: CategoryLexicon) -> frozenset[str]:
    """Give every part of these names as it may stand in a text, but for words that the lists know."""
    listed = {word for terms in lexicon.terms.values() for term in terms for word in categorizer.spell(term)}
    parts = {word for name in names for word in (*tokens(name), *categorizer.spell(name))}
    return frozenset(parts - listed)
