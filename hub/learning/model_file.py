"""The file of what `aduan train categories` learned: written, read, and checked against the lists it goes with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import structlog
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hub.lexicons import load_categories, load_words
from normalizer.learned import Learned
from normalizer.taxonomy import BY_CODE
from normalizer.understand import RULES

log = structlog.get_logger()


def _open(weights: Mapping[str, float]) -> Mapping[str, float]:
    for code in weights:
        if code not in BY_CODE or BY_CODE[code].handling == "sealed":
            raise ValueError(f"{code!r} is no category that can be learned")
    return weights


Table = Mapping[str, Annotated[Mapping[str, float], AfterValidator(_open)]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(_Part):
    """How many complaints were answered right."""

    rows: int
    before: int
    """Right by the lists alone."""
    after: int
    """Right with what was learned."""


class Unseen(Share):
    """How it did on the newest complaints, which it had not seen."""

    before_interval: tuple[float, float]
    after_interval: tuple[float, float]
    """95 % intervals of the shares."""
    gain_interval: tuple[float, float]
    """90 % interval of the difference of the shares."""
    macro_f1_before: float
    macro_f1_after: float
    """Mean F1 over the categories: what is rare counts as much as what is frequent."""
    corrected: Share
    """Those whose category a person set."""
    left: Share
    """Those whose category a person left as it was."""
    sure: int
    sure_right: int
    """Answers that it was sure of, and those of them that are right."""
    by_category: Mapping[str, Share]


class ModelFile(_Part):
    """What stands in the file. No words of anybody: only words that several reporters used."""

    version: Literal[1] = 1
    used: bool
    """Whether the hub uses it."""
    reason: str
    """Why, or why not."""
    trained_at: datetime
    lists: str
    """Fingerprint of the word lists that it corrects."""
    rows: int
    reports: int
    reporters: int
    corrected: int
    left: int
    rows_by_category: Mapping[str, int]
    unseen: Unseen | None
    strength: float
    """How much weights are held back."""
    temperature: float = Field(gt=0)
    sure: float
    answers: Table
    words: Table

    def learned(self) -> Learned:
        """Give the model itself. A weight that was changed by hand makes another model, with another name."""
        content = [self.words, self.answers, self.temperature, self.sure]
        name = sha256(json.dumps(content, sort_keys=True, default=dict).encode()).hexdigest()[:6]
        return Learned(self.words, self.answers, self.temperature, self.sure, name)


def lists_name() -> str:
    """Give a fingerprint of lists and rules: a model corrects those that it was fitted to, and no others."""
    content = [RULES, asdict(load_categories()), asdict(load_words())]
    return sha256(json.dumps(content, sort_keys=True, default=_plain).encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset | set) else dict(value)


def write_model(file: Path, model: ModelFile) -> None:
    """Write it whole or not at all. Raises OSError."""
    text = json.dumps(model.model_dump(mode="json"), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def read_model(file: Path) -> ModelFile:
    """Read it. Raises OSError, ValueError where it is no such file."""
    try:
        return ModelFile.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from None


def model_in_use(file: Path) -> Learned | None:
    """Give what the hub is to use: nothing where there is no file or it does not go with the lists; that is logged."""
    if not file.exists():
        return None
    try:
        model = read_model(file)
    except (OSError, ValueError) as problem:
        log.warning("learned categories cannot be read", file=str(file), reason=str(problem))
        return None
    if model.used and model.lists != lists_name():
        log.warning("learned categories are of other word lists: run `aduan train categories` again", file=str(file))
        return None
    return model.learned() if model.used else None
