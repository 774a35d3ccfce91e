"""The way into LAPOR!: statuses of its own reports, and reports of the hub, in XML that nothing breaks out of."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin import Delivery, Rejected, Skip, TryAgain
from hub.testing import REPORT, make_delivery, sample_member, sample_notice, sample_reply, sample_report
from plugins.lapor.options import Account
from plugins.lapor.xml import BadAnswer, read_taken, stream_body
from sandbox.lapor import ADD_STREAM, STATUS, Fault
from tests.lapor_fixtures import ACCOUNT, TOKEN, Day, lapor, report

NASTY = 'Jalan <rusak> & "licin" ]]> \'gelap\' 🕳️\n<laporan rahasia="0"/>'
PUSH = {"push_reports": True}


def members(**changes: Any) -> Delivery:
    return make_delivery(sample_notice(sample_report(complaints=(sample_member(**changes),))))


def parse(body: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Give each element with its attributes and text, in the order of their ends."""
    found: list[tuple[str, dict[str, str], str]] = []
    open_: list[tuple[str, dict[str, str], list[str]]] = []

    def end(_: str) -> None:
        name, attributes, words = open_.pop()
        found.append((name, attributes, "".join(words)))

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: open_.append((name, attributes, []))
    parser.CharacterDataHandler = lambda words: open_[-1][2].append(words)  # noqa: PLW0108 - the last one changes
    parser.EndElementHandler = end
    parser.Parse(body, True)
    return found


# ------------------------------------------------------------------------------------------------------------ statuses


@pytest.mark.anyio
async def test_a_status_goes_back_to_its_report() -> None:
    day = Day()
    name = day.stream.show(report())
    await day.channel.deliver(make_delivery(sample_reply(complaint=name, status="selesai", text=NASTY), "key-1"))
    (taken,) = day.stream.statuses
    assert (taken["trackingid"], taken["status"], taken["referensi"]) == (name, "Selesai", "key-1")
    assert taken["isi"] == f"{NASTY}\n(https://hub.test)"


@pytest.mark.anyio
async def test_our_own_words_that_come_back_are_no_answer_of_the_agency() -> None:
    day = Day()
    name = day.stream.show(report())
    await day.channel.deliver(make_delivery(sample_reply(complaint=name, status="proses")))
    found = [one for one in await day.poll() if hasattr(one, "note")]
    assert [(one.status, one.note) for one in found] == [("proses", "")]


@pytest.mark.anyio
@pytest.mark.parametrize("paths", [{}, {"status": ""}])
async def test_without_a_path_it_says_what_to_do_instead(paths: dict[str, str]) -> None:
    channel = lapor(paths=paths)
    assert channel.wants(sample_reply())
    with pytest.raises(Rejected, match="no status path is configured: type it in on the admin site"):
        await channel.deliver(make_delivery(sample_reply()))


@pytest.mark.anyio
async def test_a_report_that_is_not_there_is_final() -> None:
    with pytest.raises(Rejected, match="404"):
        await Day().channel.deliver(make_delivery(sample_reply(complaint="9169999")))


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["html", "refused-json"])
async def test_an_answer_without_a_tracking_id_counts_as_lost(fault: Fault) -> None:
    day = Day()
    name = day.stream.show(report())
    day.stream.fault = fault
    with pytest.raises(TryAgain) as lost:
        await day.channel.deliver(make_delivery(sample_reply(complaint=name)))
    assert lost.value.uncertain


# ------------------------------------------------------------------------------------------------------------- reports


@pytest.mark.anyio
async def test_a_report_is_handed_over_from_the_citys_account() -> None:
    day = Day(**PUSH)
    receipt = await day.channel.deliver(members(text=NASTY, anonim=False, rahasia=False))
    (taken,) = day.stream.pushed
    assert (receipt.remote_id, receipt.note) == (taken["trackingid"], "transaksiid 1")
    assert [taken[name] for name in ("email", "telpon", "namadepan", "namabelakang")] == list(ACCOUNT.values())
    assert (taken["rahasia"], taken["anonim"], taken["token"]) == ("0", "0", TOKEN)
    assert NASTY in taken["isi"]
    assert REPORT in taken["isi"]


@pytest.mark.anyio
async def test_the_strictest_flags_hold() -> None:
    day = Day(**PUSH)
    open_, hidden = sample_member(anonim=False), sample_member(id="c-2", anonim=True, rahasia=True)
    await day.channel.deliver(make_delivery(sample_notice(sample_report(complaints=(open_, hidden)))))
    assert (day.stream.pushed[0]["rahasia"], day.stream.pushed[0]["anonim"]) == ("1", "1")
    assert await day.poll() == []


@pytest.mark.anyio
async def test_what_we_handed_over_is_not_taken_back_in() -> None:
    day = Day(**PUSH)
    await day.channel.deliver(members(rahasia=False))
    assert await day.poll() == [Skip(reason="our own report")]


