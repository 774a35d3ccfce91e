"""A city for one incident: X, a mail server, Qlue and CROP on loopback, and a hub as a process of its own to be killed.

What the hub sends to citizens passes turnstiles.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import smtplib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from aiosmtpd.smtp import SMTP, Envelope, Session
from imapclient import IMAPClient
from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox import crop, qlue
from sandbox import twitter as x
from sandbox.day.photos import draw
from sandbox.mail import Outbox
from tests.cli_fixtures import ADUAN, surroundings
from tests.dovecot import PASSWORD, USER, Dovecot
from tests.test_cli_serve import free_port
from tests.turnstile import HeldPosts, Turnstile
from tests.twitter_fixtures import open_door, snowflake

TO_CROP, FROM_CROP = crop.made_up_secret("to crop"), crop.made_up_secret("from crop")
TOKEN = "made-up-token"
KEYS = x.Keys()
JAKARTA = ZoneInfo("Asia/Jakarta")
PATIENCE = 60.0
"""Seconds that anything may take."""

ON_X = {"id": "1000000000000000001", "name": "Warga Pertama", "username": "warga_pertama"}
BY_MAIL = "warga.kedua@example.org"
MAIL_NAME = "Warga Kedua"
MAIL_ID = "<keluhan-lampu@example.org>"
SUBJECT = "Lampu jalan mati di Jalan Kemang Raya"
ON_QLUE = "wargaketiga"
MARKER = 5100001
THEIR_NAMES = {
    "x": (ON_X["name"], ON_X["username"], ON_X["id"]),
    "email": (MAIL_NAME, BY_MAIL),
    "qlue": (ON_QLUE,),
}
"""What could tell who a citizen is, by the channel that the citizen is on."""
NOTE = f"Lampu diganti. Kata {MAIL_NAME}, {ON_QLUE}, @{ON_X['username']}, {ON_X['name']} dan {BY_MAIL} sudah terang."

SETTINGS = """\
[hub]
database = "{database}"
photo_networks = ["127.0.0.0/8"]
[web]
port = {port}

[[channel]]
name = "x"
kind = "twitter"
every = "1s"
[channel.options]
api_url = "{http}/x"
account = "AduanKota"
timeout = 60
consumer_key = "{keys.consumer_key}"
consumer_secret = "{keys.consumer_secret}"
access_token = "{keys.access_token}"
access_token_secret = "{keys.access_token_secret}"

[[channel]]
kind = "email"
every = "1s"
[channel.options]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{mailbox}"
password = "{password}"
after = "move:Processed"
timeout = 60
idle_seconds = 5
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "none"
sent_folder = "Sent"
own_copy = 1

[[channel]]
kind = "qlue"
every = "1s"
[channel.options]
url = "{http}/qlue{list}"
history_url = "{http}/qlue{history}"
reply_url = "{http}/qlue{replies}"
token = "{token}"

[[channel]]
kind = "crop"
[channel.options]
url = "{http}/crop{events}"
secrets = ["{to_crop}"]
receive_secrets = ["{from_crop}"]
min_interval = 0
"""


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something to become true."""
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    while clock() < end:
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"in vain: {what}")


# ------------------------------------------------------------------------------------------------------ the other sides


class PostOffice(Outbox):
    """An SMTP server that lays each mail into the mailboxes of a real server, for every recipient at once."""

    def __init__(self, dovecot: Dovecot, turnstile: Turnstile) -> None:
        super().__init__()
        self._dovecot, self._turnstile = dovecot, turnstile

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not envelope.rcpt_tos:
            await self._turnstile.pass_in()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        kept = await super().handle_DATA(server, session, envelope)
        await asyncio.to_thread(self._lay_in, self.mails[-1].sender, envelope.rcpt_tos, self.mails[-1].raw)
        await self._turnstile.pass_out()
        return kept

    def _lay_in(self, sender: str, recipients: list[str], raw: bytes) -> None:
        with smtplib.LMTP("127.0.0.1", self._dovecot.lmtp) as lmtp:
            for recipient in recipients:  # LMTP answers for each, smtplib reads one answer
                lmtp.sendmail(sender, [recipient], raw)


# ----------------------------------------------------------------------------------------------------------- the hub


