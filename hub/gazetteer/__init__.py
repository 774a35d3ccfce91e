"""Takes places with names out of others' files (GTFS, OpenStreetMap, tables) and adds them to a region pack."""
