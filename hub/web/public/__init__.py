"""The public face: map, lists, a page for each area and report, open data, a map for other sites' pages."""

from hub.web.access import Routes
from hub.web.public import area, data, embed, maps


def add_routes(routes: Routes) -> None:
    """Add what everybody may see."""
    for noun in (maps, embed, data, area):
        noun.add_routes(routes)
