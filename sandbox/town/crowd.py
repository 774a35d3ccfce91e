"""Citizens who answer: whoever is told something may say that it is not theirs, not done, or thank you. Each once."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from sandbox.day.model import Answer, Channel, Day
from sandbox.day.photos import draw
from sandbox.day.robots import answer_to, bounce_of
from sandbox.day.tweets import ACCOUNT, ACCOUNT_ID
from sandbox.town.stands import Stands

STILL_THERE = "masih.jpg"
"""The photo of who says that it is not done."""


class Crowd:
    """Reads what the hub has told citizens, from where it stopped."""

    def __init__(self, day: Day, stands: Stands, photo: str) -> None:
        """`photo` is the address of the photo that some send along."""
        self._day, self._stands, self._photo = day, stands, photo
        self._mails = self._posts = self._messages = 0

    async def answer(self, now: datetime) -> None:
        """Let those who were told something since the last time answer, and lost mail come back."""
        await self._answer_mails(now)
        self._answer_posts()
        await self._answer_messages()

    async def _answer_mails(self, now: datetime) -> None:
        stands = self._stands
        while self._mails < len(stands.outbox.mails):
            caught = stands.outbox.mails[self._mails]
            self._mails += 1
            to, number = caught.recipients[0], 80_000 + self._mails
            if to in self._day.unreachable and caught.sender:
                await stands.mailbox.add(bounce_of(caught.raw, caught.sender, now, number), now)
            elif ("email", to) in self._day.talkers and (said := self._heard("email", to, _text_of(caught.raw))):
                photo = draw(STILL_THERE) if said.photo else b""
                await stands.mailbox.add(answer_to(caught.raw, said.words, now, number, photo), now)

    def _answer_posts(self) -> None:
        x = self._stands.x
        while self._posts < len(x.replies):
            reply = x.replies[self._posts]
            self._posts += 1
            author = str(x.posts[reply["to"]]["author_id"]) if reply["to"] in x.posts else ""
            if said := self._heard("twitter", author, reply["text"]):
                self._post(x.posts[reply["id"]]["conversation_id"], reply["id"], author, said)

    def _post(self, conversation: str, to: str, author: str, said: Answer) -> None:
        post: dict[str, Any] = {
            "text": f"@{ACCOUNT} {said.words}",
            "author_id": author,
            "conversation_id": conversation,
            "in_reply_to_user_id": ACCOUNT_ID,
            "referenced_tweets": [{"type": "replied_to", "id": to}],
        }
        media = [{"media_key": f"3_{to}", "type": "photo", "url": self._photo}] if said.photo else []
        if media:
            post["attachments"] = {"media_keys": [f"3_{to}"]}
        self._stands.x.show(post, media=media)

    async def _answer_messages(self) -> None:
        page = self._stands.page
        while self._messages < len(page.messages):
            told = page.messages[self._messages]
            self._messages += 1
            person = str(told["recipient"]["id"])
            if said := self._heard("facebook", person, str(told["message"]["text"])):
                await self._stands.wall.say(person, said.words, self._photo if said.photo else "")

    def _heard(self, channel: Channel, who: str, text: str) -> Answer | None:
        """Give what somebody answers to this; None where they keep silent, as all do after they have answered once."""
        answer = self._day.talkers.get((channel, who))
        if answer is None or answer.on not in text:
            return None
        del self._day.talkers[channel, who]
        return answer


def _text_of(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    return " ".join(body.get_content().split()) if body else ""
