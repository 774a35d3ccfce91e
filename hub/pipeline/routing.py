"""Who must act on a report, and whose work list it stands in: the region's rules applied to category and place."""

from __future__ import annotations

from hub.plugin import Route
from normalizer.complaint import Place
from normalizer.region import Region, Rule
from normalizer.report import UnitShare
from normalizer.taxonomy import category as category_of


def route(region: Region, *, category: str, place: Place, handling: str) -> Route:
    """Name the units and the queue of a report.

    A sealed report goes to the integrity unit and nobody else. A report with a kecamatan stands in that kecamatan's
    queue; one that needs no place in the queue of its lead; any other waits at the triage desk for a place.
    """
    if handling == "sealed":
        return _alone(region.integrity_unit, "sealed")
    if place.result == "outside":
        return _alone(region.outside_unit, "outside")
    rule = _rule(region, category, place)
    units = _units(rule, place, region.triage_unit)
    return Route(units, _queue(region, category, place, units[0].unit), rule.id)


def _alone(unit: str, rule: str) -> Route:
    return Route((UnitShare(unit=unit),), unit, rule)


def _queue(region: Region, category: str, place: Place, lead: str) -> str:
    if place.kecamatan:
        return place.kecamatan
    needs = category_of(category).needs_place
    nowhere = place.level == "none"
    return lead if needs == "none" or (needs == "helpful" and nowhere) else region.triage_unit


def _rule(region: Region, category: str, place: Place) -> Rule:
    code = category_of(category).code
    where = f"{place.kelurahan or place.kecamatan}."
    for rule in region.routing:
        here = not rule.areas or any(where.startswith(f"{prefix}.") for prefix in rule.areas)
        if here and (not rule.categories or code in rule.categories):
            return rule
    return Rule("none", (), lead=region.triage_unit)


def _units(rule: Rule, place: Place, triage: str) -> tuple[UnitShare, ...]:
    lead = _filled(rule.lead, place) or _filled(rule.fallback, place) or triage
    helpers = dict.fromkeys(_filled(unit, place) for unit in rule.supporting)
    supporting = (UnitShare(unit=unit, role="supporting") for unit in helpers if unit and unit != lead)
    return UnitShare(unit=lead), *supporting


def _filled(unit: str, place: Place) -> str:
    """Give the unit's code, empty where it stands for a place that is not known."""
    offices = {"{kelurahan}": place.kelurahan, "{kecamatan}": place.kecamatan, "{kota}": place.kecamatan[:5]}
    return offices.get(unit, unit)
