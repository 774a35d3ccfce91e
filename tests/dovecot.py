"""A real mail server for tests: Dovecot in a folder of its own, run as any user, on ports of its own."""

from __future__ import annotations

import grp
import http.server
import json
import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from imapclient import IMAPClient

USER = "aduan@mail.test"
PASSWORD = "not-a-secret-1"
TOKEN = "token-for-tests"
FOLDERS = ("Processed", "Failed", "Sent")

_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/lib/dovecot"


def require(program: str) -> str:
    """Give the program's path; skip the test where it is not installed, fail where CI promised it."""
    path = shutil.which(program, path=_PATH)
    if path is not None:
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not installed")
    pytest.skip(f"{program} is not installed")


@dataclass(frozen=True)
class Dovecot:
    root: Path
    imap: int
    imaps: int
    lmtp: int

    def options(self, **more: Any) -> dict[str, Any]:
        plain = {"host": "127.0.0.1", "port": self.imap, "security": "none", "username": USER, "timeout": 10}
        return plain | ({} if "oauth_token_command" in more else {"password": PASSWORD}) | more

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.imap, ssl=False, timeout=10) as client:
            client.login(USER, PASSWORD)
            client.select_folder(folder)
            yield client

    def append(self, *mails: bytes, when: datetime | None = None) -> None:
        """Lay exact bytes into the folder."""
        with self.client() as client:
            for mail in mails:
                client.append("INBOX", mail, msg_time=when)

    def deliver(self, *mails: bytes) -> None:
        """Hand over as a mail server does: Return-Path, Delivered-To and Received are added."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            for mail in mails:
                lmtp.sendmail("warga@example.org", [USER], mail)

    def admin(self, *words: str) -> None:
        subprocess.run([require("doveadm"), "-c", str(self.root / "dovecot.conf"), *words], check=True, timeout=20)  # noqa: S603 doveadm with words of the tests

    def renumber(self) -> None:
        """Lose the index files: UIDVALIDITY and all UIDs change."""
        for path in (self.root / "mail" / USER).rglob("dovecot*"):
            path.unlink()

    def flags(self, folder: str = "INBOX") -> list[set[bytes]]:
        with self.client(folder) as client:
            found = client.search()
            return [set(client.fetch([uid], ["FLAGS"])[uid][b"FLAGS"]) for uid in found]


@contextmanager
def running() -> Iterator[Dovecot]:
    """Start a server in a folder of its own, stop it at the end."""
    program = require("dovecot")
    # Not pytest's folder: its path is too long for a Unix socket, and closed to the mail user.
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder, _introspection() as introspection:
        root = Path(folder)
        server = Dovecot(root, *_free_ports(3))
        config = _configure(server, introspection)
        null = subprocess.DEVNULL
        # It keeps an inherited stdout for ever: a caller that reads a pipe would hang.
        with subprocess.Popen([program, "-F", "-c", config], stdin=null, stdout=null, stderr=null) as process:  # noqa: S603 dovecot
            try:
                _await_greeting(server.imap, process, root)
                yield server
            finally:
                process.terminate()


def make_certificate(root: Path) -> None:
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = [
        require("openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    out = ["-addext", names, "-keyout", str(root / "key.pem"), "-out", str(root / "cert.pem")]
    subprocess.run([*command, *out], check=True, capture_output=True, timeout=30)  # noqa: S603 openssl


def tls_context(root: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(root / "cert.pem", root / "key.pem")
    return context


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _await_greeting(port: int, process: subprocess.Popen[bytes], root: Path) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.05)
    log = root / "dovecot.log"
    pytest.fail(f"dovecot does not answer: {log.read_text() if log.exists() else process.returncode}")


def _configure(server: Dovecot, introspection: int) -> str:
    root = server.root
    uid, gid = (5000, 5000) if os.getuid() == 0 else (os.getuid(), os.getgid())
    (root / "run").mkdir()
    (root / "mail").mkdir()
    os.chown(root / "mail", uid, gid)
    root.chmod(0o711)  # the mail user must get through to its mail
    make_certificate(root)
    (root / "passwd").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (root / "oauth2.ext").write_text(
        f"introspection_url = http://127.0.0.1:{introspection}/introspect?token=\nintrospection_mode = get\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    path = root / "dovecot.conf"
    path.write_text(_config(server, uid, gid))
    return str(path)


def _config(server: Dovecot, uid: int, gid: int) -> str:
    root = server.root
    folders = "".join(f"  mailbox {name} {{\n    auto = create\n  }}\n" for name in FOLDERS)
    return f"""
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/dovecot.log
instance_name = {root.name}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_max_userip_connections = 50
mail_location = maildir:{root}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
{_own_user()}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.ext
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
{folders}}}
service imap-login {{
  {_own_chroot()}
  inet_listener imap {{
    port = {server.imap}
  }}
  inet_listener imaps {{
    port = {server.imaps}
    ssl = yes
  }}
}}
service anvil {{
  {_own_chroot()}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {_own_chroot()}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {server.lmtp}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@mail.test
}}
"""


def _own_user() -> str:
    if os.getuid() == 0:
        return ""
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    return f"default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}"


def _own_chroot() -> str:
    return "" if os.getuid() == 0 else "chroot ="


class _Introspection(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        active = parse_qs(urlsplit(self.path).query).get("token") == [TOKEN]
        body = json.dumps({"active": active, "username": USER} if active else {"active": False}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _introspection() -> Iterator[int]:
    """Say which tokens are good, as an OAuth server does."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Introspection)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
