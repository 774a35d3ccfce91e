"""Turns what a citizen said into what the city can work with. Pure: no I/O, no async, no clock."""