@pytest.mark.parametrize(
    ("options", "changes", "event", "wanted"),
    [
        (PUSH, {}, "report.created", True),
        ({}, {}, "report.created", False),
        (PUSH, {}, "report.updated", False),
        (PUSH, {"handling": "sealed"}, "report.created", False),
        (PUSH, {"complaints": (sample_member(channel="lapor"),)}, "report.created", False),
        (PUSH, {"complaints": ()}, "report.created", False),
    ],
    ids=["new", "not asked for", "later", "sealed", "from there", "empty"],
)
def test_which_reports_are_wanted(options: Any, changes: Any, event: Any, wanted: bool) -> None:  # noqa: FBT001
    assert lapor(**options).wants(sample_notice(sample_report(**changes), event=event)) is wanted


def test_a_report_is_told_once() -> None:
    notice = sample_notice()
    later = sample_notice(sample_report(status="selesai", version=5), event="report.updated")
    assert lapor(**PUSH).tells(notice) == lapor(**PUSH).tells(later)


# --------------------------------------------------------------------------------------------------------- lost answer


def losing(day: Day, path: str) -> httpx2.AsyncBaseTransport:
    """Give the way to the stand-in, on which answers from a path are lost."""
    inner = day.channel.context.http._transport

    async def answer(request: httpx2.Request) -> httpx2.Response:
        response = await inner.handle_async_request(request)
        if request.url.path == path:
            raise httpx2.ReadTimeout("lost", request=request)
        return response

    return httpx2.MockTransport(answer)


@pytest.mark.anyio
async def test_a_report_is_never_sent_blindly_again() -> None:
    day = Day(**PUSH)
    channel = lapor(losing(day, ADD_STREAM), paths={"add_stream": ADD_STREAM}, **PUSH)
    notice = sample_notice()
    with pytest.raises(TryAgain) as lost:
        await channel.deliver(make_delivery(notice))
    assert lost.value.uncertain
    with pytest.raises(Rejected, match="check the public page for it"):
        await channel.deliver(make_delivery(notice, attempt=2, uncertain=True))
    assert len(day.stream.pushed) == 1


@pytest.mark.anyio
async def test_a_report_that_did_arrive_is_found_in_the_list() -> None:
    day = Day(**PUSH)
    day.stream.show(report())
    channel = lapor(losing(day, ADD_STREAM), **PUSH)
    notice = sample_notice()
    with pytest.raises(TryAgain):
        await channel.deliver(make_delivery(notice))
    receipt = await channel.deliver(make_delivery(notice, attempt=2, uncertain=True))
    assert receipt.remote_id == day.stream.pushed[0]["trackingid"]
    assert len(day.stream.pushed) == 1


@pytest.mark.anyio
async def test_a_status_is_sent_again_under_its_key() -> None:
    day = Day()
    name = day.stream.show(report())
    reply = sample_reply(complaint=name)
    with pytest.raises(TryAgain):
        await lapor(losing(day, STATUS)).deliver(make_delivery(reply))
    await day.channel.deliver(make_delivery(reply, attempt=2, uncertain=True))
    assert len(day.stream.statuses) == 1


# ----------------------------------------------------------------------------------------------------------------- XML


@given(st.text(), st.text(), st.booleans(), st.booleans())
def test_no_words_break_out_of_the_xml(token: str, words: str, rahasia: bool, anonim: bool) -> None:  # noqa: FBT001
    account = Account(email=words, first_name=words)
    found = parse(stream_body(token, account, words, rahasia=rahasia, anonim=anonim))
    names = ["email", "telpon", "namadepan", "namabelakang", "pelapor", "isi", "laporan", "lapor"]
    assert [name for name, _, _ in found] == names
    assert found[6][1] == {"rahasia": str(int(rahasia)), "anonim": str(int(anonim))}
    plain = "".join(letter for letter in words if letter >= " " or letter in "\t\n\r")
    kept = plain.encode("utf-8", "ignore").decode().translate({0xFFFE: None, 0xFFFF: None})
    assert found[5][2] == kept.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "answer",
    [
        "<a><trackingid>9160001</trackingid><transaksiid>7</transaksiid></a>",
        "<x:a xmlns:x='u'><b><x:TrackingID> #9160001 </x:TrackingID></b><c><transaksiid>7</transaksiid></c></x:a>",
        "<?xml version='1.0' encoding='UTF-8'?><a trackingid='9160001' transaksiid='7'/>",
        "<a><transaksiid><![CDATA[7]]></transaksiid><trackingid>91<!-- -->60001</trackingid></a>",
    ],
    ids=["flat", "names", "attributes", "pieces"],
)
def test_the_two_numbers_are_found_anywhere(answer: str) -> None:
    taken = read_taken(answer.encode())
    assert (taken.tracking_id, taken.transaction_id) == ("9160001", "7")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"OK",
        b"<a/>",
        b"<a><trackingid></trackingid></a>",
        b"<a><trackingid>1",
        b"<?xml version='1.0' encoding='x-none'?><a trackingid='9160001'/>",
        b"<!DOCTYPE a [<!ENTITY e 'x'>]><a><trackingid>&e;</trackingid></a>",
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a><trackingid>9160001</trackingid></a>",
    ],
    ids=["nothing", "words", "no number", "empty", "cut", "encoding", "entity", "outside"],
)
def test_an_answer_that_is_not_understood(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_taken(answer)


@given(st.binary(max_size=200))
def test_no_bytes_break_reading_an_answer(answer: bytes) -> None:
    try:
        assert read_taken(answer).tracking_id
    except BadAnswer:
        return
