"""`aduan train categories`: a city's corrections read, learned from, tried on what is unseen, written to a file."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.commands.screen import Misuse
from hub.learning.examples import Example, make_example, private_words, thin
from hub.learning.model_file import ModelFile, lists_name, write_model
from hub.lexicons import load_categories, load_words
from hub.regions import load_region
from hub.settings import Settings
from hub.store.store import Store
from hub.store.views_training import names_of_reporters, training_rows
from normalizer.categories import Categorizer
from normalizer.complaint import Complaint
from normalizer.learned import Learned

try:
    from hub.learning.trial import NothingUnseen, Teacher, Trial, hold
except ModuleNotFoundError as missing:
    raise Misuse(f"{str(missing.name).partition('.')[0]} is needed to learn: pip install 'aduan-hub[train]'") from None

NEEDED = 200
"""Reports whose category a person set: a fifth of them must tell a better model from luck."""
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the store gave to learn from."""

    examples: list[Example]
    teacher: Teacher


async def train(store: Store, settings: Settings, file: Path, *, dry: bool) -> ModelFile:
    """Learn, and write the file unless it is only a try. Raises Misuse where there are too few corrections."""
    rows, names = await store.read(training_rows), await store.read(names_of_reporters)
    region = settings.hub.region
    model = await asyncio.to_thread(lambda: learn(prepare(rows, [*names, *_areas(region)]), store.now()))
    if not dry:
        write_model(file, model)
    return model


def _areas(region: str) -> list[str]:
    """List the areas that are called by one word: a category is not learned from where something is."""
    areas = load_region(region).areas
    names = {name for area in areas for name in (area.name, area.kecamatan_name, area.kota_name)}
    return sorted(name for name in names if len(name.split()) == 1)


def prepare(rows: Sequence[Any], names: Sequence[str]) -> Lesson:
    """Make examples of rows; see `hub.store.views_training`."""
    lexicon, words = load_categories(), load_words()
    categorizer = Categorizer(lexicon, words)
    read = [
        make_example(
            categorizer,
            _said(row),
            row.scrubbed,
            report=row.report,
            reporter=row.reporter or "",
            category=row.category,
            corrected=row.set_by == "person",
        )
        for row in rows
    ]
    teacher = Teacher(private_words(names, categorizer, lexicon), words.stopwords)
    return Lesson(thin(one for one in read if one is not None), teacher)


def _said(row: Any) -> Complaint:
    return Complaint(
        native_id=row.native_id,
        created_at=row.created_at,
        title=row.title,
        text=row.text,
        category_reported=row.category_reported,
        tags=tuple(row.tags),
    )


def learn(lesson: Lesson, now: datetime) -> ModelFile:
    """Fit, try on what is unseen, and say whether the hub is to use it. Raises Misuse for too few corrections."""
    corrected = len({one.report for one in lesson.examples if one.corrected})
    if corrected < NEEDED:
        raise Misuse(
            f"there are {corrected} reports whose category a person set, and {NEEDED} are needed; "
            "until then the lists decide alone: set categories right on the pages of reports, and come back"
        )
    try:
        trial = hold(lesson.teacher, lesson.examples)
    except NothingUnseen:
        return _describe(lesson, now, Learned(), None)
    # Fitted once more, to the newest complaints too: these have the words of today.
    fitted = lesson.teacher.learn(lesson.examples, trial.strength)
    return _describe(lesson, now, replace(fitted, temperature=trial.temperature, sure=trial.sure), trial)


def _describe(lesson: Lesson, now: datetime, learned: Learned, trial: Trial | None) -> ModelFile:
    examples = lesson.examples
    corrected = sum(one.corrected for one in examples)
    return ModelFile(
        used=trial is not None and trial.won,
        reason=_reason(trial),
        trained_at=now,
        lists=lists_name(),
        rows=len(examples),
        reports=len({one.report for one in examples}),
        reporters=len({one.reporter for one in examples} - {""}),
        corrected=corrected,
        left=len(examples) - corrected,
        rows_by_category=Counter(one.category for one in examples),
        unseen=trial.unseen if trial else None,
        strength=trial.strength if trial else 0.0,
        temperature=learned.temperature,
        sure=learned.sure,
        answers=learned.answers,
        words=learned.words,
    )


def _reason(trial: Trial | None) -> str:
    if trial is None:
        return "the newest complaints are of the same people or reports as the others: nothing is unseen"
    low, high = trial.unseen.gain_interval
    gain = f"of unseen complaints {low:+.1%} to {high:+.1%} more are answered right"
    if trial.won:
        return f"better: {gain}"
    return f"not better beyond chance: {gain}" if low <= 0 else f"not better for rare categories, though {gain}"


def by_category(model: ModelFile) -> list[dict[str, Any]]:
    """Give the table of unseen complaints: how many of each category were answered right, before and after."""
    if model.unseen is None:
        return []
    shares = {**dict(sorted(model.unseen.by_category.items(), key=lambda one: -one[1].rows))}
    shares |= {"(corrected)": model.unseen.corrected, "(left)": model.unseen.left, "(all)": model.unseen}
    return [{"category": name, **one.model_dump(include={"rows", "before", "after"})} for name, one in shares.items()]


def strongest(model: ModelFile) -> list[dict[str, Any]]:
    """Give what changes most: words, and what the lists answer, with their weights."""
    words = [(f'"{word}"', code, weight) for word, told in model.words.items() for code, weight in told.items()]
    answers = [
        (f"the lists say {said}", code, weight) for said, told in model.answers.items() for code, weight in told.items()
    ]
    first = sorted(words + answers, key=lambda one: (-abs(one[2]), one))[:SHOWN]
    return [{"where": where, "category": code, "weight": f"{weight:+.2f}"} for where, code, weight in first]


def advice(model: ModelFile, file: Path, *, dry: bool) -> list[str]:
    """Say what came of it and what to do next."""
    lines = [f"Learned from {model.rows} complaints: {model.corrected} corrected, {model.left} left as they were."]
    if (unseen := model.unseen) is not None and unseen.sure:
        lines.append(f"Of {unseen.sure} unseen answers that it was sure of, {unseen.sure_right} were right.")
    lines.append(f"{'Used' if model.used else 'Not used'}: {model.reason}.")
    if dry:
        lines.append("Nothing was written.")
    elif model.used:
        lines.append(f"{file} is written. Restart the hub; `aduan reprocess --dry-run` says what it would change.")
    else:
        lines.append(f"{file} is written and the lists decide alone. Try again with some hundred corrections more.")
    return lines
