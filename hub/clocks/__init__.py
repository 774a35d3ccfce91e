"""Terms in working days and opening hours. Pure: no clock, no store."""
