"""Channels: one folder a kind, each removable."""
