"""`[sso]`: the city's own sign-in."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

from pydantic import AfterValidator, SecretStr, model_validator

from hub.settings.table import Table


def _issuer(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise ValueError('is no address of a site; write it with "https://"')
    return address.rstrip("/")


class SsoSettings(Table):
    """`[sso]`: the city's own sign-in, by OpenID Connect. Accounts are made here all the same."""

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: str
    client_secret: SecretStr
    scope: str = "openid profile"
    claim: str = "preferred_username"
    """What of the identity is the name of the account."""
    title: str = "SSO"
    """What stands on the button."""

    @model_validator(mode="after")
    def _installed(self) -> SsoSettings:
        if find_spec("joserfc") is None:
            raise ValueError('needs more packages: install them with pip install "aduan-hub[sso]"')
        return self
