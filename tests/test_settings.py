"""aduan.toml: what it means, and how mistakes are answered."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from hub.clock import ManualClock, system_clock
from hub.settings import ChannelSettings, Settings, SettingsError, async_url, literal_secrets, load_settings
from hub.settings.durations import Duration, format_duration, parse_duration
from hub.settings.secret_key import secret_key
from hub.settings.substitution import Substitution, SubstitutionError, is_literal
from hub.settings.toml_lines import TomlLines

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str, **environment: str) -> Settings:
        (tmp_path / "aduan.toml").write_text(text, encoding="utf-8")
        return load_settings(tmp_path / "aduan.toml", environment)

    return load


def problems(load: Load, text: str, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(text, **environment)
    return [re.sub(r"^\S*/", "", problem) for problem in caught.value.problems]


# --- what a file means


def test_an_empty_file_gives_the_defaults_beside_itself(load: Load, tmp_path: Path) -> None:
    settings = load("")
    assert settings.hub.database == f"sqlite:///{tmp_path}/aduan.db"
    assert settings.hub.blobs == tmp_path / "blobs"
    assert settings.hub.region == "jakarta"
    assert settings.web.public_url == "http://127.0.0.1:8000"
    assert settings.channels == ()


def test_the_documented_example_is_read_whole(load: Load) -> None:
    settings = load(
        """
        [hub]
        photo_networks = ["127.0.0.0/8"]
        [web]
        host = "0.0.0.0"
        port = "$PORT"
        [alerts]
        to = ["mailto:ops@example.org", "https://wake.example.org/x"]
        [[channel]]
        name = "waze-jakarta"
        kind = "waze"
        every = "2m"
        audience = "public"
        [channel.options]
        feeds = ["$FEED", "https://${HOST}/second"]
        [[channel]]
        kind = "email"
        """,
        PORT="9000",
        FEED="https://feeds.example.org/one",
        HOST="feeds.example.org",
    )
    waze, email = settings.channels
    assert waze.options == {"feeds": ["https://feeds.example.org/one", "https://feeds.example.org/second"]}
    assert (waze.name, waze.every, waze.audience) == ("waze-jakarta", timedelta(minutes=2), "public")
    assert (email.name, email.every, email.audience, email.enabled) == ("email", None, None, True)
    assert settings.web.public_url == "http://127.0.0.1:9000"
    assert str(settings.hub.photo_networks[0]) == "127.0.0.0/8"
    assert settings.channel("email") is email
    assert settings.channel("nobody") is None


def test_a_region_with_a_slash_is_a_folder_beside_the_file(load: Load, tmp_path: Path) -> None:
    assert load('[hub]\nregion = "packs/karo"').hub.region == str(tmp_path / "packs/karo")


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:////var/aduan.db", "sqlite+aiosqlite:////var/aduan.db"),
        ("postgresql://hub@db.example.org/aduan", "postgresql+psycopg://hub@db.example.org/aduan"),
        ("postgres://hub@db.example.org/aduan", "postgresql+psycopg://hub@db.example.org/aduan"),
        ("sqlite+aiosqlite:////var/aduan.db", "sqlite+aiosqlite:////var/aduan.db"),
    ],
)
def test_plain_database_addresses_get_their_driver(load: Load, written: str, used: str) -> None:
    assert async_url(load(f'[hub]\ndatabase = "{written}"').hub.database) == used


def test_an_absolute_database_file_stays_where_it_is(load: Load) -> None:
    assert load('[hub]\ndatabase = "sqlite:////var/aduan.db"').hub.database == "sqlite:////var/aduan.db"


def test_a_file_value_is_read_again_at_the_next_load(load: Load, tmp_path: Path) -> None:
    text = '[[channel]]\nkind = "crop"\noptions = {secrets = ["file:key"]}'
    (tmp_path / "key").write_text("first\n", encoding="utf-8")
    assert load(text).channels[0].options == {"secrets": ["first"]}
    (tmp_path / "key").write_text("second\n", encoding="utf-8")
    assert load(text).channels[0].options == {"secrets": ["second"]}


def test_the_file_is_found_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[web]\nport = 81", encoding="utf-8")
    assert load_settings(None, {"ADUAN_CONFIG": str(tmp_path / "other.toml")}).web.port == 81


def test_settings_can_be_made_without_a_file() -> None:
    settings = Settings(channels=(ChannelSettings(kind="waze"),))
    assert settings.channels[0].name == "waze"
    assert settings.hub.database == "sqlite:///aduan.db"
    assert literal_secrets(settings, {}) == []


def test_settings_are_immutable(load: Load) -> None:
    with pytest.raises(ValidationError):
        load("").web.port = 1  # type: ignore[misc]  # refused by the type checker, too


# --- mistakes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[hub]\n\ndatabse = 'x'", 'aduan.toml:3: [hub] databse is unknown; did you mean "database"?'),
        ("[web]\nport = 'x'", "aduan.toml:2: [web] port is wrong: input should be a valid integer"),
        ("[channels]", 'aduan.toml:1: [channels] is unknown; did you mean "channel"?'),
        ('[[channel]]\nkind="a"\n[[channel]]\nname="b"', 'aduan.toml:3: channel "b" kind is missing; add it'),
        ('[[channel]]\nkind="a"\nevery="soon"', 'aduan.toml:3: channel "a" every is not a duration; write'),
        ('[[channel]]\nkind="a"\nevery=120', 'aduan.toml:3: channel "a" every is not a duration; write'),
        (
            '[[channel]]\nkind="a"\nenabeld=true',
            'aduan.toml:3: channel "a" enabeld is unknown; did you mean "enabled"?',
        ),
        ('[[channel]]\nkind="a"\n[[channel]]\nkind="a"', 'aduan.toml:3: channel "a" name "a" is taken'),
        ('[[channel]]\nkind="a b"', 'aduan.toml:2: channel "a b" kind is wrong'),
        ("[hub]\ndatabase='mysql://x'", "[hub] database is no database the hub can use; write"),
        ("[alerts]\nto=['ops']", "aduan.toml:2: [alerts] to[0] is no recipient; write"),
        ("[web]\npublic_url='example.org'", "aduan.toml:2: [web] public_url is no address of a site"),
        ("[hub]\nphoto_networks=['10.0.0.1/8']", "aduan.toml:2: [hub] photo_networks[0] is wrong"),
        ("[hub]\nregion = jakarta", "aduan.toml:2: is not TOML here: Invalid value"),
        ("[hub]\nregion = 'jakarta", "aduan.toml:2: is not TOML here"),
        ("[hub]\nregion = ['", "aduan.toml:2: is not TOML here"),
    ],
)
def test_a_mistake_names_file_line_and_option(load: Load, text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(load, text)), problems(load, text)


def test_every_mistake_is_named_at_once(load: Load) -> None:
    found = problems(load, '[web]\nport = "x"\n[[channel]]\nname = "a"\ndecides = "perhaps"\n')
    assert [problem.partition(": ")[0] for problem in found] == ["aduan.toml:2", "aduan.toml:3", "aduan.toml:5"]


def test_a_missing_variable_or_file_is_named(load: Load) -> None:
    text = '[[channel]]\nkind = "x"\n[channel.options]\na = "$GONE"\nb = "file:nowhere"\n'
    first, second = problems(load, text)
    assert first.startswith('aduan.toml:4: channel "x" option a needs the environment variable GONE, which is not set')
    assert second.endswith("nowhere, which cannot be read: No such file or directory")


def test_a_channel_that_is_switched_off_needs_no_variables(load: Load) -> None:
    text = '[[channel]]\nkind = "x"\nenabled = false\noptions.token = "$GONE"\n'
    assert not load(text).channels[0].enabled
    (problem,) = problems(load, text + '[[channel]]\nkind = "y"\noptions.token = "$GONE"\n')
    assert problem.startswith('aduan.toml:7: channel "y" option token')


def test_no_error_repeats_a_value(load: Load) -> None:
    text = '[web]\nsecret_key = ["$S"]\nport="$S"\n[[channel]]\nkind="$S"\nevery="$S"\nallow_networks=["$S"]\n'
    text += '[hub]\ndatabase="$S"\n[alerts]\nsmtp_security="$S"\nto="$S"'
    found = problems(load, text, S="hush hush")
    assert len(found) >= 7
    assert not [problem for problem in found if "hush" in problem and 'channel "hush hush"' not in problem]


def test_a_missing_or_unreadable_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file or directory; name the settings file"):
        load_settings(tmp_path / "none.toml", {})
    (tmp_path / "latin").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_settings(tmp_path / "latin", {})


def test_settings_show_no_secrets(load: Load) -> None:
    settings = load(
        '[hub]\ndatabase="postgresql://a:$$hush@h/d"\n[web]\nsecret_key="hush"\n[alerts]\nsmtp_password="hush"\n'
        'to=["https://wake.example.org/hush"]\n[[channel]]\nkind="x"\noptions={token="hush"}'
    )
    assert "hush" not in repr(settings)


# --- secrets written into the file


class MailOptions(BaseModel):
    host: str = ""
    password: SecretStr | None = None
    secrets: tuple[SecretStr, ...] = ()


def test_literal_secrets_are_found_by_the_kinds_options(load: Load) -> None:
    settings = load(
        '[web]\nsecret_key = "abc"\n[[channel]]\nkind = "mail"\n[channel.options]\nhost = "h"\npassword = "pw"\n'
        'secrets = ["$KEY", "abc"]\n[[channel]]\nkind = "unheard"\noptions = {password = "pw"}\n',
        KEY="k",
    )
    found = [line.rpartition("/")[2] for line in literal_secrets(settings, {"mail": MailOptions})]
    assert [line.partition(" is a secret")[0] for line in found] == [
        "aduan.toml:2: [web] secret_key",
        'aduan.toml:7: channel "mail" option password',
        'aduan.toml:8: channel "mail" option secrets[1]',
    ]


def test_a_password_in_the_databases_address_is_a_literal_secret(load: Load) -> None:
    assert literal_secrets(load('[hub]\ndatabase = "postgresql://a:b@h/d"'), {})
    assert not literal_secrets(load('[hub]\ndatabase = "postgresql://a@h/d"'), {})
    assert not literal_secrets(load('[hub]\ndatabase = "$DB"', DB="postgresql://a:b@h/d"), {})


def test_the_key_is_made_once_and_only_its_owner_reads_it(load: Load, tmp_path: Path) -> None:
    settings = load('[hub]\ndatabase = "sqlite:///data/aduan.db"')
    key = secret_key(settings)
    assert len(key) >= 43
    assert secret_key(settings) == key
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret_key(load('[web]\nsecret_key = "given"')) == "given"


def test_hubs_on_one_server_find_the_key_beside_their_blobs(load: Load, tmp_path: Path) -> None:
    key = secret_key(load('[hub]\ndatabase = "postgresql://h/d"\nblobs = "both/blobs"'))
    assert (tmp_path / "both" / "aduan.secret").read_text() == key


# --- substitution

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,10}", fullmatch=True)
PLAIN = st.text(st.characters(exclude_characters="$", exclude_categories=["Cs"])).filter(lambda t: t[:5] != "file:")
VALUES = st.text(st.characters(exclude_categories=["Cs"]))


@given(NAMES, VALUES, PLAIN, PLAIN)
def test_variables_are_put_in_as_they_are(name: str, value: str, before: str, after: str) -> None:
    substitution = Substitution({name: value}, Path())
    assert substitution.text(f"${name}") == value
    assert substitution.text(f"{before}${{{name}}}{after}") == before + value + after


@given(VALUES)
def test_any_text_can_be_written_literally(text: str) -> None:
    written = text.replace("$", "$$")
    if not written.startswith("file:"):
        assert Substitution({}, Path()).text(written) == text
        assert is_literal(written)


@given(VALUES)
def test_no_text_breaks_the_substitution(text: str) -> None:
    with suppress(SubstitutionError):
        assert isinstance(Substitution({}, Path("/nonexistent")).text(text), str)


@pytest.mark.parametrize("text", ["${A-B}", "${A", "a ${} b"])
def test_a_torn_variable_is_an_error(text: str) -> None:
    with pytest.raises(SubstitutionError, match="names no variable"):
        Substitution({"A": "x"}, Path()).text(text)


def test_a_lone_dollar_inside_a_text_stays() -> None:
    assert Substitution({"word": "x"}, Path()).text("pa$word") == "pa$word"


# --- durations


@given(st.integers(min_value=0, max_value=10**8).map(lambda n: timedelta(seconds=n)))
def test_durations_survive_being_written(length: timedelta) -> None:
    assert parse_duration(format_duration(length)) == length


@given(st.text(max_size=8))
def test_other_texts_are_no_durations(text: str) -> None:
    if not re.fullmatch(r"[0-9]+[smhd]", text.strip()):
        with pytest.raises(ValueError, match="not a duration"):
            parse_duration(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("2m", 120), ("1h", 3600), ("1d", 86400), ("999999999d", 86399999913600)]
)
def test_durations_of_every_unit(text: str, seconds: int) -> None:
    assert TypeAdapter(Duration).validate_python(text) == timedelta(seconds=seconds)


# --- lines


def test_lines_are_found_through_all_of_tomls_ways_of_writing() -> None:
    lines = TomlLines(
        """a.b = 1
