"""Settings of a page: where Facebook is, who we are there, and how long things belong together."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.plugin import Secret


class FacebookOptions(BaseModel):
    """One page of one app."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    graph_url: str = Field(default="https://graph.facebook.com", description="Where the Graph API is.")
    api_version: str = Field(
        default="v25.0",
        pattern=r"^v[0-9]{1,3}\.[0-9]$",
        description="Its version; each ends about two years after its day.",
    )
    page_id: str = Field(pattern=r"^[0-9]{1,32}$", description="Number of the page.")
    page_token: Secret = Field(description="The page's access token, never one of a person.")
    app_secret: Secret = Field(
        default=Secret(""), description="Proves what Facebook pushes; empty: nothing that is pushed is taken."
    )
    verify_token: Secret = Field(
        default=Secret(""), description="Given back by Facebook when the webhook is set up; empty: never verified."
    )
    poll: tuple[Literal["posts", "messages"], ...] = Field(
        default=("posts", "messages"), description="What is also asked for, beside what Facebook pushes."
    )
    lookback_days: int = Field(
        default=7, ge=1, le=90, description="Days back that posts are asked for again, for their new comments."
    )
    max_age_hours: int = Field(
        default=72, ge=1, le=720, description="Pushes of events older than this are refused as replays."
    )
    burst_seconds: int = Field(
        default=120, ge=0, le=3600, description="Messages of one person within so many seconds are one complaint."
    )
    conversation_days: int = Field(
        default=1,
        ge=0,
        le=30,
        description="So many days after a complaint, messages of its citizen still belong to it.",
    )
    human_agent: bool = Field(
        default=False,
        description="Send what a person wrote up to 7 days after the citizen's last message (tag HUMAN_AGENT).",
    )
