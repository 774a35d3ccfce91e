"""How the kit listens for secrets: in texts of objects, in errors with their causes, in logs."""

from __future__ import annotations

import base64
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import anyio
from pydantic import BaseModel, SecretStr
from structlog.testing import capture_logs

from hub.testing.case import Case, Kind, meet
from hub.testing.check import NotApplicable, demand
from hub.testing.worlds import Fault


async def expect_silence(case: Case[Kind], act: Callable[[Kind], Awaitable[object]]) -> None:
    """Act well and under every fault; no secret may be in anything that is said."""
    said: list[str] = []
    with _listening(said):
        for fault in (None, *(fault for fault in Fault if fault is not Fault.HANG)):
            await _overhear(case, fault, act, said)
    for secret in _secrets(case):
        demand(not any(secret in text for text in said), "a secret is in a repr, an error or a log line")


async def _overhear(
    case: Case[Kind], fault: Fault | None, act: Callable[[Kind], Awaitable[object]], said: list[str]
) -> None:
    try:
        async with meet(case, fault) as channel:
            said += [repr(channel), str(channel), repr(channel.options), str(channel.options)]
            with anyio.fail_after(case.patience):
                await act(channel)
    except NotApplicable:
        return
    except Exception as error:  # noqa: BLE001  # every error's text is what this is after
        said += _texts(error)


def _texts(error: BaseException | None) -> list[str]:
    """Give the words of an error and of all that a traceback would show as its cause."""
    texts: list[str] = []
    while error is not None:
        texts += [str(error), repr(error)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return texts


@contextmanager
def _listening(said: list[str]) -> Iterator[None]:
    """Collect log lines of both kinds; those of the HTTP client are the host's to silence."""
    handler = _Ear(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with capture_logs() as entries:
            yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        said += [repr(entry) for entry in entries]


class _Ear(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("httpx2", "httpcore2")):
            self._said.append(record.getMessage())
            self._said += _texts(record.exc_info[1] if record.exc_info else None)


def _secrets(case: Case[Kind]) -> set[str]:
    options = case.kind.Options.model_validate(dict(case.options))
    plain = {text for text in (*case.secrets, *_hidden(options)) if text}
    encoded = {base64.b64encode(text.encode()).decode() for text in plain}
    return plain | encoded | {quote(text, safe="") for text in plain}


def _hidden(value: Any) -> Iterator[str]:
    """Walk through options and give every secret's text."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value().removeprefix("whsec_")
    elif isinstance(value, BaseModel):
        yield from _hidden(list(value.__dict__.values()))
    elif isinstance(value, dict):
        yield from _hidden(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _hidden(one)
