"""What a post means: a complaint, more words on one, or nothing for us, with the reason."""

from __future__ import annotations

import json
from typing import Any

from hub.plugin import Addition, Complaint, Ended, Item, Reporter, Skip
from plugins.twitter.filter import Filter, Signs
from plugins.twitter.gone import MEMBER
from plugins.twitter.media import attachments_of
from plugins.twitter.places import hints_of, point_of
from plugins.twitter.posts import place_id
from plugins.twitter.values import dicts, id_of, member, native_id, text_of, time_in, time_of
from plugins.twitter.words import is_named, references, tags_of, words_of


def read_post(item: Item, sieve: Filter) -> Complaint | Addition | Ended | Skip:
    """Read an item. Pure; raises ValueError for a wreck."""
    try:
        whole = json.loads(item.body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if gone := id_of(member(whole, MEMBER)):
        return Ended(native_id=gone, why="erased")
    post = member(whole, "data")
    if not id_of(member(post, "id")):
        raise ValueError("no post")
    return _Post(post, member(whole, "includes"), member(whole, "account")).read(item, sieve)


class _Post:
    """A post among what its page included."""

    def __init__(self, post: dict[str, Any], includes: Any, account: Any) -> None:
        self.post, self.includes = post, includes
        self.account: dict[str, str] = account if isinstance(account, dict) else {}
        self.author = id_of(post.get("author_id"))
        self.words = words_of(post)
        self.others = {id_of(one.get("id")): one for one in dicts(member(includes, "tweets"))}
        self.is_mentioned, self.is_called = is_named(post, self.account, self.words)

    def read(self, item: Item, sieve: Filter) -> Complaint | Addition | Skip:
        if self.author and self.author == self.account.get("id"):
            return Skip(reason="our own post")
        repeated = references(self.post, "retweeted")
        if repeated:
            return Skip(reason=f"a retweet of {repeated[0]}: one more who supports it")
        complaint = self._complaint(item)
        thread = self._thread()
        refusal = sieve.refusal(self._signs(complaint, in_thread=bool(thread)))
        if refusal:
            return Skip(reason=refusal)
        return Addition(native_id=item.native_id, thread=thread, complaint=complaint) if thread else complaint

    def _complaint(self, item: Item) -> Complaint:
        post, other = self.post, self._other()
        point, (address, kelurahan) = point_of(post), hints_of(self._place())
        edited = item.native_id != post["id"]
        first = time_in(item.native_id if id_of(item.native_id) else "")
        spoken = (first if edited else None) or time_of(post.get("created_at")) or first
        if spoken is None:
            raise ValueError("no time")
        return Complaint(
            native_id=item.native_id,
            created_at=spoken,
            created_text=text_of(post.get("created_at"))[:100],
            text=self.all_words,
            lat=point[0] if point else None,
            lon=point[1] if point else None,
            address=address,
            kelurahan_reported=kelurahan,
            tags=tags_of(post),
            reporter=Reporter(handle=self.author, name=self._name()) if self.author else None,
            thread=self._conversation,
            reply_context={"tweet": post["id"]} | ({"summoned": "yes"} if self._is_summoned else {}),
            attachments=attachments_of(post, self.includes) or attachments_of(other, self.includes),
        )

    @property
    def all_words(self) -> str:
        """Own words, and those of the post that is quoted or answered where it is not ours."""
        theirs = words_of(self._other())
        return self.words if not theirs or theirs in self.words else f"{self.words}\n{theirs}".strip()

    def _other(self) -> dict[str, Any]:
        """Give the post that this one quotes, or answers; empty where there is none or where it is our own."""
        named = [*references(self.post, "quoted"), *references(self.post, "replied_to")]
        found = (self.others[one] for one in named if one in self.others)
        return next((one for one in found if not self._is_ours(one)), {})

    def _is_ours(self, other: dict[str, Any]) -> bool:
        return bool(self.account.get("id")) and member(other, "author_id") == self.account.get("id")

    @property
    def _answers_us(self) -> bool:
        to = member(self.post, "in_reply_to_user_id")
        return bool(references(self.post, "replied_to")) and bool(to) and to == self.account.get("id")

    @property
    def _is_summoned(self) -> bool:
        """X lets the account answer those who mention it or quote a post of its own."""
        quoted = references(self.post, "quoted")
        return self.is_mentioned or any(one in self.others and self._is_ours(self.others[one]) for one in quoted)

    @property
    def _conversation(self) -> str:
        return id_of(self.post.get("conversation_id")) or native_id(self.post)

    def _thread(self) -> str:
        """Give what this continues: our answer, or the author's own earlier post. Empty where it stands alone.

        Whether the same person complained there, the host checks.
        """
        named = [*references(self.post, "replied_to"), *references(self.post, "quoted")]
        theirs = [one for one in named if one in self.others and self._is_own(self.others[one])]
        if not self._answers_us and not theirs:
            return ""
        names = [self._conversation, *theirs, *(native_id(self.others[one]) for one in theirs)]
        return " ".join(dict.fromkeys(names))

    def _is_own(self, other: dict[str, Any]) -> bool:
        return bool(self.author) and member(other, "author_id") == self.author

    def _signs(self, complaint: Complaint, *, in_thread: bool) -> Signs:
        """Sum up for the filter. A reply between others carries the account's name only as an address."""
        drawn_in = bool(references(self.post, "replied_to")) and not self.is_called and not in_thread
        return Signs(
            words=self.words if drawn_in else complaint.text,
            called=self.is_mentioned and not drawn_in,
            answers_us=self._answers_us,
            photo=bool(complaint.attachments),
            point=complaint.lat is not None,
            poll=bool(member(member(self.post, "attachments"), "poll_ids")),
        )

    def _place(self) -> Any:
        wanted = place_id(self.post)
        return next((one for one in dicts(member(self.includes, "places")) if one.get("id") == wanted), None)

    def _name(self) -> str:
        users = dicts(member(self.includes, "users"))
        return next((text_of(one.get("name"))[:200] for one in users if one.get("id") == self.author), "")
