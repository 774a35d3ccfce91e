"""A channel's options, checked against its kind's `Options`. What is wrong is named by option, never by value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hub.settings import is_secret
from hub.settings.mistakes import problem_text, unknown_text
from hub.settings.substitution import Location, strings

HIDDEN = "…"
Problem = tuple[Location, str]
OWN_WORDS = {"value_error", "assertion_error"}
"""Types of error whose text a plugin wrote: it may repeat any value."""


class OptionErrors(Exception):
    """Every problem of one channel's options, with its place in the `[[channel]]`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(text for _, text in problems))
        self.problems = tuple(problems)


def read_options(model: type[BaseModel], written: Mapping[str, Any], base: Path) -> BaseModel:
    """Give the options as their model; its relative paths start at `base`. Raises OptionErrors."""
    unknown = _unknown(model, written)
    try:
        options = model.model_validate(dict(written))
    except ValidationError as error:
        told = {at for at, _ in unknown}
        found = [_problem(detail, model, written) for detail in error.errors()]
        raise OptionErrors([*unknown, *(problem for problem in found if problem[0] not in told)]) from None
    if unknown:
        raise OptionErrors(unknown)
    return _placed(options, base)


def _unknown(model: type[BaseModel], written: Mapping[str, Any]) -> list[Problem]:
    known = _names(model)
    if model.model_config.get("extra") == "allow":
        return []
    return [(("options", key), unknown_text(key, known)) for key in written if key not in known]


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _problem(detail: ErrorDetails, model: type[BaseModel], written: Mapping[str, Any]) -> Problem:
    text = problem_text(detail, ())
    for value in _to_hide(detail, model, written):
        text = _hide(value, text)
    return ("options", *detail["loc"]), text


def _hide(value: str, text: str) -> str:
    """Hide a value; one of a few letters only where it stands alone, or it would blot out half the text."""
    written = re.escape(value)
    return re.sub(written if len(value) > 3 else rf"(?<!\w){written}(?!\w)", HIDDEN, text)


def _to_hide(detail: ErrorDetails, model: type[BaseModel], written: Mapping[str, Any]) -> list[str]:
    secret = {field.alias or name for name, field in model.model_fields.items() if is_secret(field.annotation)}
    hidden = {value for at, value in strings(written) if value and (detail["type"] in OWN_WORDS or at[0] in secret)}
    return sorted(hidden, key=len, reverse=True)


def _placed(options: BaseModel, base: Path) -> BaseModel:
    values = {name: getattr(options, name) for name in type(options).model_fields}
    return options.model_copy(update={name: base / v for name, v in values.items() if isinstance(v, Path)})
