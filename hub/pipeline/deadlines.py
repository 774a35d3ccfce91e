"""What happens when nobody speaks: unanswered questions close a report, replies that wait in vain are given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from hub.pipeline import incident
from hub.pipeline.clockwork import set_clocks
from hub.pipeline.erasing import Sweeper
from hub.pipeline.house import House
from hub.pipeline.outbox import write_notices
from hub.pipeline.replying import NOBODY_LOOKED, Answer, asking, write_replies
from hub.replies import Message
from hub.store import replies, reports, talks
from hub.store.store import Store

REST = 30.0
REASONS = {"citizen": "the citizen has not written again", "clerk": NOBODY_LOOKED}


@dataclass(frozen=True)
class Deadlines:
    """Looks at what has waited long enough."""

    store: Store
    house: House
    after: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            if await self.run_once():
                self.after()
            await asyncio.sleep(REST)

    async def run_once(self) -> int:
        """Look once; give how many things came to their end."""
        now = self.store.now()
        late = await self.store.read(lambda connection: talks.expired_questions(connection, now))
        for question in late:
            await self.store.write(partial(self._expire, question.id, question.report))
        swept = await Sweeper(self.store).run_once()
        return (
            len(late)
            + swept
            + await self.store.write(lambda connection: replies.expire_waiting(connection, self.store.now(), REASONS))
        )

    def _expire(self, name: str, report: int, connection: Connection) -> None:
        """Nobody answered. A report with other complaints goes on without; the only citizen's is closed, and told."""
        now = self.store.now()
        state = reports.load_reports(connection, [report], lock=True)[report]
        # Read behind the lock: another process, or the citizen's answer, may have been quicker.
        question = talks.load_question(connection, name)
        if question is None or question.report != report or question.due_at > now:
            return
        put = replies.state_of(connection, question.complaint, asking(name))
        if put in ("due", "waiting", "running"):
            talks.postpone_question(connection, name, now + self.house.replies.answer)
            return
        talks.settle_questions(connection, [name], "expired", now)
        state.asked_at, _ = talks.clocks_of(connection, state.id)
        answers = []
        # Who was never asked has not failed to answer.
        if put == "sent" and state.complaint_count == 1 and not state.is_closed:
            incident.set_status(state, "ditolak", now, "tidak-cukup-keterangan")
            only = frozenset({question.complaint})
            answers = [Answer(replace(state), f"lewat:{name}", Message("expired.long"), only=only)]
        state.touch("status" if answers else "unanswered", now)
        set_clocks(connection, [state], self.house, now)
        reports.save_reports(connection, [state])
        line = {"report": state.id, "at": now, "kind": "unanswered", "actor": "machine"}
        reports.write_history(connection, [line | {"data": {"complaint": question.complaint}}])
        write_notices(connection, [state], self.house, now, except_for={})
        write_replies(connection, answers, self.house, now)
