"""`aduan.toml` as typed settings. A mistake is answered with its file, line and option, and with what to write instead.

[hub], [web], [alerts], [replies], [work] and any number of [[channel]]; what a channel's options may be is its plugin's
business, see `hub.registry`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.networks import IPvAnyNetwork

from hub.plugin import Audience
from hub.replies import ReplyRules, WordingError, load_wording
from hub.settings.durations import Duration
from hub.settings.mistakes import option_name, problem_text
from hub.settings.public_face import PublicSettings
from hub.settings.sso import SsoSettings
from hub.settings.substitution import Location, Substitution, is_literal, strings
from hub.settings.table import PlacedPath, Table, base_of
from hub.settings.toml_lines import TomlLines

Networks = tuple[IPvAnyNetwork, ...]
Security = Literal["tls", "starttls", "none"]

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
SQLITE = "sqlite:///"
TILES = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?/(?=[^\s;,]*\{z\})(?=[^\s;,]*\{x\})(?=[^\s;,]*\{y\})[^\s;,]*")
SYNTAX_LINE = re.compile(r"(.*) \(at line (\d+), column \d+\)")


class SettingsError(Exception):
    """The settings cannot be used. One problem a line, each with file, line and option; never a value."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


# ---------------------------------------------------------------------------------------------------- types of values


def _placed_region(region: str, info: ValidationInfo) -> str:
    return str(base_of(info) / region) if "/" in region or region.startswith(".") else region


def _database(url: str, info: ValidationInfo) -> str:
    if url.partition("://")[0].partition("+")[0] not in DRIVERS:
        raise ValueError('is no database the hub can use; write "sqlite:///FILE" or "postgresql://USER@HOST/NAME"')
    head, mark, file = url.partition(":///")
    in_file = head.startswith("sqlite") and file not in {"", ":memory:"}
    return f"{head}{mark}{base_of(info) / file}" if in_file else url


def _recipient(address: str) -> str:
    if not address.startswith(("mailto:", "https://", "http://")):
        raise ValueError('is no recipient; write "mailto:NAME@HOST" or the http(s) address of a webhook')
    return address


