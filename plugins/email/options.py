"""Settings of a mailbox: where mail comes in, what becomes of it there, and the way out."""

from __future__ import annotations

import ssl
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.plugin import BadOptions, Secret

Security = Literal["tls", "starttls", "none"]

_ADDRESS = r"^$|^[^\s@<>,]+@[^\s@<>,]+$"
_IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}


class MailOptions(BaseModel):
    """One mailbox (IMAP) and the server that sends its answers (SMTP)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    host: str = Field(min_length=1, description="IMAP server.")
    port: int = Field(default=0, ge=0, le=65535, description="Its port; 0 = the usual one of `security`.")
    security: Security = Field(default="tls", description="How the IMAP connection is protected.")
    username: str = Field(min_length=1, description="User of the mailbox, mostly its address.")
    password: Secret = Field(default=Secret(""), description="Its password; or give oauth_token_command.")
    oauth_token_command: str = Field(
        default="", repr=False, description="Command that prints a fresh access token, asked at each connection."
    )
    folder: str = Field(default="INBOX", description="Folder that complaints come into.")
    after: str = Field(
        default="seen",
        pattern=r"^(seen|move:.+)$",
        description="What becomes of a stored mail: `seen` or `move:FOLDER`.",
    )
    idle: bool = Field(default=True, description="Wait for new mail on the open connection.")
    smtp_host: str = Field(default="", description="Server that sends the answers; empty: none go out.")
    smtp_port: int = Field(default=0, ge=0, le=65535, description="Its port; 0 = the usual one of `smtp_security`.")
    smtp_security: Security = Field(default="starttls", description="How the SMTP connection is protected.")
    smtp_username: str = Field(default="", description="User there; empty: no login.")
    smtp_password: Secret = Field(default=Secret(""), description="Password there; empty: oauth_token_command.")
    from_address: str = Field(
        default="", pattern=_ADDRESS, description="Sender of the answers; `username` where it is an address."
    )

    addresses: tuple[str, ...] = Field(default=(), description="Other addresses that lead into this mailbox.")
    own_lists: tuple[str, ...] = Field(
        default=(), description="List-Id of groups that feed this mailbox: their mail is no newsletter."
    )
    authserv_id: str = Field(
        default="",
        description="Name in the Authentication-Results of the city's own mail server; others are not believed.",
    )
    ca_file: str = Field(default="", description="Certificates to trust besides the public authorities'.")
    timeout: float = Field(default=30, gt=0, le=300, description="Seconds to wait for an answer of a server.")
    idle_seconds: float = Field(
        default=30, ge=1, le=60, description="Longest wait before the folder is searched again."
    )
    max_bytes: int = Field(
        default=20_000_000, ge=10_000, le=25_000_000, description="Of a larger mail only the beginning is taken."
    )
    quarantine_folder: str = Field(default="", description="Folder that mails over `max_bytes` are moved to.")
    sent_folder: str = Field(
        default="", description="Folder for copies of the answers; it is searched where it is unknown what was sent."
    )
    own_copy: float = Field(
        default=0,
        ge=0,
        le=120,
        description="Address each answer to this mailbox too; where its outcome is unknown, look for it there for so"
        " many seconds before it is sent again. 0: no.",
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if bool(self.password.get_secret_value()) == bool(self.oauth_token_command):
            raise ValueError("give either password or oauth_token_command")
        if self.smtp_host and not self.sender:
            raise ValueError("from_address is needed where username is no address")
        return self

    @property
    def imap_port(self) -> int:
        """The port to connect to."""
        return self.port or _IMAP_PORTS[self.security]

    @property
    def outgoing_port(self) -> int:
        """The port to send through."""
        return self.smtp_port or _SMTP_PORTS[self.smtp_security]

    @property
    def target(self) -> str:
        """The folder that stored mail is moved to; empty where it is marked as seen."""
        return self.after.removeprefix("move:") if self.after != "seen" else ""

    @property
    def sender(self) -> str:
        """The address that answers come from."""
        return self.from_address or (self.username if "@" in self.username else "")

    @property
    def copy_folders(self) -> list[str]:
        """Where copies of the answers may lie; a mail wanders through them in this order."""
        own = [self.folder, self.target] if self.own_copy else []
        return [name for name in (self.sent_folder, *own) if name]

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address of this mailbox that is known, in lower case."""
        return frozenset(address.lower() for address in (self.sender, self.username, *self.addresses) if "@" in address)

    def tls(self) -> ssl.SSLContext:
        """Make the context that checks the servers' certificates; BadOptions where `ca_file` holds none."""
        try:
            return ssl.create_default_context(cafile=self.ca_file or None)
        except OSError as error:
            raise BadOptions(f"ca_file cannot be read ({type(error).__name__})") from None
