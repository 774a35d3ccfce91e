"""Staff say to which class of the law a report belongs: its legal deadline follows."""

from __future__ import annotations

from hub.pipeline.work import Work
from hub.store import complaints as complaint_store


def classify(work: Work, by: str, legal_class: str) -> int:
    """Set the legal class; an empty one is that of the category again. Gives the new version."""
    report = work.report
    work.check(not legal_class or legal_class in work.house.keeper.rules.legal, "there is no such legal class")
    work.check(legal_class != report.legal_class, "it has this legal class already")
    report.legal_class = legal_class
    complaint_store.decide(
        work.connection, report=report.id, field="legal_class", value=legal_class, by=by, at=work.now
    )
    report.touch("legal-class", work.now)
    work.note(report, "corrected", by, field="legal_class", after=legal_class)
    work.save()
    return report.version