[[channel]]
kind = 'x' # = y
[channel.options]
"quoted key" = [
  "x = 1",
]
long = '''
b = 2
'''
[[channel]]
options.c = { d = 1 }
  [ spaced . "out" ]
e = 1
"""
    )
    assert lines.find(("a", "b")) == 1
    assert lines.find(("channel", 0, "kind")) == 3
    assert lines.find(("channel", 0, "options", "quoted key", 0)) == 5
    assert lines.find(("channel", 0, "options", "b")) == 4
    assert lines.find(("channel", 1, "kind")) == 11
    assert lines.find(("channel", 1, "options", "c", "d")) == 12
    assert lines.find(("spaced", "out", "e")) == 14
    assert lines.find(("nowhere",)) == 1


@given(st.text(st.sampled_from("[]{}=.#\"' \nab")))
def test_no_text_breaks_the_search_for_lines(text: str) -> None:
    assert 1 <= TomlLines(text).find(("a", "b")) <= text.count("\n") + 1


# --- clocks


def test_a_manual_clock_moves_only_forward_and_only_when_told() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = ManualClock(start)
    assert clock.advance(timedelta(hours=1)) == clock() == start + timedelta(hours=1)
    with pytest.raises(ValueError, match="back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="zone"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive time is the mistake under test
    assert system_clock().tzinfo is UTC
