"""Finds plugins, builds channels from settings, calls hooks. A broken plugin is shown, and stops nothing else.

Plugins announce themselves as entry points of the group `aduan.plugins`; the bundled ones too.
`ADUAN_PLUGINS=a,b` loads just these, in this order; `ADUAN_NO_PLUGINS=1` none.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any, TypeVar, get_args

import structlog
from pydantic import BaseModel

from hub.admission import Announced, Plugin, Unfit, admit
from hub.channel_options import OptionErrors, read_options
from hub.plugin import Access, BadOptions, Change, Channel, Context, PluginError, Route
from hub.settings import ChannelSettings, Settings
from hub.settings.mistakes import dotted, unknown_text
from normalizer.complaint import Complaint, Understanding
from normalizer.report import Report

GROUP = "aduan.plugins"
T = TypeVar("T")

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A plugin that was not let in, and why."""

    plugin: str
    reason: str
    traceback: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HookFailure:
    """A hook of a plugin that was let in, at its first failure."""

    plugin: str
    hook: str
    reason: str
    traceback: str = field(repr=False)


FORM_SIZE = 256 * 1024
"""Bytes of a form without files."""


@dataclass(frozen=True, slots=True)
class PluginRoute:
    """A page or endpoint that a plugin adds to the web."""

    plugin: str
    path: str
    endpoint: Callable[..., Any]
    access: Access
    methods: tuple[str, ...] = ("GET",)
    max_body: int = FORM_SIZE
    """Bytes that may be sent to it."""


def installed() -> Iterable[Announced]:
    """Give the entry points of the group, by name."""
    return sorted(entry_points(group=GROUP), key=lambda entry: entry.name)


