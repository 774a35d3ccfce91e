"""Which area goes with which role, for the command line and the page of accounts alike."""

from __future__ import annotations

from difflib import get_close_matches

from hub.store.accounts import AccountError
from normalizer.region import Region, Unit

KINDS: dict[str, str] = {"camat": "kecamatan", "lurah": "kelurahan"}
"""Whose area must be of which kind. A petugas works for a kecamatan, a kelurahan or an agency."""


def check_area(region: Region, role: str, area: str) -> None:
    """Refuse an area that the region does not have, or that does not go with the role. Raises AccountError."""
    kinds = {unit.code: unit.kind for unit in region.units}
    if area and area not in kinds:
        raise AccountError(f"there is no unit {area!r} in {region.title}{_hint(area, region.units)}")
    wanted = KINDS.get(role)
    if wanted is not None and kinds.get(area) != wanted:
        raise AccountError(f"a {role} needs --area with the code of a {wanted}")
    if area and area == region.integrity_unit:
        raise AccountError("only the role integritas works for the integrity unit, and it needs no area")


def _hint(area: str, units: tuple[Unit, ...]) -> str:
    """Name units that may have been meant: by code or by name."""
    names = {unit.name.casefold(): unit for unit in units} | {unit.code: unit for unit in units}
    close = get_close_matches(area.casefold(), names, n=3, cutoff=0.6)
    found = ", ".join(dict.fromkeys(f"{names[name].code} ({names[name].name})" for name in close))
    return f"; did you mean {found}?" if found else "; units.toml of the region lists the codes"
