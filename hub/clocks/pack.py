"""Reads a region pack's `clocks.toml` over the defaults. Every member is optional."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from normalizer.clocks import ANSWER, DONE, LEGAL, OPENED, ClockRules, Term, read_term
from normalizer.region import UnitKind

Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Spelled = Annotated[Term, BeforeValidator(read_term)]
Steps = dict[Annotated[str, Field(pattern="^(answer|done)$")], Spelled]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    joint_leave: bool = True
    receipt_day: bool = False
    office_hours: Annotated[tuple[Hour, Hour], Field(strict=False)] = ("08:00", "16:00")
    opened: Spelled = OPENED
    answer: dict[str, Spelled] = {}
    done: dict[str, Spelled] = {}
    legal: dict[str, Annotated[int, Field(ge=1, le=365)]] = {}
    category: dict[str, Steps] = {}
    unit: dict[str, Steps] = {}


def read_rules(document: Mapping[str, Any], categories: Collection[str], units: Collection[str]) -> ClockRules:
    """Make rules of a document. Raises ValueError naming the member."""
    try:
        file = _File.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    _known("answer", file.answer, ANSWER)
    _known("done", file.done, DONE)
    _known("legal", file.legal, LEGAL)
    _known("category", file.category, categories)
    _known("unit", file.unit, units)
    if file.office_hours[0] >= file.office_hours[1]:
        raise ValueError("office_hours: they end before they begin")
    return ClockRules(
        joint_leave=file.joint_leave,
        receipt_day=file.receipt_day,
        office_hours=file.office_hours,
        opened=file.opened,
        answer={**ANSWER, **file.answer},
        done={**DONE, **file.done},
        legal={**LEGAL, **file.legal},
        category=file.category,
        unit=file.unit,
    )


def _known(table: str, entries: Collection[str], known: Collection[str]) -> None:
    strangers = sorted(set(entries) - set(known))
    if strangers:
        raise ValueError(f"{table}.{strangers[0]}: not known here")


assert set(get_args(UnitKind)) == set(ANSWER) == set(DONE)  # noqa: S101 - every kind of unit has its terms
