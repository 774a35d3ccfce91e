"""`aduan.toml` as typed settings: read, substituted, checked, and every mistake answered with file and line."""

from hub.settings.model import (
    SQLITE,
    AlertSettings,
    ChannelSettings,
    HubSettings,
    Settings,
    SettingsError,
    WebSettings,
    async_url,
    is_secret,
    literal_secrets,
    load_settings,
)

__all__ = [
    "SQLITE",
    "AlertSettings",
    "ChannelSettings",
    "HubSettings",
    "Settings",
    "SettingsError",
    "WebSettings",
    "async_url",
    "is_secret",
    "literal_secrets",
    "load_settings",
]
