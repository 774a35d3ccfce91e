"""Answers: a comment under the citizen's words for all to see, or a message to them alone within Facebook's window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hub.plugin import Delivery, Manner, Receipt, Rejected, Reply, WindowClosed
from normalizer.privacy import scrub
from plugins.facebook.graph import Graph
from plugins.facebook.options import FacebookOptions
from plugins.facebook.refusals import BadLink, Duplicate
from plugins.facebook.values import digest, instant, rows_at, text_at

WINDOW = timedelta(hours=24)
"""How long after a person's last message a page may answer (Send API)."""
HUMAN_WINDOW = timedelta(days=7)
"""The same for what a person wrote, with the tag HUMAN_AGENT."""
SKEW = timedelta(minutes=5)
"""Facebook's clock and ours may differ."""
MOST_LOOKED = 100
COMMENT = Manner(max_chars=2000, links=False, photos=0, threads=True)
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply on its way."""

    graph: Graph
    options: FacebookOptions
    now: datetime
    delivery: Delivery
    reply: Reply

    async def send(self) -> Receipt:
        """Send it once. Raises the contract's errors."""
        return await (self._message() if is_message(self.reply.reply_context) else self._comment())

    # --------------------------------------------------------------------------------------------------- comment

    async def _comment(self) -> Receipt:
        """Anybody reads it: no personal data, and the number, which also tells one answer from the next."""
        to = self.delivery.to
        text = scrub(self.reply.text, names=[to.name] if to and to.name else [])
        if self.reply.report not in text:
            text = f"{self.reply.report}: {text}"
        path = f"{self.reply.complaint}/comments"
        if self.delivery.uncertain and (known := await self._commented(path, text)):
            return Receipt(known, "an earlier try had arrived")
        return await self._once(path, {"message": text}, text, "id")

    async def _commented(self, path: str, text: str) -> str:
        fields = "id,message,from{id},created_time"
        answer = await self.graph.get(path, fields=fields, order="reverse_chronological", limit=str(MOST_LOOKED))
        return self._ours(answer, text)

    # --------------------------------------------------------------------------------------------------- message

    async def _message(self) -> Receipt:
        if self.delivery.to is None:
            raise Rejected("nobody to answer")
        person, text = self.delivery.to.handle, self.reply.text
        if self.delivery.uncertain and (known := self._ours(await self._talk(person), text)):
            return Receipt(known, "an earlier try had arrived")
        body = {"recipient": {"id": person}, **self._kind(), "message": {"text": text}}
        return await self._once(f"{self.options.page_id}/messages", body, text, "message_id")

    async def _talk(self, person: str) -> dict[str, Any]:
        """Give the newest messages of the conversation with a person."""
        fields = f"messages.limit({MOST_LOOKED}){{id,message,from{{id}},created_time}}"
        path = f"{self.options.page_id}/conversations"
        answer = await self.graph.get(path, platform="messenger", user_id=person, fields=fields)
        messages = next(rows_at(answer, "data"), {}).get("messages")
        return messages if isinstance(messages, dict) else {}

    def _kind(self) -> dict[str, str]:
        """Say as what it is sent. Raises WindowClosed."""
        told = instant(self.reply.reply_context.get("last", "0"))
        quiet = self.now - max(told, self.delivery.heard_at or told)
        if quiet <= WINDOW:
            return {"messaging_type": "RESPONSE"}
        if self.options.human_agent and self.reply.by_hand and quiet <= HUMAN_WINDOW:
            return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        raise WindowClosed("the citizen wrote more than 24 hours ago")

    # ------------------------------------------------------------------------------------------------------ both

    def _ours(self, answer: Any, text: str) -> str:
        """Find these words of ours, said since the reply was written."""
        since = self.reply.at - SKEW
        for row in rows_at(answer, "data"):
            said, own = text_at(row, "message").strip(), text_at(row, "from", "id") == self.options.page_id
            known = {text.strip(), _unlinked(text), self._marked(text)}
            if own and said in known and instant(row.get("created_time")) >= since:
                return text_at(row, "id")
        return ""

    def _marked(self, text: str) -> str:
        """Give words that nobody was told before: two citizens of one report may be told the same."""
        return f"{text.strip()} ·{digest(self.delivery.key)[:5]}"

    async def _once(self, path: str, body: dict[str, Any], text: str, name: str) -> Receipt:
        try:
            return Receipt(text_at(await self.graph.post(path, body), name))
        except Duplicate:
            if self.delivery.uncertain:
                return Receipt(note="probably sent by an earlier try")
            other, note = self._marked(text), "with a mark: another citizen was told the same words just before"
        except BadLink:
            other, note = _unlinked(text), "without its link"
        told = {"text": other} if "recipient" in body else other
        return Receipt(text_at(await self.graph.post(path, {**body, "message": told}), name), note)


def is_message(reply_context: Mapping[str, str]) -> bool:
    """Say whether the citizen wrote a message, and no comment."""
    return reply_context.get("way") == "message"


def manner_of(reply_context: Mapping[str, str], *, human_agent: bool) -> Manner:
    """Say how somebody is spoken to: alone within the window, or before everybody."""
    if not is_message(reply_context):
        return COMMENT
    return replace(COMMENT, links=True, private=True, window=HUMAN_WINDOW if human_agent else WINDOW)


def _unlinked(text: str) -> str:
    return _LINK.sub("", text).strip()
