"""What staff do with citizens' words: ask back, settle disputes, validate duty reports, call a mistake back."""

from __future__ import annotations

from typing import Any, get_args

from hub.pipeline import incident
from hub.pipeline.clockwork import go_on
from hub.pipeline.officials import status_message
from hub.pipeline.replying import IN_DOUBT, Answer, asking, good_hour
from hub.pipeline.work import Work
from hub.replies import Message
from hub.store import complaints as complaint_store
from hub.store import replies, reports, talks
from normalizer.report import Status

QUESTIONS = ("where", "photo", "still", "other")
DECISIONS = ("sah", "dicoret")


def ask(work: Work, by: str, complaint: int, kind: str, text: str, name: str) -> None:  # noqa: PLR0917 - a question
    """Ask one citizen back; the report's clock stands still until they answer. `name` is the question's id."""
    report = work.report
    work.check(kind in QUESTIONS, "there is no such question")
    work.check(kind != "other" or bool(text.strip()), "write what you want to ask")
    work.check(complaint in work.members(report), "that complaint is not in this report")
    work.check(not report.is_closed, "a closed report asks nobody")
    days = work.house.replies.answer
    talks.ask(
        work.connection,
        id=name,
        report=report.id,
        complaint=complaint,
        kind=kind,
        text=text,
        by=by,
        at=work.now,
        due_at=work.now + days,
    )
    report.asked_at = report.asked_at or work.now
    report.touch("asked", work.now)
    work.note(report, "asked", by, complaint=complaint, question=kind)
    message = Message(f"question.{kind}", note=text, tail=("question.wait",), days=days.days)
    only = frozenset({complaint})
    work.save([Answer(report, asking(name), message, only=only, question=True, by_hand=True)])
    sent = replies.state_of(work.connection, complaint, asking(name))
    work.check(sent != "undeliverable", "this citizen cannot be asked on their channel")


def tell(work: Work, by: str, complaint: int, text: str, name: str) -> None:
    """Answer one citizen alone: where the report stands, and words for them."""
    report = work.report
    work.check(complaint in work.members(report), "that complaint is not in this report")
    work.check(bool(text.strip()), "write what you want to tell this citizen")
    talks.tell(work.connection, id=name, report=report.id, complaint=complaint, text=text, by=by, at=work.now)
    report.touch("told", work.now)
    work.note(report, "told", by, complaint=complaint)
    cause = f"warga:{name}"
    work.save([Answer(report, cause, status_message(report, text), only=frozenset({complaint}), by_hand=True)])
    sent = replies.state_of(work.connection, complaint, cause)
    work.check(sent != "undeliverable", "this citizen cannot be told on their channel")


def confirm(work: Work, by: str, complaint: int) -> int:
    """Say that a complaint belongs to its report, where the machine or its citizen doubted it."""
    work.check(complaint in work.members(work.report), "that complaint is not in this report")
    work.settle_doubt(complaint, by)
    work.report.touch("confirmed", work.now)
    work.save()
    return work.report.version


def decide_dispute(work: Work, by: str, unit: str, *, reopen: bool, reason: str) -> int:
    """Decide what citizens dispute: open the report again, or keep it finished, with a reason that they are told."""
    report = work.report
    disputed = talks.open_disputes(work.connection, report.id)
    work.check(bool(disputed), "nobody disputes this report")
    work.check(reopen or bool(reason.strip()), "a citizen who is refused is told why: write a reason")
    work.check(report.validated != "dicoret" or unit != report.lead, "the unit complained about does not decide this")
    decision, before = "reopened" if reopen else "kept", report.status
    talks.decide_disputes(work.connection, report.id, decision, by=by, now=work.now, reason=reason)
    report.disputed_at = None
    if reopen:
        incident.set_status(report, "menunggu", work.now)
    report.touch("status" if reopen else "dispute-kept", work.now)
    main, only = ("status.reopened", None) if reopen else ("kept.long", frozenset(row.complaint for row in disputed))
    answer = Answer(report, f"banding:{report.version}", Message(main, note=reason), only=only, by_hand=True)
    deed = {"decision": decision, "status": report.status, "before": before, "act": answer.act}
    work.note(report, report.causes[-1], by, **deed)
    work.save([answer])
    return report.version


def validate(work: Work, by: str, unit: str, *, decision: str, reason: str = "") -> int:
    """Accept a duty report of a head of RT or RW, or strike it off with a reason that is told and can be contested."""
    report = work.report
    work.check(report.duty, "only reports by heads of RT or RW are validated")
    work.check(decision in DECISIONS, "there is no such decision")
    work.check(unit != report.lead, "the unit complained about does not decide this")
    work.check(decision == "sah" or bool(reason.strip()), "a citizen who is refused is told why: write a reason")
    report.validated, before = decision, report.status
    answers: list[Answer] = []
    if decision == "dicoret":
        incident.set_status(report, "ditolak", work.now, "bukan-masalah")
        message = Message("struck.long", note=reason, tail=("struck.contest",))
        answers = [Answer(report, f"coret:{report.version}", message, by_hand=True)]
    report.touch("status" if answers else "validated", work.now)
    deed = {"status": report.status, "before": before, "act": answers[0].act} if answers else {}
    work.note(report, "validated", by, decision=decision, **deed)
    work.save(answers)
    return report.version


def call_back(work: Work, by: str, act: str, *, told_or_not: bool = False) -> int:
    """Undo a deed whose replies have not gone out: they never do, and the status is what it was. Gives how many."""
    report = work.report
    count = replies.recall_act(work.connection, act)
    # `told_or_not`: a deed that nobody could be told of is undone all the same.
    untold = told_or_not and not replies.is_out(work.connection, act)
    work.check(count > 0 or untold, "there is nothing left to call back")
    deed = reports.deed_of(work.connection, report.id, act)
    if deed is not None and deed.data.get("status") == report.status:
        _undo(work, deed)
    _say_what_was_replaced(work, act)
    report.touch("status", work.now)
    work.note(report, "called-back", by, replies=count)
    work.save()
    return count


def _undo(work: Work, deed: Any) -> None:
    """Put a report back to where it stood before a deed, as far as citizens would have been told."""
    report, before = work.report, str(deed.data.get("before", ""))
    if before in get_args(Status):
        incident.set_status(report, before, work.now, str(deed.data.get("before_reason", "")))
        go_on(report)
    if report.answered_at == deed.at:
        report.answered_at = None
    talks.dispute_again(work.connection, report.id, deed.at)
    report.asked_at, report.disputed_at = talks.clocks_of(work.connection, report.id)


def _say_what_was_replaced(work: Work, act: str) -> None:
    report = work.report
    replies.revive(work.connection, act, report.id, good_hour(report, work.house, work.now))
    for member in complaint_store.to_answer(work.connection, report.id):
        if member.doubt == "citizen" or (member.doubt == "machine" and report.is_closed):
            replies.hold_for_clerk(work.connection, member.id, work.now + work.house.replies.patience, IN_DOUBT)
