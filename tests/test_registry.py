"""Plugins found, tried alone, called alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, SecretStr, field_validator, model_validator
from structlog.testing import capture_logs

from hub.plugin import (
    BadOptions,
    Change,
    Complaint,
    Context,
    Delivery,
    Item,
    Reading,
    Receipt,
    Route,
    Sink,
    Source,
    Unauthorized,
    hookimpl,
)
from hub.registry import Registry, installed
from hub.settings import ChannelSettings, load_settings
from normalizer.complaint import Place, Understanding
from normalizer.report import Report

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CONTEXT: Any = object()
NO_HOOK = "it implements no hook; is @hookimpl missing?"
UNDERSTOOD = Understanding(
    text="lampu mati", place=Place(), category="lampu-jalan", category_confidence=1, category_sure=True
)
COMPLAINT = Complaint(native_id="1", created_at=NOW, text="lampu mati")
REPORT = Report(
    number="JKT-0", version=1, category="lainnya", urgency="biasa", place=Place(), created_at=NOW, updated_at=NOW
)


@dataclass
class Entry:
    """Stands for an entry point."""

    name: str
    plugin: Any = None
    error: BaseException | None = None

    def load(self) -> Any:
        if self.error:
            raise self.error
        return self.plugin


class Potholes(Source):
    kind = "potholes"

    class Options(BaseModel):
        url: str
        token: SecretStr | None = None
        mode: Literal["fast", "slow"] = "fast"
        folder: Path = Path("in")
        feeds: tuple[str, ...] = ()

        @field_validator("feeds", "token")
        @classmethod
        def _check(cls, value: Any) -> Any:
            if "bad" in str(getattr(value, "get_secret_value", lambda: value)()):
                raise ValueError(f"cannot use {getattr(value, 'get_secret_value', lambda: value)()}")
            return value

    def read(self, item: Item) -> Sequence[Reading]:
        return []


class Lamps(Sink):
    kind = "lamps"

    async def deliver(self, delivery: Delivery) -> Receipt:
        return Receipt()


class Gives:
    """A plugin that registers these kinds."""

    def __init__(self, *kinds: Any) -> None:
        self.kinds = kinds

    @hookimpl
    def register_channels(self, register: Callable[[Any], None]) -> None:
        for kind in self.kinds:
            register(kind)


def registry(*entries: Entry, **environment: str) -> Registry:
    loaded = Registry(lambda: entries, environment)
    loaded.load()
    return loaded


def channel(**options: Any) -> ChannelSettings:
    return ChannelSettings(kind="potholes", name="holes", options=options)


# --- letting in


class UnknownHook:
    @hookimpl
    def register_chanels(self, register: Any) -> None: ...


class UnknownArgument:
    @hookimpl
    def register_channels(self, registry: Any) -> None: ...


class AsyncHook:
    @hookimpl
    async def report_changed(self, event: Change) -> None: ...


class RaisingHook:
    @hookimpl
    def register_channels(self, register: Any) -> None:
        raise LookupError("no such thing")


class NoHook:
    pass


class Undecorated:
    def register_channels(self, register: Any) -> None: ...


class OldContract(Lamps):
    API = 0


class NoKind(Sink):
    async def deliver(self, delivery: Delivery) -> Receipt:
        return Receipt()


class OddOptions(Lamps):
    Options: ClassVar[Any] = dict


class NoRead(Source):
    kind = "noread"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Entry("x", error=ImportError("no module named y")), "ImportError: no module named y"),
        (Entry("x", error=SystemExit(3)), "SystemExit: 3"),
        (Entry("x", UnknownHook()), "unknown hook 'register_chanels'"),
        (Entry("x", UnknownArgument()), "'registry'"),
        (Entry("x", AsyncHook()), "its hook report_changed is async"),
        (Entry("x", RaisingHook()), "LookupError: no such thing"),
        (Entry("x", NoHook()), "it implements no hook"),
        (Entry("x", Undecorated()), "is @hookimpl missing"),
        (
            Entry("x", Gives(OldContract)),
            "OldContract is written for version 0 of the contract; this hub has version 1",
        ),
        (Entry("x", Gives(NoKind)), "NoKind needs a kind"),
        (Entry("x", Gives(OddOptions)), "OddOptions.Options is not a pydantic model"),
        (Entry("x", Gives(NoRead)), "NoRead does not implement read"),
        (Entry("x", Gives(Potholes, Potholes)), 'kind "potholes" exists already, in this very plugin'),
        (Entry("x", Gives(dict)), "neither a Source nor a Sink"),
        (Entry("x", Gives("lamps")), "neither a Source nor a Sink"),
        (Entry("x", Gives(Lamps)), 'kind "lamps" exists already, in good'),
        (Entry("good", Gives(Potholes)), 'a plugin named "good" is loaded already'),
    ],
)
def test_a_broken_plugin_is_quarantined_alone(broken: Entry, reason: str) -> None:
    class Late(Lamps):
        kind = "late"

    loaded = registry(Entry("good", Gives(Lamps)), broken, Entry("late", Gives(Late)))
    assert set(loaded.kinds) == {"lamps", "late"}
    (quarantined,) = loaded.quarantined
    assert quarantined.plugin == broken.name
    assert reason in quarantined.reason


def test_a_raising_plugins_traceback_is_kept() -> None:
    (quarantined,) = registry(Entry("x", RaisingHook())).quarantined
    assert 'raise LookupError("no such thing")' in quarantined.traceback


def test_without_plugins_everything_works() -> None:
    empty = registry()
    assert empty.refine(COMPLAINT, UNDERSTOOD) is UNDERSTOOD
    assert empty.route(REPORT) is None
    assert empty.routes() == []
    with pytest.raises(BadOptions, match='"potholes" is unknown'):
        empty.check_options(channel())


def test_the_environment_selects_and_orders() -> None:
    entries = Entry("a", Gives(Potholes)), Entry("b", Gives(Lamps))
    assert [plugin.name for plugin in registry(*entries, ADUAN_PLUGINS="b, a").plugins] == ["b", "a"]
    assert set(registry(*entries, ADUAN_PLUGINS="b").kinds) == {"lamps"}
    assert registry(*entries, ADUAN_NO_PLUGINS="1").plugins == []
    assert len(registry(*entries, ADUAN_NO_PLUGINS="0").plugins) == 2
    (missing,) = registry(*entries, ADUAN_PLUGINS="c").quarantined
    assert missing.reason == "is not installed; installed are: a, b"


def test_the_settings_select_where_the_environment_does_not() -> None:
    entries = Entry("a", Gives(Potholes)), Entry("b", Gives(Lamps))
    loaded = Registry(lambda: entries, {})
    loaded.load(["b"])
    assert [plugin.name for plugin in loaded.plugins] == ["b"]
    assert (loaded.plugin_of("lamps"), loaded.plugin_of("potholes")) == ("b", "")
    assert loaded.options == {"lamps": Lamps.Options}


def test_the_bundled_plugins_are_announced_like_any_other() -> None:
    assert {"crop", "email", "posko", "qlue", "waze"} <= {entry.name for entry in installed()}


# --- building


def test_a_channel_is_built_with_its_options(tmp_path: Path) -> None:
    (tmp_path / "aduan.toml").write_text('[[channel]]\nkind = "potholes"\noptions.url = "u"', encoding="utf-8")
    settings = load_settings(tmp_path / "aduan.toml", {})
    built = registry(Entry("p", Gives(Potholes))).build(settings.channels[0], CONTEXT)
    assert isinstance(built, Potholes)
    assert built.options == Potholes.Options(url="u", folder=tmp_path / "in")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "option url is missing; add it"),
        ({"url": "u", "tokne": "hush"}, 'option tokne is unknown; did you mean "token"?'),
        ({"url": "u", "token": 7}, "option token is wrong"),
        ({"url": "u", "token": "bad hush"}, "option token is wrong: cannot use …"),
        ({"url": "u", "feeds": ["bad hush"]}, "option feeds is wrong: cannot use ('…',)"),
        ({"url": "u", "feeds": [1]}, "option feeds[0] is wrong"),
        ({"url": "u", "mode": "hush"}, "option mode is wrong: input should be 'fast' or 'slow'"),
    ],
)
def test_bad_options_name_the_option_and_no_value(options: dict[str, Any], message: str) -> None:
    with pytest.raises(BadOptions) as caught:
        registry(Entry("p", Gives(Potholes))).build(channel(**options), CONTEXT)
    assert message in str(caught.value)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_options_wrong_as_a_whole_are_named_too() -> None:
    class Paired(Lamps):
        class Options(BaseModel):
            token: str = ""

            @model_validator(mode="after")
            def _pair(self) -> Any:
                raise ValueError(f"{self.token} needs a key")

    with pytest.raises(BadOptions, match=r"^options is wrong: … needs a key$"):
        registry(Entry("p", Gives(Paired))).check_options(ChannelSettings(kind="lamps", options={"token": "hush"}))


def test_a_constructor_that_fails_names_its_kind() -> None:
    class Faulty(Lamps):
        def __init__(self, options: BaseModel, context: Context) -> None:
            raise {"ours": Unauthorized("no"), "bug": KeyError("hush")}[str(context)]

    loaded = registry(Entry("p", Gives(Faulty)))
    bug: Any = "bug"
    ours: Any = "ours"
    with pytest.raises(BadOptions, match=r'^kind "lamps" cannot be built: KeyError$'):
        loaded.build(ChannelSettings(kind="lamps"), bug)
    with pytest.raises(Unauthorized):
        loaded.build(ChannelSettings(kind="lamps"), ours)


def test_checking_names_file_line_channel_and_option(tmp_path: Path) -> None:
    (tmp_path / "aduan.toml").write_text(
        '[[channel]]\nkind = "potholes"\n[channel.options]\nurl = "u"\nmode = "fats"\n'
        '[[channel]]\nkind = "pothole"\n[[channel]]\nkind = "torn"\n[[channel]]\nkind = "off"\nenabled = false\n',
        encoding="utf-8",
    )
    settings = load_settings(tmp_path / "aduan.toml", {})
    found = registry(Entry("p", Gives(Potholes)), Entry("torn", NoHook())).check(settings)
    assert [line.removeprefix(f"{tmp_path}/") for line in found] == [
        "aduan.toml:5: channel \"potholes\" option mode is wrong: input should be 'fast' or 'slow'",
        'aduan.toml:7: channel "pothole" kind "pothole" is unknown; did you mean "potholes"?',
        f'aduan.toml:9: channel "torn" kind "torn" is not there, its plugin is quarantined: {NO_HOOK}',
    ]


# --- hooks


class Adds:
    """Refines by adding its name to the words that decided."""

    def __init__(self, name: str) -> None:
        self.name = name

    @hookimpl
    def refine_complaint(self, understanding: Understanding) -> Understanding:
        return understanding.model_copy(update={"category_words": (*understanding.category_words, self.name)})


class Answers:
    """Gives the same answer, or raises it, at every hook."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.told: list[Change] = []

    def _answer(self) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @hookimpl
    def refine_complaint(self, complaint: Complaint, understanding: Understanding) -> Any:
        return self._answer()

    @hookimpl
    def route_report(self, report: Report) -> Any:
        return self._answer()

    @hookimpl
    def report_changed(self, event: Change) -> None:
        self.told.append(event)
        self._answer()

    @hookimpl
    def register_commands(self, cli: Any) -> None:
        self._answer()
        cli.added = True


