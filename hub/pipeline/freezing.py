"""Figures of a month and of a quarter are frozen once they are over and what came last had its time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from hub.spans import ONE_DAY, Span, month, quarter
from hub.store.audit import write_audit
from hub.store.cut import Cut
from hub.store.periods import first_heard, freeze, list_periods
from hub.store.store import Store

REST = 3600.0
GRACE = timedelta(days=7)
"""What came in on the last day has the seven days in which an office should be done."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Freezer:
    """Freezes by the calendar."""

    store: Store
    zone: ZoneInfo

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.run_once()
            await asyncio.sleep(REST)

    async def run_once(self) -> list[str]:
        """Freeze what is due; name it. A period that was over before the hub heard of anything has no figures."""
        today = self.store.now().astimezone(self.zone).date()
        known, begun = await self.store.read(lambda connection: (list_periods(connection), first_heard(connection)))
        over = [span for span in latest_over(today - GRACE) if span.period not in known]
        due = [span for span in over if begun is not None and begun < span.bounds(self.zone)[1]]
        return [span.period for span in due if await self.freeze(span, "machine")]

    async def freeze(self, span: Span, by: str) -> bool:
        """Freeze a period now; False where that was done before. The caller has seen that it is over."""
        now = self.store.now()

        def work(connection: Connection) -> bool:
            done = freeze(connection, span.period, Cut(*span.bounds(self.zone)), by, now)
            if done:
                write_audit(connection, now, by, "freeze", span.period)
            return done

        done = await self.store.write(work)
        if done:
            log.info("figures frozen", period=span.period)
        return done


def latest_over(day: date) -> list[Span]:
    """Give the latest month and the latest quarter that were over before a day."""
    return [kind(kind(day).first - ONE_DAY) for kind in (month, quarter)]
