"""Checks that sources and sinks share: what a kind declares, its form, its README, its silence about secrets."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

from hub.plugin import API, Channel
from hub.testing.case import Case
from hub.testing.check import Check, check, demand

BASICS: list[Check[Case[Any]]] = []
HEADINGS = ("What it needs", "Options", "Limits")
_SECRET_NAME = re.compile(r"(^|_)(password|secrets?|tokens?)$")


@check(BASICS, "kind-declared", "the settings name a kind, and the host loads only the API version it knows")
async def kind_declared(case: Case[Channel]) -> None:
    """Look at the class attributes."""
    demand(re.fullmatch(r"[a-z][a-z0-9-]*", getattr(case.kind, "kind", "")), "kind must be a short lower-case name")
    demand(case.kind.API == API, f"API is {case.kind.API}, this host's is {API}")
    demand(case.kind.audience in {"public", "private"}, f"audience is {case.kind.audience!r}")


@check(BASICS, "options-make-a-form", "the settings page and the documentation are made from the options")
async def options_make_a_form(case: Case[Channel]) -> None:
    """Build the JSON Schema and look at every field."""
    schema = json.loads(json.dumps(case.kind.Options.model_json_schema()))
    for name, field in schema.get("properties", {}).items():
        demand(field.get("description"), f"option {name} has no description: nobody would know what to enter")
        demand(
            not _SECRET_NAME.search(name) or '"writeOnly": true' in json.dumps(field),
            f"option {name} sounds secret but is shown: its type should be Secret",
        )


@check(BASICS, "readme-complete", "an operator reads what a channel needs, its options and its limits before using it")
async def readme_complete(case: Case[Channel]) -> None:
    """Look for the headings, and for every option below them."""
    path = case.readme or Path(inspect.getfile(case.kind)).parent / "README.md"
    demand(path.is_file(), f"{path.name} is missing beside the module")
    text = path.read_text(encoding="utf-8")
    for heading in HEADINGS:
        demand(re.search(rf"(?m)^#+ {heading}\b", text), f"the README has no heading “{heading}”")
    for name in case.kind.Options.model_fields:
        demand(f"`{name}`" in text, f"the README does not explain the option `{name}`")
