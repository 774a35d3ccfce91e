"""The way into LAPOR!: statuses of its own reports, and reports of the hub where the settings ask for it."""

from __future__ import annotations

import httpx2

from hub.answers import send, undelivered
from hub.plugin import Context, Delivery, Notice, Receipt, Rejected, Reply, TryAgain
from normalizer.report import Report
from normalizer.taxonomy import category
from plugins.lapor.api import Api
from plugins.lapor.fields import Fields
from plugins.lapor.options import LaporOptions
from plugins.lapor.statuses import OURS
from plugins.lapor.values import tracking_id
from plugins.lapor.xml import CONTENT_TYPE, BadAnswer, Taken, read_taken, status_body, stream_body

NO_STATUS_PATH = "no status path is configured: type it in on the admin site"
UNKNOWN_OUTCOME = "the answer was lost and LAPOR! has no key against repeats: check the public page for it"


class Back:
    """What goes out, by the settings."""

    def __init__(self, options: LaporOptions, context: Context, api: Api, fields: Fields) -> None:
        self._options = options
        self._context = context
        self._api = api
        self._fields = fields
        self.signature = f"({context.source_name})"
        """Ends all that we write there: it comes back in the list of reports, and must be known as ours."""

    def is_ours(self, text: str) -> bool:
        """Say whether we wrote a report's text."""
        return text.rstrip().endswith(self.signature)

    def pushes(self, notice: Notice) -> bool:
        """Say whether a report is handed over: a new and open one, none of whose complaints came from here."""
        report = notice.report
        known = any(member.channel == self._context.channel for member in report.complaints)
        return (
            self._options.push_reports
            and notice.event == "report.created"
            and report.handling == "open"
            and bool(report.complaints)
            and not known
        )

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Send. Raises the contract's errors."""
        parcel = delivery.parcel
        if isinstance(parcel, Reply):
            return await self._tell(parcel, delivery.key)
        if not self.pushes(parcel):
            raise Rejected("takes new reports only")
        if delivery.uncertain:
            return await self._look_up(parcel.report.number)
        return await self._push(parcel.report)

    async def _tell(self, reply: Reply, key: str) -> Receipt:
        """Carry a status back. A repeat is safe by our proposal: `Idempotency-Key` and `referensi` name it."""
        if not (self._options.base_url and self._options.paths.status):
            raise Rejected(NO_STATUS_PATH)
        text = f"{reply.text}\n{self.signature}"
        body = status_body(self._token, reply.complaint, OURS[reply.status], text, key)
        taken = await self._send(self._options.paths.status, body, {"idempotency-key": f'"{key}"'})
        return Receipt(remote_id=taken.transaction_id or taken.tracking_id)

    async def _push(self, report: Report) -> Receipt:
        """Hand a report over; the strictest flag of its complaints holds for it."""
        body = stream_body(
            self._token,
            self._options.service_account,
            self._words(report),
            rahasia=any(member.rahasia for member in report.complaints),
            anonim=any(member.anonim for member in report.complaints),
        )
        taken = await self._send(self._options.paths.add_stream, body, {})
        return Receipt(remote_id=taken.tracking_id, note=f"transaksiid {taken.transaction_id}")

    async def _look_up(self, number: str) -> Receipt:
        """Find a report that may have arrived in LAPOR!'s list. It is never sent a second time."""
        if self._api.has_reports:
            async for rows in self._api.pages():
                for row in rows:
                    seen = self._fields.row(row if isinstance(row, dict) else {})
                    text = seen.text("text")
                    if self.is_ours(text) and number in text:
                        return Receipt(remote_id=tracking_id(seen.raw("id")), note="found in the list of reports")
        raise Rejected(UNKNOWN_OUTCOME)

    async def _send(self, path: str, body: bytes, headers: dict[str, str]) -> Taken:
        headers = {"content-type": CONTENT_TYPE, "accept": "text/xml"} | headers
        request = self._context.http.build_request("POST", self._api.address(path), content=body, headers=headers)
        response: httpx2.Response = await send(self._context.http, request)
        if not response.is_success:
            raise undelivered(response, self._context.clock())
        try:
            return read_taken(response.content)
        except BadAnswer as problem:
            raise TryAgain(str(problem), uncertain=True) from None

    def _words(self, report: Report) -> str:
        """Write the report for LAPOR!: what and where, the oldest complaint's scrubbed words, our number."""
        first = min(report.complaints, key=lambda member: member.created_at)
        place = report.place.kelurahan or report.place.kecamatan
        lines = [category(report.category).name_id, f"Wilayah: {place}" if place else "", "", first.text, ""]
        return "\n".join([*lines, f"Nomor laporan {report.number}", self.signature])

    @property
    def _token(self) -> str:
        return self._options.token.get_secret_value()