@pytest.mark.parametrize("wrong", [RuntimeError("broken"), "a text", None])
def test_each_plugin_refines_the_last_ones_result_and_a_failing_one_is_skipped(wrong: Any) -> None:
    loaded = registry(Entry("b", Adds("b")), Entry("x", Answers(wrong)), Entry("a", Adds("a")))
    assert loaded.refine(COMPLAINT, UNDERSTOOD).category_words == ("b", "a")


def test_a_failing_hook_is_reported_once() -> None:
    loaded = registry(Entry("x", Answers(RuntimeError("broken"))))
    with capture_logs() as logs:
        for _ in range(3):
            loaded.refine(COMPLAINT, UNDERSTOOD)
        loaded.route(REPORT)
    assert [(entry["event"], entry["hook"]) for entry in logs] == [
        ("plugin_hook_failed", "refine_complaint"),
        ("plugin_hook_failed", "route_report"),
    ]
    failure = loaded.failures["x", "refine_complaint"]
    assert failure.reason == "RuntimeError: broken"
    assert "raise self.answer" in failure.traceback


def test_a_wrong_answer_is_a_failure() -> None:
    loaded = registry(Entry("x", Answers("a text")))
    assert loaded.route(REPORT) is None
    assert loaded.failures["x", "route_report"].reason == "TypeError: it gave str, not Route"


