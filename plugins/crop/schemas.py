"""Writes the JSON Schemas of both directions: `python -m plugins.crop.schemas docs/schemas`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from plugins.crop.messages import CropEvent, CropFollowUp

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Give the text of each schema by its file name."""
    out = CropEvent.model_json_schema(mode="serialization")
    into = CropFollowUp.model_json_schema(mode="validation")
    return {"crop-event.json": _spell(out), "crop-follow-up.json": _spell(into)}


def _spell(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
