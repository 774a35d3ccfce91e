"""The host: pulls, stores, understands, joins, routes and delivers. Knows no channel by name."""