def test_the_first_route_wins() -> None:
    first, second = Route((), "q1", "one"), Route((), "q2", "two")
    entries = [Entry("n", Answers(None)), Entry("x", Answers(OSError())), Entry("a", Answers(first))]
    assert registry(*entries, Entry("b", Answers(second))).route(REPORT) is first


def test_every_plugin_is_told_though_one_fails() -> None:
    plugins = Answers(OSError()), Answers(None)
    change = Change("JKT-0", 1, "status", NOW)
    registry(*(Entry(str(number), plugin) for number, plugin in enumerate(plugins))).tell(change)
    assert [plugin.told for plugin in plugins] == [[change], [change]]


def test_commands_are_added_though_one_plugin_fails() -> None:
    cli = SimpleNamespace()
    registry(Entry("x", Answers(OSError())), Entry("y", Answers(None))).commands(cli)
    assert cli.added


class Pages:
    @hookimpl
    def register_routes(self, add: Callable[..., None]) -> None:
        add("/open", print, access="public")
        add("/form", print, access="staff", methods=("GET", "POST"))
        add("/forgotten", print)


def test_a_route_without_access_is_none() -> None:
    loaded = registry(Entry("x", Pages()))
    assert [(route.path, route.access, route.methods) for route in loaded.routes()] == [
        ("/open", "public", ("GET",)),
        ("/form", "staff", ("GET", "POST")),
    ]
    assert "needs an access" in loaded.failures["x", "register_routes"].reason