def _public_url(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise ValueError('is no address of a site; write it with "https://"')
    return address.rstrip("/")


def _tiles(template: str) -> str:
    if template and not TILES.fullmatch(template):
        raise ValueError('is no address of tiles; write it like "https://HOST/{z}/{x}/{y}.png"')
    return template


def _default_public_url(data: dict[str, Any]) -> str:
    host = data.get("host", "127.0.0.1")
    return f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{data.get('port', 8000)}"  # noqa: S104 - compared, not bound


def async_url(url: str) -> str:
    """Give the URL with the driver the hub uses: `sqlite+aiosqlite` or `postgresql+psycopg`."""
    scheme, mark, rest = url.partition("://")
    return f"{DRIVERS.get(scheme, scheme)}{mark}{rest}"


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Port = Annotated[int, Field(ge=0, le=65_535)]


# --------------------------------------------------------------------------------------------------------- the tables


class HubSettings(Table):
    """`[hub]`: what is kept where, and the region."""

    database: Annotated[str, AfterValidator(_database)] = Field(default="sqlite:///aduan.db", repr=False)
    region: Annotated[str, AfterValidator(_placed_region)] = "jakarta"
    """A bundled pack, or a folder."""
    blobs: PlacedPath = Path("blobs")
    categories: PlacedPath = Path("categories.json")
    """What `aduan train categories` learned; without the file the lists decide alone."""
    photo_networks: Networks = ()
    """Private networks that photos may come from."""
    plugins: tuple[str, ...] = ()
    """Names of the plugins to load, in the order in which they refine complaints; empty: all, by name."""


class WebSettings(Table):
    """`[web]`: where pages are served."""

    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: Annotated[str, AfterValidator(_public_url)] = Field(default_factory=_default_public_url)
    trusted_proxies: Networks = ()
    secret_key: SecretStr | None = None
    """Signs sessions and links; see `hub.settings.secret_key` for what happens without."""
    two_factor: Literal["off", "admins", "all"] = "off"
    """Who must have a second factor; everybody may."""
    tiles: Annotated[str, AfterValidator(_tiles)] = ""
    """Address of map tiles, like "https://tiles.example.org/{z}/{x}/{y}.png"; empty: outlines alone."""
    tiles_attribution: str = ""
    """What the provider of the tiles asks to be shown."""


class AlertSettings(Table):
    """`[alerts]`: whom to wake, and the server that carries mail to them."""

    to: tuple[Annotated[str, AfterValidator(_recipient)], ...] = Field(default=(), repr=False)
    smtp_host: str = "127.0.0.1"
    smtp_port: Port = 25
    smtp_security: Security = "none"
    smtp_username: str = ""
    smtp_password: SecretStr | None = None
    from_address: str = "aduan-hub@localhost"


class ReplySettings(Table):
    """`[replies]`: when and in which words citizens are answered."""

    quiet: Annotated[str, Field(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] = ""
    """Hours without replies, in the region's zone, like "21:00-06:00"; an emergency is answered at any time."""
    gap: Duration = timedelta(minutes=10)
    many: Annotated[int, Field(ge=1)] = 100
    undo: Duration = timedelta(minutes=2)
    acknowledgements: Annotated[int, Field(ge=0)] = 20
    patience: Duration = timedelta(days=30)
    answer: Duration = timedelta(days=7)
    wording_id: PlacedPath | None = None
    wording_en: PlacedPath | None = None
    """Files with texts of your own, see `hub/replies/id.toml`."""

    def rules(self) -> ReplyRules:
        """Give them as the outbox uses them. Raises SettingsError for texts that cannot be used."""
        start, _, end = self.quiet.partition("-")
        files = {"id": self.wording_id, "en": self.wording_en}
        try:
            wording = load_wording({language: file for language, file in files.items() if file is not None})
        except WordingError as error:
            raise SettingsError([str(error)]) from None
        return ReplyRules(
            quiet=(time.fromisoformat(start), time.fromisoformat(end)) if end else None,
            gap=self.gap,
            many=self.many,
            undo=self.undo,
            acknowledgements=self.acknowledgements,
            patience=self.patience,
            answer=self.answer,
            wording=wording,
        )


class WorkSettings(Table):
    """`[work]`: how staff share their work."""

    claim: Duration = timedelta(hours=4)
    """For how long whoever takes a report keeps it without doing anything."""


class ChannelSettings(Table):
    """One `[[channel]]`."""

    kind: Name
    name: Name = Field(default_factory=lambda data: data.get("kind", ""))
    every: Duration | None = None
    """Rest between two pulls; None: the kind's own."""
    enabled: bool = True
    audience: Audience | None = None
    """None: the kind's own."""
    decides: bool = False
    """Its status may move a report on its own."""
    allow_networks: Networks = ()
    """Private networks that what comes from the channel may point into."""
    options: dict[str, Any] = Field(default_factory=dict, repr=False)

    _base: Path = PrivateAttr(default=Path())

    @property
    def base(self) -> Path:
        """What relative paths among its options are relative to."""
        return self._base

    @model_validator(mode="after")
    def _keep_base(self, info: ValidationInfo) -> ChannelSettings:
        self._base = base_of(info)
        return self


@dataclass(frozen=True, slots=True)
class Origin:
    """The text that settings were read from."""

    file: Path | None = None
    written: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """As parsed, before substitution."""
    lines: TomlLines = field(default_factory=lambda: TomlLines(""), repr=False)

    def where(self, location: Location) -> str:
        """Give `FILE:LINE` of a value, or of the nearest thing around it."""
        return f"{self.file}:{self.lines.find(location)}" if self.file else "settings"


class Settings(Table):
    """The whole file. `Settings()` are the defaults, without channels."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    hub: HubSettings = Field(default_factory=HubSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    replies: ReplySettings = Field(default_factory=ReplySettings)
    work: WorkSettings = Field(default_factory=WorkSettings)
    public: PublicSettings = Field(default_factory=PublicSettings)
    sso: SsoSettings | None = None
    channels: tuple[ChannelSettings, ...] = Field(default=(), alias="channel")

    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """Where they were read."""
        return self._origin

    def channel(self, name: str) -> ChannelSettings | None:
        """Give the channel of this name."""
        return next((channel for channel in self.channels if channel.name == name), None)

    @model_validator(mode="after")
    def _keep_origin(self, info: ValidationInfo) -> Settings:
        self._origin = (info.context or {}).get("origin", self._origin)
        return self


TABLES: dict[str, type[Table]] = {
    "hub": HubSettings,
    "web": WebSettings,
    "alerts": AlertSettings,
    "replies": ReplySettings,
    "work": WorkSettings,
    "public": PublicSettings,
    "sso": SsoSettings,
    "channel": ChannelSettings,
}


# ------------------------------------------------------------------------------------------------------------- loading


def load_settings(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read settings from a file; without one from `$ADUAN_CONFIG`, else `aduan.toml` in the working folder.

    Raises SettingsError with every problem found.
    """
    path = path or Path(environment.get("ADUAN_CONFIG") or "aduan.toml")
    origin = _read(path)
    missing: list[tuple[Location, str]] = []
    substitution = Substitution(environment, path.resolve().parent)
    tree = substitution.tree(origin.written, lambda at, text: missing.append((at, text)))
    problems = [problem for problem in missing if not _is_disabled(problem[0], tree)]
    if not problems:
        problems += _same_names(tree)
    settings = None if problems else _validate(tree, origin, problems)
    if settings is None:
        raise SettingsError([f"{origin.where(at)}: {option_name(at, tree)} {text}" for at, text in problems])
    return settings


def _read(path: Path) -> Origin:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        advice = "name the settings file with -c FILE or in ADUAN_CONFIG"
        raise SettingsError([f"{path}: cannot be read: {error.strerror}; {advice}"]) from None
    except ValueError:
        raise SettingsError([f"{path}: is not UTF-8 text; save it as UTF-8"]) from None
    try:
        return Origin(path, tomllib.loads(text), TomlLines(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([_syntax_problem(path, text, str(error))]) from None


def _syntax_problem(path: Path, text: str, message: str) -> str:
    match = SYNTAX_LINE.fullmatch(message)
    reason, line = (match[1], int(match[2])) if match else (message.partition(" (at ")[0], len(text.splitlines()))
    return f"{path}:{line}: is not TOML here: {reason}; texts stand in quotes, tables in [brackets]"


def _validate(tree: Mapping[str, Any], origin: Origin, problems: list[tuple[Location, str]]) -> Settings | None:
    base = origin.file.resolve().parent if origin.file else Path()
    try:
        return Settings.model_validate(
            {"hub": {}, "web": {}, "alerts": {}, "replies": {}, **tree},
            by_name=False,
            context={"base": base, "origin": origin},
        )
    except ValidationError as error:
        details = [detail for detail in error.errors() if detail["type"] != "default_factory_not_called"]
        problems += [(detail["loc"], problem_text(detail, _known(detail["loc"]))) for detail in details]
        return None


def _is_disabled(location: Location, tree: Mapping[str, Any]) -> bool:
    """Say whether a value belongs to a channel that is switched off, and so need not be known."""
    if location[:1] != ("channel",) or len(location) < 3 or not isinstance(location[1], int):
        return False
    return tree["channel"][location[1]].get("enabled") is False


def _same_names(tree: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    seen: set[str] = set()
    channels = tree.get("channel", ())
    tables = [channel for channel in channels if isinstance(channel, Mapping)] if isinstance(channels, list) else []
    for index, channel in enumerate(tables):
        name = str(channel.get("name", channel.get("kind", index)))
        if name in seen:
            yield ("channel", index, "name"), f'"{name}" is taken by another channel; give this one a name of its own'
        seen.add(name)


def _known(location: Location) -> list[str]:
    table = TABLES.get(str(location[0]))
    return list(table.model_fields) if table and len(location) > 1 else list(TABLES)


# ------------------------------------------------------------------------------------------------------------- secrets


def is_secret(annotation: Any) -> bool:
    """Say whether a field of this type, or its elements, are secret."""
    return "SecretStr" in repr(annotation) or "SecretBytes" in repr(annotation)


def literal_secrets(settings: Settings, options: Mapping[str, type[BaseModel]]) -> list[str]:
    """Name the secrets that stand in the file itself: where, and what to do. `options` are the models by kind."""
    found = [at for at, written in strings(settings.origin.written) if written and is_literal(written)]
    advice = "is a secret and stands in the file; write $NAME or file:PATH instead"
    origin = settings.origin
    return [
        f"{origin.where(at)}: {option_name(at, origin.written)} {advice}"
        for at in found
        if _field_is_secret(at, settings, options) or _password_in(at, origin.written)
    ]


def _field_is_secret(at: Location, settings: Settings, options: Mapping[str, type[BaseModel]]) -> bool:
    table: type[BaseModel] | None = TABLES.get(str(at[0]))
    key = next((step for step in at[1:] if isinstance(step, str)), "")
    if at[0] == "channel" and key == "options" and len(at) > 3:
        table, key = options.get(settings.channels[int(at[1])].kind), str(at[3])
    known = table.model_fields.get(key) if table else None
    return known is not None and is_secret(known.annotation)


def _password_in(at: Location, tree: Mapping[str, Any]) -> bool:
    return at == ("hub", "database") and ":" in str(tree["hub"]["database"]).partition("://")[2].rpartition("@")[0]
