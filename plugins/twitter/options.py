"""Settings of the channel, and what is wrong with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.plugin import BadOptions, Secret

_NONE = Secret("")


class Options(BaseModel):
    """Whose mentions are read, with which keys, and what it may cost."""

    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid")

    account: str = Field(description="The city's account, without @: its mentions are read, it writes the replies.")
    bearer_token: Secret = Field(default=_NONE, description="The app's bearer token, or an OAuth 2.0 user token.")
    consumer_key: Secret = Field(default=_NONE, description="OAuth 1.0a: the app's API key.")
    consumer_secret: Secret = Field(default=_NONE, description="OAuth 1.0a: the app's API key secret.")
    access_token: Secret = Field(default=_NONE, description="OAuth 1.0a: the account's access token.")
    access_token_secret: Secret = Field(default=_NONE, description="OAuth 1.0a: the account's access token secret.")
    query: str = Field(default="", max_length=512, description="Recent search beside the mentions; empty: none.")
    replies: bool = Field(default=True, description="Answer under the posts of those who called the account.")
    api_url: str = Field(default="", description="Another address of the API, for a stand-in; empty: X itself.")
    overlap: Annotated[int, Field(ge=0, le=1440)] = Field(
        default=10, description="Minutes that are read again at each pull: X may list a post late."
    )
    first_hours: Annotated[int, Field(ge=0, le=160)] = Field(
        default=24, description="Hours that the very first pull looks back."
    )
    names: bool = Field(default=True, description="Ask for the authors' names too; X may charge for them.")
    owned: bool = Field(
        default=False, description="The account owns the developer app: its mentions cost a fifth of other posts."
    )
    monthly_budget: Annotated[float, Field(ge=0)] = Field(
        default=0, description="US dollars a month (UTC) after which nothing more is read; 0: no limit."
    )
    recheck_days: Annotated[int, Field(ge=0, le=60)] = Field(
        default=0, description="Days for which complaints are looked up daily, at a price, to notice deleted posts."
    )
    filter_file: Path | None = Field(default=None, description="Own word list of the filter; none: the one shipped.")
    timeout: Annotated[float, Field(gt=0, le=300)] = Field(default=30, description="Seconds to wait for an answer.")

    @field_validator("account")
    @classmethod
    def _plain(cls, value: str) -> str:
        name = value.removeprefix("@")
        if not re.fullmatch(r"[A-Za-z0-9_]{1,15}", name):
            raise ValueError("is no name of an account: up to 15 letters, digits and _")
        return name

    @property
    def signs(self) -> bool:
        """Requests can be made in the account's own name by OAuth 1.0a."""
        return all(key.get_secret_value() for key in self._signature)

    @property
    def _signature(self) -> tuple[Secret, ...]:
        return self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret


def check(options: Options) -> None:
    """Raise BadOptions for settings that cannot work together."""
    some = any(key.get_secret_value() for key in options._signature)  # noqa: SLF001 - its own module
    if some and not options.signs:
        raise BadOptions("consumer_key, consumer_secret, access_token and access_token_secret belong together")
    if not options.signs and not options.bearer_token.get_secret_value():
        raise BadOptions("bearer_token, or the four keys of OAuth 1.0a, are needed")
    try:
        address = urlsplit(options.api_url)
        usable = address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError:
        usable = False
    if options.api_url and not usable:
        raise BadOptions("api_url is no http or https address")