class Registry:
    """The plugins of one process. Works with none, too."""

    def __init__(
        self, find: Callable[[], Iterable[Announced]] = installed, environment: Mapping[str, str] = os.environ
    ) -> None:
        self.plugins: list[Plugin] = []
        """In the order in which their hooks are called."""
        self.quarantined: list[Quarantined] = []
        self.failures: dict[tuple[str, str], HookFailure] = {}
        """By plugin and hook."""
        self.kinds: dict[str, type[Channel]] = {}
        self._find = find
        self._environment = environment

    # ------------------------------------------------------------------------------------------------------- loading

    def load(self, select: Iterable[str] | None = None) -> None:
        """Let in what is installed; `select` names what to load, in the order in which hooks are called.

        The environment is stronger than `select`. What cannot be let in lands in `quarantined`.
        """
        if self._environment.get("ADUAN_NO_PLUGINS", "") not in {"", "0"}:
            return
        wanted = self._environment.get("ADUAN_PLUGINS")
        names = select if wanted is None else [name.strip() for name in wanted.split(",") if name.strip()]
        for announced in self._find() if names is None else self._named(names):
            self._admit(announced)

    def _named(self, names: Iterable[str]) -> Iterator[Announced]:
        found = {announced.name: announced for announced in self._find()}
        for name in dict.fromkeys(names):
            if name in found:
                yield found[name]
            else:
                self._quarantine(Quarantined(name, f"is not installed; installed are: {', '.join(found)}"))

    def _admit(self, announced: Announced) -> None:
        """Try one plugin. Even its import may raise anything, SystemExit included."""
        try:
            self._refuse_twin(announced.name)
            plugin = admit(announced, {kind: self.plugin_of(kind) for kind in self.kinds})
        except Unfit as unfit:
            self._quarantine(Quarantined(announced.name, str(unfit)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever its import raises is its own failure
            reason = f"{type(error).__name__}: {error}"
            self._quarantine(Quarantined(announced.name, reason, traceback.format_exc()))
        else:
            self.plugins.append(plugin)
            self.kinds |= {kind.kind: kind for kind in plugin.kinds}

    def _refuse_twin(self, name: str) -> None:
        if any(plugin.name == name for plugin in self.plugins):
            raise Unfit(f'a plugin named "{name}" is loaded already')

    def _quarantine(self, quarantined: Quarantined) -> None:
        self.quarantined.append(quarantined)
        log.warning("plugin_quarantined", plugin=quarantined.plugin, reason=quarantined.reason)

    # ------------------------------------------------------------------------------------------------------ channels

    def plugin_of(self, kind: str) -> str:
        """Name the plugin that brought a kind."""
        return next((plugin.name for plugin in self.plugins if self.kinds.get(kind) in plugin.kinds), "")

    @property
    def options(self) -> dict[str, type[BaseModel]]:
        """The models of the options, by kind."""
        return {kind: channel.Options for kind, channel in self.kinds.items()}

    def build(self, channel: ChannelSettings, context: Context) -> Channel:
        """Make the instance of a `[[channel]]`. Raises BadOptions, which names options and no values."""
        options = self.check_options(channel)
        try:
            return self.kinds[channel.kind](options, context)
        except PluginError:
            raise
        except Exception as error:
            raise BadOptions(f'kind "{channel.kind}" cannot be built: {type(error).__name__}') from error

    def check_options(self, channel: ChannelSettings) -> BaseModel:
        """Give a channel's options as its kind's model. Raises BadOptions."""
        try:
            return self._options(channel)
        except OptionErrors as errors:
            raise BadOptions("; ".join(f"{dotted(at)} {text}" for at, text in errors.problems)) from None

    def check(self, settings: Settings) -> list[str]:
        """Name everything wrong with the enabled channels: `FILE:LINE: channel … option … is …`."""
        problems: list[str] = []
        for index, channel in enumerate(settings.channels):
            try:
                _ = channel.enabled and self._options(channel)
            except OptionErrors as errors:
                where, name = settings.origin.where, f'channel "{channel.name}"'
                problems += [
                    f"{where(('channel', index, *at))}: {name} {dotted(at)} {text}" for at, text in errors.problems
                ]
        return problems

    def _options(self, channel: ChannelSettings) -> BaseModel:
        if channel.kind not in self.kinds:
            raise OptionErrors([(("kind",), self._why_unknown(channel.kind))])
        return read_options(self.kinds[channel.kind].Options, channel.options, channel.base)

    def _why_unknown(self, kind: str) -> str:
        broken = next((quarantined for quarantined in self.quarantined if quarantined.plugin == kind), None)
        if broken:
            return f'"{kind}" is not there, its plugin is quarantined: {broken.reason}'
        return f'"{kind}" {unknown_text(kind, list(self.kinds))}'

    # --------------------------------------------------------------------------------------------------------- hooks

    def refine(self, complaint: Complaint, understanding: Understanding) -> Understanding:
        """Let every plugin improve what was understood; each gets the last one's result, a failing one is skipped."""
        for plugin in self._having("refine_complaint"):
            words = {"complaint": complaint, "understanding": understanding}
            understanding = self._ask(plugin, "refine_complaint", Understanding, **words) or understanding
        return understanding

    def route(self, report: Report) -> Route | None:
        """Give the first plugin's route; None where no plugin has one."""
        answers = (self._ask(plugin, "route_report", Route, report=report) for plugin in self._having("route_report"))
        return next((answer for answer in answers if answer), None)

    def has(self, hook: str) -> bool:
        """Say whether any plugin implements a hook."""
        return any(self._having(hook))

    def tell(self, change: Change) -> None:
        """Tell every plugin of a change."""
        for plugin in self._having("report_changed"):
            self._ask(plugin, "report_changed", object, event=change)

    def routes(self) -> list[PluginRoute]:
        """Give the plugins' pages."""
        found: list[PluginRoute] = []
        for plugin in self._having("register_routes"):
            self._ask(plugin, "register_routes", object, add=_RouteAdder(plugin.name, found))
        return found

    def commands(self, cli: Any) -> None:
        """Let every plugin add to the command line, a Typer app."""
        for plugin in self._having("register_commands"):
            self._ask(plugin, "register_commands", object, cli=cli)

    def _having(self, hook: str) -> Iterator[Plugin]:
        return (plugin for plugin in self.plugins if hook in plugin.hooks)

    def _ask(self, plugin: Plugin, hook: str, kind: type[T], **arguments: Any) -> T | None:
        """Call one plugin's hook. None where it has no answer, a wrong one, or fails; reported at its first failure."""
        try:
            answer = next(iter(getattr(plugin.manager.hook, hook)(**arguments)), None)
            if answer is not None and not isinstance(answer, kind):
                raise TypeError(f"it gave {type(answer).__name__}, not {kind.__name__}")  # noqa: TRY301 - reported below, as any failure
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises is its own failure
            self._report(plugin.name, hook, error)
            return None
        return answer

    def _report(self, plugin: str, hook: str, error: Exception) -> None:
        if (plugin, hook) in self.failures:
            return
        reason = f"{type(error).__name__}: {error}"
        self.failures[plugin, hook] = HookFailure(plugin, hook, reason, "".join(traceback.format_exception(error)))
        log.warning("plugin_hook_failed", plugin=plugin, hook=hook, exc_info=error)


@dataclass(frozen=True, slots=True)
class _RouteAdder:
    """The `add` that `register_routes` is given."""

    plugin: str
    found: list[PluginRoute]

    def __call__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        access: Access | None = None,
        methods: Sequence[str] = ("GET",),
        max_body: int = FORM_SIZE,
    ) -> None:
        """Add a route; raises ValueError where nobody said who may see it."""
        if access is None or access not in get_args(Access):
            raise ValueError(f"the route {path} needs an access: {', '.join(get_args(Access))}")
        if not path.startswith("/"):
            raise ValueError(f"the route {path} must begin with a slash")
        self.found.append(PluginRoute(self.plugin, path, endpoint, access, tuple(methods), max_body))
