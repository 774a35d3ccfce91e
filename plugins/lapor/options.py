"""Settings of a LAPOR! channel. No current interface is public, so nothing about it is fixed: all of it is typed in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from hub.plugin import Channel, Secret
from normalizer.report import STATUSES
from plugins.lapor.fields import DEFAULTS


def _as_names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_names)]
"""One name, or several that are tried in turn."""


class Table(BaseModel):
    """A table inside the options: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Paths(Table):
    """Where each call is, behind `base_url`. An empty one is not made."""

    topics: str = Field(default="", description="Topics with their numbers; as known: /api/services/f01/gettopics.")
    reports: str = Field(default="", description="List of reports.")
    add_stream: str = Field(
        default="/api/stream/addstream", description="Takes a report as XML (only with `push_reports`)."
    )
    status: str = Field(default="", description="Takes a status as XML; empty: staff type it in on the admin site.")


class Paging(Table):
    """How the list of reports is asked for in parts. Without `page` it is asked for once."""

    page: str = Field(default="", description="Form parameter with the number of the page.")
    size: str = Field(default="", description="Form parameter with the number of reports on a page.")
    limit: int = Field(default=100, ge=1, le=1000, description="Reports on a page; a shorter page is the last.")
    first: int = Field(default=1, ge=0, le=1, description="Number of the first page.")
    most: int = Field(default=50, ge=1, le=1000, description="Pages asked for in one pull, at most.")


class Account(Table):
    """The city's own account at LAPOR!, which reports in its name: never a citizen's."""

    email: str = Field(default="", description="Its e-mail address.")
    phone: str = Field(default="", description="Its phone number.")
    first_name: str = Field(default="", description="Its first name (namadepan).")
    last_name: str = Field(default="", description="Its last name (namabelakang).")


class LaporOptions(Channel.Options):
    """Where LAPOR! is, what its fields are called, and which folder its exports are dropped into."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    base_url: str = Field(default="", description="Address of LAPOR!'s interface, without a path; empty: none.")
    paths: Paths = Field(default_factory=Paths, description="Path of each call: topics, reports, add_stream, status.")
    token: Secret = Field(default=Secret(""), description="Token that LAPOR! gave for its interface.")
    token_field: str = Field(default="KEYTOKEN", min_length=1, description="Form parameter that carries the token.")
    parameters: dict[str, str] = Field(
        default_factory=dict, description="Further form parameters of the list of reports, such as the agency."
    )
    paging: Paging = Field(default_factory=Paging, description="How the list is asked for in parts.")
    rows: str = Field(
        default="", description="Where the list stands in the answer, dotted; empty: found by the usual names."
    )
    fields: dict[str, Names] = Field(
        default_factory=dict, description="What LAPOR! calls each field, in answers and exports: text = “isi_laporan”."
    )
    statuses: dict[str, str] = Field(
        default_factory=dict, description="Further words for a status, and the hub's status each means."
    )
    export_folder: Path | None = Field(
        default=None, description="Folder into which exports (CSV, JSON) and typed statuses are dropped."
    )
    push_reports: bool = Field(default=False, description="Hand every new report of the hub to LAPOR! as well.")
    service_account: Account = Field(
        default_factory=Account, description="The city's account that reports come from: email, phone, names."
    )

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, fields: dict[str, Names]) -> dict[str, Names]:
        if unknown := sorted(fields.keys() - DEFAULTS.keys()):
            raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(DEFAULTS)}")
        return fields

    @field_validator("statuses")
    @classmethod
    def _known_statuses(cls, statuses: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(statuses.values()) - set(STATUSES)):
            raise ValueError(f"{', '.join(unknown)}: no such status; there are {', '.join(STATUSES)}")
        return statuses
