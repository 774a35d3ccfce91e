"""One log line: whose, when, and nothing that may not stand there."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from hub.log import configure
from hub.redaction import is_sensitive, redact, redact_text


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    configure("info", json=True, stream=stream)
    return stream


# --- lines


def test_a_line_holds_time_level_logger_context_and_values(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(channel="waze"):
        structlog.get_logger("hub.here").info("page_stored", items=3)
    (line,) = lines(stream)
    at = datetime.fromisoformat(line.pop("timestamp"))
    assert at.tzinfo == UTC
    assert line == {"event": "page_stored", "level": "info", "logger": "hub.here", "channel": "waze", "items": 3}


def test_libraries_write_the_same_lines(stream: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(channel="mail")
    logging.getLogger("alembic.runtime").warning("Running upgrade %s", "abc")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"], line["channel"]) == (
        "Running upgrade abc",
        "warning",
        "alembic.runtime",
        "mail",
    )


@pytest.mark.filterwarnings("default")
def test_warnings_are_lines_too(stream: io.StringIO) -> None:
    warnings.warn("of warga@example.org", stacklevel=1)
    (line,) = lines(stream)
    assert (line["logger"], line["level"]) == ("py.warnings", "warning")
    assert "UserWarning: of [email]" in line["event"]


def test_libraries_that_tell_secrets_stay_quiet_at_any_level() -> None:
    stream = io.StringIO()
    configure("debug", json=True, stream=stream)
    logging.getLogger("tweepy.asynchronous.client").debug("Headers")
    logging.getLogger("httpx2").info("HTTP Request: GET")
    logging.getLogger("sqlalchemy.engine.Engine").info("SELECT")
    logging.getLogger("uvicorn.access").info("GET /lacak")
    structlog.get_logger("hub").debug("ours")
    assert [line["event"] for line in lines(stream)] == ["ours"]


def test_a_second_configuration_replaces_the_first(stream: io.StringIO) -> None:
    second = io.StringIO()
    configure("warning", json=True, stream=second)
    structlog.get_logger("hub").info("unheard")
    structlog.get_logger("hub").warning("heard")
    assert stream.getvalue() == ""
    assert [line["event"] for line in lines(second)] == ["heard"]


def test_plain_text_is_one_readable_line_without_colours() -> None:
    stream = io.StringIO()
    configure("info", stream=stream)
    structlog.get_logger("hub").info("page_stored", items=3)
    assert "page_stored" in stream.getvalue()
    assert "items=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="debug, info"):
        configure("loud")


def fail(said: str) -> None:
    raise LookupError(f"nobody named {said}")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_neither_local_variables_nor_people(as_json: bool) -> None:  # noqa: FBT001 - a parameter of the test
    stream = io.StringIO()
    # A server that another test has started in this process may have turned its logger down.
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)
    configure("info", json=as_json, stream=stream)
    value = "local variable".upper()
    try:
        fail("warga@example.org" + value[:0])
    except LookupError:
        structlog.get_logger("hub").exception("lookup_failed")
        logging.getLogger("uvicorn.error").exception("lookup failed")
    text = stream.getvalue()
    assert text.count("Traceback") == 2
    assert text.count("LookupError: nobody named [email]") == 2
    assert value not in text
    assert "warga@" not in text


# --- redaction


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("to budi.uji+x@mail.example.org now", "to [email] now"),
        ("call 0812-0000-0000 or +62 812 0000 0000", "call [phone] or [phone]"),
        ("call 6281200000000", "call [phone]"),
        ("NIK 1234567890123456.", "NIK [nik]."),
        ("NIK 1234567890123456 said", "NIK [nik] said"),
        ("GET https://u:p@example.org:8443/a/b?key=1#x failed", "GET https://example.org:8443/a/b?… failed"),
        ("at postgresql://hub:pw@db.example.org/aduan", "at postgresql://db.example.org/aduan"),
        ("https://example.org/hooks/T0abc123def456ghi789jk", "https://example.org/hooks/…"),
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer …"),
        ("whsec_MfKQ9r8GKYqrTwjU is", "… is"),
        ("password='hush hush'", "password='… hush'"),
        ("refused: api_key=12345, retry", "refused: api_key=…, retry"),
        ("http://[torn", "…"),
        (
            "[type=int_parsing, input_value='Budi Uji', input_type=str]",
            "[type=int_parsing, input_value=…, input_type=str]",
        ),
        ("INSERT [parameters: ('Budi Uji', 3)]", "INSERT [parameters: …]"),
    ],
)
def test_what_may_not_be_logged_is_taken_out(text: str, left: str) -> None:
    assert redact_text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "JKT-7K3M9QXD",
        "kelurahan 31.71.01.1002",
        "2026-11-21T03:04:05.678901Z",
        "at -6.208472, 106.820069",
        "0.123456789",
        "revision 20261121030405",
        "1861234567890123456",
        "took 00:05:05",
        "waze-jakarta",
        "https://example.org/api/v1/reports",
        "3f2b8c1e9a",
    ],
)
def test_what_operators_need_stays(text: str) -> None:
    assert redact_text(text) == text


def test_values_are_hidden_by_the_name_of_their_key() -> None:
    shown = redact(
        {
            "smtp_password": "x",
            "bearerToken": "x",
            "Authorization": "x",
            "text": "kata warga",
            "note_internal": "x",
            "from_address": "x",
            "handles": ["x"],
            "text_length": 10,
            "reporter_id": "k1",
            "channel": "x",
            "nested": [{"phone": 1, "report": "JKT-7K3M9QXD"}],
        }
    )
    assert shown == {
        "smtp_password": "…",
        "bearerToken": "…",
        "Authorization": "…",
        "text": "…",
        "note_internal": "…",
        "from_address": "…",
        "handles": "…",
        "text_length": 10,
        "reporter_id": "k1",
        "channel": "x",
        "nested": [{"phone": "…", "report": "JKT-7K3M9QXD"}],
    }


def test_objects_are_written_by_their_repr_redacted() -> None:
    assert redact([SecretStr("hush"), b"warga@example.org"]) == ["SecretStr('**********')", "b'[email]'"]


def test_a_validation_error_repeats_no_input(stream: io.StringIO) -> None:
    class Row(BaseModel):
        at: int

    said = "kata warga"
    try:
        Row.model_validate({"at": said})
    except ValidationError:
        structlog.get_logger("hub").exception("row_refused")
    (line,) = lines(stream)
    assert "Input should be a valid integer" in line["exception"]
    assert said not in line["exception"]


@given(st.text())
def test_no_text_breaks_the_redaction(text: str) -> None:
    assert redact_text(redact_text(text)) is not None
    is_sensitive(text)


@given(st.from_regex(r"[a-z0-9.]{1,20}@[a-z0-9]{1,20}\.(org|test)", fullmatch=True), st.text("ab ,;:()\n", max_size=10))
def test_no_address_survives(address: str, around: str) -> None:
    assert address not in redact_text(f"{around} {address} {around}")
