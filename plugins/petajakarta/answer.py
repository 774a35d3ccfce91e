"""What the map's servers answer, judged by the body first: three servers with different codes speak this API.

v3: `{"statusCode":200,"result":<FeatureCollection | Topology>}`. v2 and the archive of 2017: the same without envelope.
v2 says "nothing to report" by `"features": null` and "something failed" by 204.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import httpx2

from hub.answers import refusal
from hub.plugin import PluginError, TryAgain
from plugins.petajakarta.topology import features_of_topology

Dialect = Literal["v3", "v2"]
OBJECTS: Mapping[Dialect, str] = {"v3": "output", "v2": "collection"}
"""What each dialect calls the one object of its TopoJSON."""


async def ask(http: httpx2.AsyncClient, url: httpx2.URL, headers: Mapping[str, str]) -> httpx2.Response:
    """Ask once; a time-out or a lost connection is TryAgain."""
    try:
        return await http.get(url, headers=dict(headers))
    except httpx2.TimeoutException:
        problem = TryAgain("timed out")
    except httpx2.HTTPError as error:
        problem = TryAgain(f"no answer ({type(error).__name__})")
    # Raised out here, the error carries no context: a client's exception holds the request and its address.
    raise problem


def features(response: httpx2.Response, dialect: Dialect, now: datetime) -> list[Any]:
    """Give the GeoJSON features of a good answer. Raises TryAgain, Throttled or Unauthorized for any other."""
    if response.status_code != httpx2.codes.OK:
        raise _refusal(response, now)
    document = _json(response.content)
    found = _features(_opened(document) if dialect == "v3" else document, OBJECTS[dialect])
    if found is None:
        raise TryAgain("answered something that is no list of reports")
    return found


def _opened(document: Any) -> Any:
    """Take the envelope off. A code other than 200 inside a 200 is a fault as well."""
    if not isinstance(document, dict):
        return None
    code = document.get("statusCode", document.get("status", 200))
    if code != httpx2.codes.OK:
        raise TryAgain(f"answered 200 with code {code} inside" if isinstance(code, int) else "answered a fault")
    return document.get("result")


def _features(document: Any, name: str) -> list[Any] | None:
    """Give the features of a FeatureCollection or Topology; None where it is neither."""
    if not isinstance(document, dict):
        return None
    if document.get("type") == "Topology":
        return features_of_topology(document, name)
    if document.get("type") != "FeatureCollection" or "features" not in document:
        return None
    found = document["features"]
    return [] if found is None else found if isinstance(found, list) else None


def _refusal(response: httpx2.Response, now: datetime) -> PluginError:
    """Translate a code other than 200. No 400 is final: the present server gives it for its own faults too."""
    if response.status_code == 204:
        return TryAgain("answered nothing (204), which is a fault of its server")
    return refusal(response, now)


def _json(body: bytes) -> Any:
    """Parse JSON; None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
