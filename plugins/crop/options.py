"""Settings of a CROP channel, checked when the settings are read: a bad secret must not wait for the first report."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AnyHttpUrl, ConfigDict, Field, model_validator
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from hub.plugin import Channel, Secret
from normalizer.report import Report, Status

Auth = Literal["signature", "bearer", "basic"]
EventType = Literal[
    "report.created", "report.updated", "report.merged", "report.split", "report.withdrawn", "complaint.erased"
]
ALWAYS_POSTED = frozenset({"report.withdrawn", "complaint.erased"})
"""Who was told of something must hear that it is gone."""


class CropOptions(Channel.Options):
    """Where CROP is, how both sides prove who they are, what it is told, and in which words."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    url: AnyHttpUrl
    """Address that takes the events by POST."""
    auth: Auth = "signature"
    """How a sender proves itself, in both directions: Standard Webhooks signature, bearer token or user:password."""
    secrets: Annotated[tuple[Secret, ...], Field(min_length=1)]
    """Our secrets towards CROP. With `signature` all of them sign, otherwise the first is sent."""
    receive_secrets: tuple[Secret, ...] = ()
    """Secrets accepted from CROP, each good on its own. None: nothing is accepted."""
    timeout: Annotated[float, Field(gt=0, le=60)] = 15
    """Seconds to wait for CROP's answer."""
    events: tuple[EventType, ...] = ()
    """Events that are posted to CROP; empty = all. Withdrawals and erasures always are."""
    status_map: Annotated[dict[Status, str], Field(default_factory=dict)]
    """Our status → CROP's word for it, used in both directions."""
    unit_map: Annotated[dict[str, str], Field(default_factory=dict)]
    """Our unit code → CROP's name for it, used in both directions."""
    units: tuple[str, ...] = ()
    """Only reports in which one of these units has a part; empty = all."""
    areas: tuple[str, ...] = ()
    """Only reports inside these areas, codes like 31.71 or 31.71.01; empty = all."""
    categories: tuple[str, ...] = ()
    """Only reports of these categories; empty = all."""
    min_interval: Annotated[float, Field(ge=0)] = 60
    """Seconds between two `report.updated` of one report; changes of status, urgency, place or units do not wait."""

    @model_validator(mode="after")
    def _secrets_work(self) -> Self:
        for secret in (*self.secrets, *self.receive_secrets):
            _try_secret(self.auth, secret.get_secret_value())
        return self

    def posts(self, event: str) -> bool:
        """Say whether this kind of event goes to CROP."""
        return not self.events or event in self.events or event in ALWAYS_POSTED

    def admits(self, report: Report) -> bool:
        """Say whether the filters let this report through."""
        code = report.place.kelurahan or report.place.kecamatan
        return (
            (not self.units or any(share.unit in self.units for share in report.units))
            and (not self.areas or any(f"{code}.".startswith(f"{area}.") for area in self.areas))
            and (not self.categories or report.category in self.categories)
        )


def _try_secret(auth: Auth, secret: str) -> None:
    if auth == "signature":
        try:
            Webhook(secret)
        except (ValueError, EmptyWebhookSecretError):
            raise ValueError("a signing secret is `whsec_` and base64") from None
    elif not secret.isascii() or not secret.isprintable() or not secret:
        raise ValueError("a token or password is printable ASCII")
    elif auth == "basic" and ":" not in secret:
        raise ValueError("with basic a secret is `user:password`")
