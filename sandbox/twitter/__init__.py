"""A stand-in for the X API v2: reads, searches and replies with X's own rules, from memory."""

from sandbox.twitter.app import make_app
from sandbox.twitter.door import Keys
from sandbox.twitter.faults import Fault
from sandbox.twitter.timeline import Timeline

__all__ = ["Fault", "Keys", "Timeline", "make_app"]
