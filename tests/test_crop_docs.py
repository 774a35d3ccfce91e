"""docs/crop-api.md is what CROP's engineers build from: every example in it must be true."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from hub.pipeline.dispatch import SCHEDULE
from hub.testing import NOW, make_context
from plugins.crop import Crop
from plugins.crop.follow_ups import take
from plugins.crop.messages import CropEvent, CropFollowUp
from plugins.crop.options import EventType
from plugins.crop.schemas import schemas
from tests.crop_fixtures import FOLLOW_UP, OPTIONS, pushed

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "crop-api.md").read_text(encoding="utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def event_request() -> tuple[dict[str, str], bytes]:
    head, body = blocks("http")[0].split("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines()[1:]), body.rstrip("\n").encode()


@pytest.mark.parametrize(("name", "text"), schemas().items())
def test_the_schemas_are_those_of_the_code(name: str, text: str) -> None:
    path = ROOT / "docs" / "schemas" / name
    assert path.read_text(encoding="utf-8") == text, "run: python -m plugins.crop.schemas docs/schemas"


def test_the_event_is_one_of_ours_to_the_last_byte() -> None:
    headers, body = event_request()
    event = CropEvent.model_validate_json(body)
    assert event.model_dump_json().encode() == body
    assert headers["webhook-id"] == event.id
    assert headers["idempotency-key"] == f'"{event.id}"'
    assert f"one line of {len(body)} bytes" in PAGE


def test_its_signature_is_right() -> None:
    headers, body = event_request()
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert Webhook(SECRET).sign(headers["webhook-id"], NOW, body.decode()) == headers["webhook-signature"]
    assert headers["webhook-signature"].removeprefix("v1,") in PAGE.split("### Verify it")[1]


def test_the_receiver_in_python_works() -> None:
    space: dict[str, Any] = {}
    exec(blocks("python")[0], space)  # noqa: S102  # it is our own page, and the point is that it runs
    is_genuine = space["is_genuine"]
    headers, body = event_request()
    now = NOW.timestamp()
    assert is_genuine(headers, body, SECRET, now + 300)
    assert is_genuine({**headers, "webhook-signature": f"v1,x {headers['webhook-signature']}"}, body, SECRET, now)
    assert not is_genuine(headers, body, SECRET, now + 301)
    assert not is_genuine(headers, body + b" ", SECRET, now)
    assert not is_genuine({**headers, "webhook-signature": "v1,"}, body, SECRET, now)
    assert not is_genuine({}, body, SECRET, now)


def test_the_follow_up_is_valid_and_its_signature_right() -> None:
    shown = CropFollowUp.model_validate(json.loads(blocks("json")[0]))
    line = blocks("text")[0].rstrip("\n")
    assert CropFollowUp.model_validate_json(line) == shown
    assert f"this body of {len(line.encode())} bytes" in PAGE
    assert f"`{Webhook(SECRET).sign('tl-4711', NOW, line)}`" in PAGE


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "openssl", "base64", "od"))), reason="needs openssl")
def test_the_signer_in_shell_works(tmp_path: Path) -> None:
    line = blocks("text")[0].rstrip("\n")
    (tmp_path / "follow-up.json").write_text(line, encoding="utf-8")
    script = blocks("sh")[0].split("curl")[0].replace("$(date +%s)", str(int(NOW.timestamp())))
    run = subprocess.run(["bash", "-c", f"{script}\nprintf %s $mac"], cwd=tmp_path, capture_output=True, check=True)  # noqa: S603, S607  # our own page
    assert f"v1,{run.stdout.decode()}" == Webhook(SECRET).sign("tl-4711", NOW, line)


@pytest.mark.anyio
async def test_the_problem_is_what_a_missing_member_gives() -> None:
    context = make_context()
    answer = await take(pushed(FOLLOW_UP | {"at": None}), Crop.Options.model_validate(OPTIONS), context)
    await context.http.aclose()
    missing = {name: value for name, value in FOLLOW_UP.items() if name != "at"}
    absent = await take(pushed(missing), Crop.Options.model_validate(OPTIONS), context)
    assert answer.status == absent.status == 422
    given, shown = json.loads(absent.body), json.loads(blocks("json")[1])
    # Newer Pythons call a 422 by its newer name.
    assert {**given, "title": ""} == {**shown, "title": ""}


def test_the_schedule_is_the_dispatchers() -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| (\d+):(\d\d):(\d\d) \|$", PAGE, re.MULTILINE)
    since = [timedelta(hours=int(h), minutes=int(m), seconds=int(s)) for _, h, m, s in rows]
    assert since == [sum(SCHEDULE[: number + 1], timedelta()) for number in range(len(SCHEDULE))]


def test_every_event_and_member_is_explained() -> None:
    for event in EventType.__args__:
        assert f"| `{event}` |" in PAGE
    for name in (*CropEvent.model_fields["data"].annotation.model_fields, *CropFollowUp.model_fields):
        assert f"`{name}`" in PAGE, name
