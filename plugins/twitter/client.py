"""Requests to the X API v2 by tweepy, each giving the answer's JSON or one of the contract's errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import aiohttp
import tweepy
from tweepy.asynchronous import AsyncClient

from hub.plugin import PluginError, TryAgain
from plugins.twitter.gate import Gate, make_session
from plugins.twitter.options import Options

PAGE = 100
"""Posts a page at most, for mentions and search alike."""
FIELDS: dict[str, list[str]] = {
    "tweet_fields": [
        *("created_at", "author_id", "conversation_id", "in_reply_to_user_id", "referenced_tweets", "entities"),
        *("edit_history_tweet_ids", "geo", "lang", "attachments", "note_tweet", "display_text_range"),
    ],
    "media_fields": ["media_key", "type", "url", "preview_image_url", "variants"],
    "place_fields": ["id", "full_name", "name", "place_type", "geo", "country_code"],
}
EXPANSIONS = [
    *("geo.place_id", "attachments.media_keys"),
    *("referenced_tweets.id", "referenced_tweets.id.attachments.media_keys"),
]
_ESCAPING = (tweepy.TweepyException, aiohttp.ClientError, AttributeError, TypeError, ValueError)
"""What else comes out of tweepy 4.17 for answers that it did not expect."""


class Client:
    """X, asked in the name of one account."""

    def __init__(self, options: Options, clock: Callable[[], datetime]) -> None:
        self._options = options
        self.gate = Gate(options.api_url, clock)
        keys = (options.bearer_token, options.consumer_key, options.consumer_secret)
        tokens = (options.access_token, options.access_token_secret)
        self._tweepy = AsyncClient(
            *(key.get_secret_value() for key in (*keys, *tokens)),
            return_type=aiohttp.ClientResponse,
            wait_on_rate_limit=False,
        )
        self._signs = options.signs
        self._signs_search = options.signs and not options.bearer_token.get_secret_value()

    async def account(self, name: str) -> Any:
        """Look an account up by its name."""
        return await self._ask(self._open.get_user, username=name, user_auth=self._signs)

    async def mentions(self, account: str, **window: Any) -> Any:
        """Give a page of the posts that mention an account, by its id. `window`: since_id, start_time, the token."""
        named = {**self._wanted(), **window, "max_results": PAGE, "user_auth": self._signs}
        return await self._ask(self._open.get_users_mentions, account, **named)

    async def search(self, query: str, **window: Any) -> Any:
        """Give a page of the last seven days' posts that match."""
        wanted = {**self._wanted(), **window, "max_results": PAGE, "sort_order": "recency"}
        return await self._ask(self._open.search_recent_tweets, query, **wanted, user_auth=self._signs_search)

    async def own_posts(self, conversation: str) -> Any:
        """Give what the account itself wrote in a conversation, of the last seven days."""
        query = f"conversation_id:{conversation} from:{self._options.account}"
        return await self._ask(self._open.search_recent_tweets, query, user_auth=self._signs_search)

    async def posts(self, ids: list[str]) -> Any:
        """Look up to 100 posts up by their ids; those that are gone stand in the answer's errors."""
        return await self._ask(self._open.get_tweets, ids, user_auth=self._signs_search)

    async def reply(self, text: str, to: str) -> Any:
        """Post a reply under a post, by its id."""
        call = self._open.create_tweet
        return await self._ask(call, text=text, in_reply_to_tweet_id=to, user_auth=self._signs, posting=True)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._tweepy.session is not None:
            await self._tweepy.session.close()
            self._tweepy.session = None

    @property
    def _open(self) -> AsyncClient:
        """The client with its session, which can only be made where an event loop runs."""
        if self._tweepy.session is None:
            options = self._options
            self._tweepy.session = make_session(self.gate, options.timeout, proxied=not options.api_url)
        return self._tweepy

    def _wanted(self) -> dict[str, Any]:
        if not self._options.names:
            return {**FIELDS, "expansions": EXPANSIONS}
        people = ["author_id", "referenced_tweets.id.author_id"]
        return {**FIELDS, "expansions": [*EXPANSIONS, *people], "user_fields": ["id", "name", "username"]}

    async def _ask(self, call: Callable[..., Awaitable[Any]], *words: Any, posting: bool = False, **named: Any) -> Any:
        try:
            response = await call(*words, **named)
            found = await response.json(content_type=None)
        except PluginError:
            raise
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            problem = TryAgain("no connection")
        except TimeoutError:
            problem = TryAgain("timed out", uncertain=posting)
        except (*_ESCAPING, RecursionError) as error:
            problem = TryAgain(f"no usable answer ({type(error).__name__})", uncertain=posting)
        else:
            if isinstance(found, dict):
                return found
            problem = TryAgain("answered something that is no object", uncertain=posting)
        # Raised out here, the error carries no context: aiohttp's exceptions hold the request and its token.
        raise problem
