"""The test every plugin passes before it is let in, alone: what it is, which hooks it has, which kinds it brings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pluggy
from pydantic import BaseModel

from hub.plugin import API, Channel, Hooks, Sink, Source

KIND = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Announced(Protocol):
    """What an entry point gives; `importlib.metadata.EntryPoint` is one."""

    @property
    def name(self) -> str:
        """The plugin's name."""

    def load(self) -> Any:
        """Import what it names."""


class Unfit(Exception):
    """A plugin cannot be let in, for the reason it carries."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that passed.

    It lives in a plugin manager of its own: pluggy ends a whole hook call when one implementation raises.
    """

    name: str
    version: str
    kinds: tuple[type[Channel], ...]
    hooks: frozenset[str]
    """Names of those it implements."""
    manager: pluggy.PluginManager = field(repr=False)


def admit(announced: Announced, taken: Mapping[str, str]) -> Plugin:
    """Import a plugin and try it; `taken` are the kinds that exist already, with their plugins.

    Raises Unfit with a reason for what the contract forbids, and whatever the plugin's own code raises.
    """
    manager = pluggy.PluginManager("aduan")
    manager.add_hookspecs(Hooks)
    manager.register(announced.load(), announced.name)
    manager.check_pending()
    callers = manager.get_hookcallers(manager.get_plugin(announced.name)) or []
    _check_hooks(callers)
    kinds: list[type[Channel]] = []
    manager.hook.register_channels(register=kinds.append)
    _check_kinds(kinds, taken)
    return Plugin(
        announced.name, _version(announced), tuple(kinds), frozenset(caller.name for caller in callers), manager
    )


def _check_hooks(callers: list[pluggy.HookCaller]) -> None:
    if not callers:
        raise Unfit("it implements no hook; is @hookimpl missing?")
    for caller in callers:
        for implementation in caller.get_hookimpls():
            _check_colour(caller.name, implementation.function)


def _check_colour(hook: str, function: Any) -> None:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise Unfit(f"its hook {hook} is async; hooks only register objects, write it with a plain def")


def _check_kinds(kinds: list[type[Channel]], taken: Mapping[str, str]) -> None:
    seen = dict(taken)
    for kind in kinds:
        _check_class(kind)
        if kind.kind in seen:
            raise Unfit(f'kind "{kind.kind}" exists already, in {seen[kind.kind]}')
        seen[kind.kind] = "this very plugin"


def _check_class(kind: Any) -> None:
    if not inspect.isclass(kind) or not issubclass(kind, Source | Sink):
        raise Unfit(f"{kind!r} is neither a Source nor a Sink class")
    if inspect.isabstract(kind):
        raise Unfit(f"{kind.__name__} does not implement {', '.join(sorted(kind.__abstractmethods__))}")
    if kind.API != API:
        raise Unfit(f"{kind.__name__} is written for version {kind.API} of the contract; this hub has version {API}")
    if not isinstance(getattr(kind, "kind", None), str) or not KIND.fullmatch(kind.kind):
        raise Unfit(f'{kind.__name__} needs a kind: a lower-case word, like kind = "potholes"')
    if not inspect.isclass(kind.Options) or not issubclass(kind.Options, BaseModel):
        raise Unfit(f"{kind.__name__}.Options is not a pydantic model")


def _version(announced: Announced) -> str:
    return str(getattr(getattr(announced, "dist", None), "version", ""))
