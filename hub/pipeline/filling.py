"""What the placeholders of a template stand for in a report; citizens read them in Indonesian."""

from __future__ import annotations

from typing import Any

from hub.pipeline.house import House
from hub.store import templates
from normalizer.complaint import Place
from normalizer.taxonomy import category


def filled(text: str, report: Any, house: House) -> str:
    """Fill a template for a report: a row of `reports`, or a working copy of one."""
    place = report.place if isinstance(report.place, Place) else Place.model_validate(report.place)
    area = next((area for area in house.region.areas if area.code == place.kelurahan), None)
    values = {
        "nomor": report.number,
        "kategori": category(report.category).name_id.lower(),
        "kelurahan": area.name if area is not None else house.unit_name(place.kecamatan),
        "unit": house.unit_name(report.lead),
    }
    return templates.fill(text, values)
