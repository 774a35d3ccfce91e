"""A town in one process: every stand-in on a loopback port, and the recorded day replayed in them."""

from sandbox.town.town import AFTERWARDS, Town, start_of_day

__all__ = ["AFTERWARDS", "Town", "start_of_day"]
