"""Whether a study's report is signed, after which nothing it rests on is changed any more."""

from __future__ import annotations

from app.errors import SignedReportError
from app.storage.work import Work
from assistant.records import Report, ReportStatus


def signed_report(work: Work, study_uid: str) -> Report | None:
    """Return the study's report where one is signed and stands, final or preliminary."""
    report = work.reports.of_study(study_uid)
    if report is not None and (report.status.is_final or report.status is ReportStatus.PRELIMINARY):
        return report
    return None


def refuse_if_signed(work: Work, study_uid: str) -> None:
    """Raise SignedReportError where the study's report is signed."""
    if signed_report(work, study_uid) is not None:
        raise SignedReportError("The report is signed. Add an addendum instead.")
