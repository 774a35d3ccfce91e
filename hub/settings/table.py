"""What every table of the settings is, and paths that are relative to the file they stand in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo


def base_of(info: ValidationInfo) -> Path:
    """Give the folder that relative paths are relative to."""
    return Path((info.context or {}).get("base", ""))


def _placed(path: Path, info: ValidationInfo) -> Path:
    return base_of(info) / path


PlacedPath = Annotated[Path, AfterValidator(_placed)]


class Table(BaseModel):
    """One table of the file: immutable, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)
