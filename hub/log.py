"""All logs through one door: structlog's and the libraries' own, one line each, in UTC, without secrets or people."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from hub.redaction import redact_event

FLOORS = {
    "tweepy": logging.INFO,  # at DEBUG it prints the Authorization header
    "imapclient": logging.INFO,  # at DEBUG it prints whole messages
    "httpx2": logging.WARNING,  # at INFO it prints every URL
    "httpcore2": logging.WARNING,
    "hpack": logging.WARNING,
    "sqlalchemy": logging.WARNING,  # at INFO it prints statements with their values
    "aiosqlite": logging.WARNING,
    "psycopg": logging.WARNING,
    "alembic": logging.WARNING,
    "uvicorn": logging.INFO,
    "uvicorn.access": logging.WARNING,  # its lines hold addresses of people and the links they follow
    "asyncio": logging.WARNING,
    "PIL": logging.INFO,
    "mail.log": logging.WARNING,  # aiosmtpd prints envelopes
}
"""Lowest level of a library's logger, whatever the hub's own level is."""


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, so that a second `configure` replaces it and nobody else's."""


def configure(level: str = "info", *, json: bool = False, stream: TextIO | None = None) -> None:
    """Send every log to the stream (stderr), as JSON or as plain text. Raises ValueError for an unknown level."""
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError("is no level; write debug, info, warning or error")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_added(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    _route_stdlib(number, _handler(stream or sys.stderr, json=json))


def _added() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _handler(stream: TextIO, *, json: bool) -> _Handler:
    plain = ConsoleRenderer(colors=False, exception_formatter=plain_traceback)
    last: list[Processor] = [
        ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,  # a traceback without the values of local variables
        redact_event,
        structlog.processors.JSONRenderer() if json else plain,
    ]
    handler = _Handler(stream)
    handler.setFormatter(ProcessorFormatter(processors=last, foreign_pre_chain=_added()))
    return handler


def _route_stdlib(level: int, handler: _Handler) -> None:
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name, floor in FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, level))
