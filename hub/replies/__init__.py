"""The way back: what citizens are told, in which words, and when."""

from hub.replies.compose import About, Message, compose, cut
from hub.replies.rules import ReplyRules, after_quiet
from hub.replies.wording import Wording, WordingError, bundled_wording, load_wording

__all__ = [
    "About",
    "Message",
    "ReplyRules",
    "Wording",
    "WordingError",
    "after_quiet",
    "bundled_wording",
    "compose",
    "cut",
    "load_wording",
]