@dataclass
class HubProcess:
    """`aduan serve` in a folder; it can die at any moment."""

    folder: Path
    port: int = field(default_factory=free_port)
    kills: int = 0
    _process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        with (self.folder / "hub.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                ADUAN,
                *("serve", "-c", "aduan.toml"),
                cwd=self.folder,
                env=surroundings(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """End it as a power failure does, with all its helpers."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
            self._process = None
            self.kills += 1

    def replies(self, channel: str) -> list[str]:
        """List the states of a channel's replies (SQLite only)."""
        try:
            with closing(sqlite3.connect(f"file:{self.folder / 'aduan.db'}?mode=ro", uri=True, timeout=2)) as reader:
                found = "SELECT state FROM deliveries WHERE kind = 'reply' AND channel = ?"
                return [str(state) for (state,) in reader.execute(found, (channel,))]
        except sqlite3.Error:
            return []  # it is being opened by a hub that starts


# ---------------------------------------------------------------------------------------------------------- the city


class City:
    """Three citizens, three ways to them, and CROP."""

    def __init__(self, dovecot: Dovecot, hub: HubProcess) -> None:
        self.dovecot, self.hub = dovecot, hub
        self.ways = {name: Turnstile() for name in ("x", "email", "qlue")}
        self.x, self.qlue, self.crop = x.Timeline(), qlue.Feed(), crop.Crop([TO_CROP])
        self.mails = PostOffice(dovecot, self.ways["email"])
        self.http = self.post = ""

    def app(self) -> Starlette:
        async def photo(_request: Request) -> Response:
            return Response(await asyncio.to_thread(draw, "selesai.jpg", None), media_type="image/jpeg")

        return Starlette(
            routes=[
                Mount("/x", HeldPosts(x.make_app(self.x, KEYS), self.ways["x"])),
                Mount("/qlue", HeldPosts(qlue.make_app(self.qlue, TOKEN), self.ways["qlue"])),
                Mount("/crop", crop.make_app(self.crop)),
                Route("/selesai.jpg", photo),
            ]
        )

    def settings(self, database: str) -> str:
        return SETTINGS.format(
            database=database,
            port=self.hub.port,
            http=self.http,
            keys=KEYS,
            imap=self.dovecot.imap,
            mailbox=USER,
            password=PASSWORD,
            smtp=self.mails.port,
            list=qlue.LIST,
            history=qlue.HISTORY,
            replies=qlue.REPLIES,
            token=TOKEN,
            events=crop.EVENTS,
            to_crop=TO_CROP,
            from_crop=FROM_CROP,
        )

    def complain(self) -> None:
        """Let three citizens tell of one dead lamp, minutes apart."""
        now = datetime.now(UTC)
        words = "Lampu jalan mati di Jalan Kemang Raya RT 05/RW 02 Kelurahan Bangka, gelap sekali"
        at = now - timedelta(minutes=9)
        post = {"id": str(snowflake(at)), "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z", "text": f"@AduanKota {words}"}
        self.post = self.x.show(post, user=ON_X)
        detail = {"status": "wait", "desc": f"PJU mati. {words}", "comment_count": 0, "image": ""}
        self.qlue.show(
            {
                "id": MARKER,
                "type": "Street Light",
                "profile": {
                    "username": ON_QLUE,
                    "timestamp": f"{(now - timedelta(minutes=4)).astimezone(JAKARTA):%Y-%m-%d %H:%M:%S}",
                    "location": {"lat": -6.2605, "lng": 106.8135},
                    "detail": detail,
                },
            }
        )
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{MAIL_NAME} <{BY_MAIL}>", USER, SUBJECT
        mail["Message-ID"] = MAIL_ID
        mail.set_content(f"Selamat malam. {words} sejak kemarin. Mohon diperbaiki.")
        self.dovecot.deliver(mail.as_bytes())

    async def joined(self) -> dict[str, Any]:
        """Wait until CROP knows one report with all three complaints, and each citizen its number."""
        await until(lambda: any(one["complaint_count"] == 3 for one in self.crop.reports.values()), "one report")
        await until(lambda: self.have_taken(1), "three acknowledgements")
        (report,) = self.crop.reports.values()
        return report

    def have_taken(self, count: int) -> bool:
        """Say whether every other side has taken so much."""
        return all(way.taken >= count for way in self.ways.values())

    async def finish(self, report: dict[str, Any]) -> None:
        """Let CROP say that the lamp shines, with a photo; the hub must accept it."""
        now = datetime.now(UTC).replace(microsecond=0)
        body = json.dumps(
            {
                "id": "crop-selesai-1",
                "report": report["report"],
                "status": "Selesai",
                "note": NOTE,
                "photos": [f"{self.http}/selesai.jpg"],
                "unit": report["units"][0]["unit"],
                "at": now.isoformat(),
            }
        )
        headers = {
            "content-type": "application/json",
            "webhook-id": "crop-selesai-1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(FROM_CROP).sign("crop-selesai-1", now, body),
        }
        async with httpx2.AsyncClient(timeout=10) as client:
            answer = await client.post(f"{self.hub.url}/hooks/crop", content=body.encode(), headers=headers)
        assert answer.status_code == 202, answer.text

    def entries(self) -> list[dict[str, Any]]:
        """Give what stands in the history of the citizen's report at Qlue."""
        return self.qlue.history(str(MARKER))

    async def letters(self) -> list[EmailMessage]:
        """Read the citizen's mailbox."""
        return await asyncio.to_thread(self._fetch)

    def _fetch(self) -> list[EmailMessage]:
        with IMAPClient("127.0.0.1", self.dovecot.imap, ssl=False, timeout=10) as client:
            client.login(BY_MAIL, PASSWORD)
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
        raws = [found[uid][b"BODY[]"] for uid in sorted(found)]
        return [message_from_bytes(raw, policy=policy.default) for raw in raws]


@asynccontextmanager
async def city_at(dovecot: Dovecot, folder: Path, database: str = "sqlite:///aduan.db") -> AsyncIterator[City]:
    """Open every door, write the hub's settings, start it, and kill it at the end."""
    _empty(dovecot)
    hub = HubProcess(folder)
    city = City(dovecot, hub)
    async with open_door() as door, city.mails:
        door.app, city.http = city.app(), door.url
        (folder / "aduan.toml").write_text(city.settings(database), encoding="utf-8")
        await hub.start()
        try:
            yield city
        finally:
            await hub.kill()


def _empty(dovecot: Dovecot) -> None:
    """Give the citizen a mailbox, and begin with empty ones."""
    users = dovecot.root / "passwd"
    if BY_MAIL not in users.read_text():
        users.write_text(f"{users.read_text()}{BY_MAIL}:{{PLAIN}}{PASSWORD}\n")
    for user in (USER, BY_MAIL):
        with IMAPClient("127.0.0.1", dovecot.imap, ssl=False, timeout=10) as client:
            client.login(user, PASSWORD)
            for folder in ("INBOX", "Processed", "Sent"):
                client.select_folder(folder)
                client.delete_messages(client.search())
                client.expunge()
